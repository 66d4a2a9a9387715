// Hands what is posted to every client, with Socket.IO: fanout_socketio.mjs PORT
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const [port] = process.argv.slice(2);
const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (bytes) => parts.push(bytes));
    request.on('end', () => {
        sockets.emit('event', Buffer.concat(parts).toString());
        response.writeHead(204);
        response.end();
    });
});
const sockets = new Server(server, {
    transports: ['websocket'], perMessageDeflate: false, serveClient: false,
});
server.keepAliveTimeout = 0; // publishers rest now and then
server.listen(Number(port), '127.0.0.1', 4096, () => console.log('ready'));
