// What Facewire's server does, with http, busboy, mysql2, BullMQ and ws: takes a
// photo, queues a search, pushes its end to every WebSocket.  The durable lane
// first writes the photo to disk (write, fsync, rename) and inserts the job's
// row; the live lane carries the photo in the job and keeps nothing:
// pipeline_gateway.mjs PORT REDIS_PORT FOLDER DATABASE_SOCKET
import busboy from 'busboy';
import { Queue, QueueEvents } from 'bullmq';
import { createPool } from 'mysql2/promise';
import { randomUUID } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const [port, redisPort, folder, socketPath] = process.argv.slice(2);
const connection = { host: '127.0.0.1', port: Number(redisPort), maxRetriesPerRequest: null };
const queue = new Queue('searches', { connection });
const events = new QueueEvents('searches', { connection, lastEventId: '0-0' });
const database = createPool({
    socketPath, user: 'facewire', password: 'secret', database: 'facewire', connectionLimit: 8,
});
const server = createServer(receive);
const sockets = new WebSocketServer({ server, perMessageDeflate: false });

function receive(request, response) {
    const parts = [];
    const form = busboy({ headers: request.headers });
    form.on('file', (name, file) => file.on('data', (bytes) => parts.push(bytes)));
    form.on('close', async () => {
        const photo = Buffer.concat(parts);
        const id = randomUUID();
        const job = {};
        if (request.url.includes('lane=live')) job.photo = photo.toString('base64');
        else job.path = await keep(id, photo);
        await queue.add('search', job, { jobId: id, removeOnComplete: true });
        const body = JSON.stringify({ id, status: 'queued' });
        response.writeHead(202, {
            'Content-Type': 'application/json', 'Content-Length': body.length,
        });
        response.end(body);
    });
    request.pipe(form);
}

async function keep(id, photo) {
    const path = `${folder}/${id}`;
    const file = await open(`${path}.part`, 'w');
    await file.write(photo);
    await file.sync();
    await file.close();
    await rename(`${path}.part`, path);
    await database.execute(
        "INSERT INTO searches (id, status, path, created) VALUES (?, 'queued', ?, NOW(3))",
        [id, path],
    );
    return path;
}

events.on('completed', ({ jobId, returnvalue }) => {
    const text = JSON.stringify({
        type: 'event', event: 'search.completed', job: jobId, data: returnvalue,
    });
    for (const socket of sockets.clients) socket.send(text);
});
await queue.waitUntilReady();
await events.waitUntilReady();
server.keepAliveTimeout = 0;
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
