// Adds jobs to BullMQ and waits for each to be told as completed by QueueEvents:
// queue_producer.mjs PORT JOBS IN_FLIGHT
import { Queue, QueueEvents } from 'bullmq';

const [port, jobs, inFlight] = process.argv.slice(2).map(Number);
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
const queue = new Queue('bench', { connection });
// Its default, '$', misses what ends before the first read is under way.
const events = new QueueEvents('bench', { connection, lastEventId: '0-0' });
const payload = { data: 'x'.repeat(200) };
const warmUp = Math.min(1000, jobs / 10);
const started = new Map();
const waits = [];
let added = 0;
let seen = 0;
let begin = 0;

function add() {
    const id = `job-${added++}`;
    started.set(id, performance.now());
    queue.add('search', payload, { jobId: id, removeOnComplete: true });
}

function at(sorted, part) {
    return sorted[Math.round(part * (sorted.length - 1))];
}

async function end() {
    const seconds = (performance.now() - begin) / 1000;
    waits.sort((a, b) => a - b);
    console.log(JSON.stringify({
        rate: waits.length / seconds, p50: at(waits, 0.5), p99: at(waits, 0.99),
    }));
    process.exit(0);
}

await queue.waitUntilReady();
await events.waitUntilReady();
events.on('completed', ({ jobId }) => {
    const now = performance.now();
    if (++seen === warmUp) begin = now;
    if (seen > warmUp) waits.push(now - started.get(jobId));
    started.delete(jobId);
    if (added < jobs) add();
    else if (seen === jobs) end();
});
console.log('ready');
for (let i = 0; i < inFlight; i++) add();
