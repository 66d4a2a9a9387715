// What Facewire's worker does, with BullMQ, mysql2 and sharp: reads the photo,
// asks the recognition service (with the hash of the request, which a signature
// needs), writes the result to the job's row, answers; and makes a thumbnail,
// which nobody waits for:
// pipeline_worker.mjs REDIS_PORT RECOGNITION_PORT DATABASE_SOCKET
import { Worker } from 'bullmq';
import { createPool } from 'mysql2/promise';
import { createHash } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import sharp from 'sharp';

const [redisPort, recognitionPort, socketPath] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const database = createPool({
    socketPath, user: 'facewire', password: 'secret', database: 'facewire', connectionLimit: 8,
});

function recognize(photo) {
    const body = Buffer.from(`{"Image":{"Bytes":"${photo}"}}`, 'latin1');
    return new Promise((resolve, reject) => {
        const asked = request({
            host: '127.0.0.1', port: Number(recognitionPort), method: 'POST', agent,
            headers: {
                'Content-Type': 'application/x-amz-json-1.1',
                'Content-Length': body.length,
                'X-Amz-Content-Sha256': createHash('sha256').update(body).digest('hex'),
            },
        }, (answer) => {
            let text = '';
            answer.on('data', (bytes) => { text += bytes; });
            answer.on('end', () => resolve(JSON.parse(text)));
        });
        asked.on('error', reject);
        asked.end(body);
    });
}

async function keepThumb(path, bytes) {
    await sharp(bytes).resize(256, 256, { fit: 'inside', withoutEnlargement: true })
        .jpeg({ quality: 80 }).toFile(`${path}.thumb.part`);
    await rename(`${path}.thumb.part`, `${path}.thumb`);
}

const worker = new Worker('searches', async (job) => {
    const { path } = job.data;
    const bytes = path && await readFile(path);
    const found = await recognize(job.data.photo ?? bytes.toString('base64'));
    const result = { faces: found.FaceDetails };
    if (path) {
        await database.execute(
            "UPDATE searches SET status = 'done', result = ?, finished = NOW(3) WHERE id = ?",
            [JSON.stringify(result), job.id],
        );
        keepThumb(path, bytes).catch((problem) => console.error(problem.message));
    }
    return result;
}, {
    connection: { host: '127.0.0.1', port: Number(redisPort), maxRetriesPerRequest: null },
    concurrency: 16,
});
await worker.waitUntilReady();
console.log('ready');
