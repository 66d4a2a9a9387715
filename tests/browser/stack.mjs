// A whole Facewire of a test file's own: stack_main.c, told what to do.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("../../web", import.meta.url));

// `name` is that of the folder that it runs in; `settings` are environment
// variables.  Returns {url, say, stop}.
export async function startStack(name, settings = {}) {
  mkdirSync(name, { recursive: true });
  const child = spawn(process.env.FACEWIRE_STACK, {
    cwd: name,
    env: { ...process.env, FACEWIRE_WEB: web, ...settings },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function hear() {
    const { value, done } = await lines.next();

    if (done) throw new Error(`the stack ended: ${await ended}`);
    return JSON.parse(value);
  }
  const { port } = await hear();

  return {
    url: `http://127.0.0.1:${port}`,

    // "kill server", "start server": see stack_main.c.
    async say(command) {
      child.stdin.write(`${command}\n`);
      const { ok } = await hear();

      if (!ok) throw new Error(`the stack does not know: ${command}`);
    },

    async stop() {
      child.stdin.end();
      const status = await ended;

      if (status !== 0) throw new Error(`the stack did not end well: ${status}`);
    },
  };
}

// Asks the server itself, for what a test needs and the page does not show.
export async function ask(stack, path, options = {}) {
  const response = await fetch(stack.url + path, options);
  const text = await response.text();

  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : null;
}
