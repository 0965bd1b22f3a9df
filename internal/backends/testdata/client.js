// A plain WebSocket client of npm's ws: says what it was selected and what came back.
const WebSocket = require('ws');

const [url, ...protocols] = process.argv.slice(2);
const client = new WebSocket(url, protocols);
client.on('open', () => client.send('hello'));
client.on('message', (message) => {
  console.log(`${client.protocol || 'none'} ${message}`);
  client.close(1000);
});
client.on('unexpected-response', (request, response) => {
  console.log(`refused ${response.statusCode}`);
  request.destroy();
});
client.on('error', () => {});
