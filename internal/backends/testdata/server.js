// A WebSocket server as npm's ws makes it by default: it selects the first subprotocol of any list. It tells what it was offered, on the message who what it knows of the client, and sends everything else back.
const { WebSocketServer } = require('ws');

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => console.log(server.address().port));
server.on('connection', (client, request) => {
  client.send('offered ' + (request.headers['sec-websocket-protocol'] || 'nothing'));
  client.on('message', (message, binary) => {
    const field = (name) => request.headers[name] || 'nothing';
    const known = `${request.url} for ${field('x-forwarded-for')}, user ${field('x-forwarded-user')}, tenant ${field('x-tenant')}, ${field('cookie')}`;
    client.send(!binary && message.toString() === 'who' ? known : message, { binary });
  });
});
