// What Facewire's worker does, with BullMQ: reads the photo, asks the recognition
// service, answers: pipeline_worker.mjs REDIS_PORT RECOGNITION_PORT
import { Worker } from 'bullmq';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';

const [redisPort, recognitionPort] = process.argv.slice(2).map(Number);
const agent = new Agent({ keepAlive: true });

function recognize(photo) {
    const body = `{"Image":{"Bytes":"${photo}"}}`;
    return new Promise((resolve, reject) => {
        const asked = request({
            host: '127.0.0.1', port: recognitionPort, method: 'POST', agent,
            headers: {
                'Content-Type': 'application/x-amz-json-1.1',
                'Content-Length': body.length,
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

const worker = new Worker('searches', async (job) => {
    const photo = job.data.photo ?? (await readFile(job.data.path)).toString('base64');
    const found = await recognize(photo);
    return { faces: found.FaceDetails, digest: job.data.digest };
}, {
    connection: { host: '127.0.0.1', port: redisPort, maxRetriesPerRequest: null },
    concurrency: 16,
});
await worker.waitUntilReady();
console.log('ready');
