// An engine of the suite's own (conformance_main.c) and the S3 that it fetches
// from: one bucket, photos, that is out of order in every way.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { photo } from "../browser/photos.mjs";

const answers = {
  "/photos/denied.jpg": () => [403, ""],
  "/photos/busy.jpg": () => [503, ""],
  "/photos/broken.jpg": () => [500, ""],
  "/photos/huge.jpg": () => [200, Buffer.alloc(15 * 1024 * 1024 + 1)],
  "/photos/shared/f1-group.jpg": () => [200, readFileSync(photo("f1-group.jpg"))],
};

async function startObjects() {
  const server = createServer((request, response) => {
    const signed = request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 ");
    const [status, body] = signed ? (answers[request.url] ?? (() => [404, ""]))() : [403, ""];

    response.on("error", () => {}); // it was too much
    response.writeHead(status, { "Content-Length": Buffer.byteLength(body) });
    response.end(body);
  });

  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

// Returns {url, credentials, kill, stop}.
export async function startStage() {
  const objects = await startObjects();

  rmSync("engine", { recursive: true, force: true });
  mkdirSync("engine");
  const child = spawn(process.env.FACEWIRE_CONFORMANCE_ENGINE, {
    cwd: "engine",
    env: {
      ...process.env,
      FACEWIRE_ENGINE_S3_ENDPOINT: `http://127.0.0.1:${objects.address().port}`,
      FACEWIRE_ENGINE_S3_ACCESS_KEY: "AKIATHEENGINE",
      FACEWIRE_ENGINE_S3_SECRET_KEY: "of-the-engine",
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function hear() {
    const { value, done } = await lines.next();

    if (done) throw new Error(`the engine ended: ${await ended}`);
    return JSON.parse(value);
  }
  const { port, access_key, secret_key } = await hear();

  return {
    url: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: access_key, secretAccessKey: secret_key },

    // Ends the engine as hard as can be, and starts it again.
    async kill() {
      child.stdin.write("kill\n");
      await hear();
    },

    async stop() {
      child.stdin.end();
      const status = await ended;

      objects.close();
      objects.closeAllConnections?.();
      if (status !== 0) throw new Error(`the engine did not end well: ${status}`);
    },
  };
}
