// Hands what is posted to every WebSocket, with ws: fanout_ws.mjs PORT
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const [port] = process.argv.slice(2);
const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (bytes) => parts.push(bytes));
    request.on('end', () => {
        const text = Buffer.concat(parts);
        for (const socket of sockets.clients) socket.send(text, { binary: false });
        response.writeHead(204);
        response.end();
    });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => socket.on('message', () => {}));
server.keepAliveTimeout = 0; // publishers rest now and then
server.listen(Number(port), '127.0.0.1', 4096, () => console.log('ready'));
