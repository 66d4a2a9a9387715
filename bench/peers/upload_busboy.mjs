// Takes multipart uploads with busboy and answers how long the file was:
// upload_busboy.mjs PORT
import busboy from 'busboy';
import { createServer } from 'node:http';

const [port] = process.argv.slice(2);

createServer((request, response) => {
    let length = 0;
    const form = busboy({ headers: request.headers });
    form.on('file', (name, file) => file.on('data', (bytes) => { length += bytes.length; }));
    form.on('close', () => {
        const body = String(length);
        response.writeHead(200, { 'Content-Length': body.length });
        response.end(body);
    });
    request.pipe(form);
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
