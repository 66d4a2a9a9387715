// A BullMQ worker that does nothing but answer: queue_worker.mjs PORT
import { Worker } from 'bullmq';

const [port] = process.argv.slice(2);
const result = 'x'.repeat(200);
const worker = new Worker('bench', async () => result, {
    connection: { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null },
    concurrency: 100,
    removeOnComplete: { count: 1000 },
});
await worker.waitUntilReady();
console.log('ready');
