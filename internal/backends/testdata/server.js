// A WebSocket server as npm's ws makes it by default: it selects the first subprotocol of any list. It tells what it was offered, and sends everything back.
const { WebSocketServer } = require('ws');

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => console.log(server.address().port));
server.on('connection', (client, request) => {
  client.send('offered ' + (request.headers['sec-websocket-protocol'] || 'nothing'));
  client.on('message', (message, binary) => client.send(message, { binary }));
});
