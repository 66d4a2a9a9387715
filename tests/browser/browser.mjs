// A browser, and windows in it that notice what must never happen: an error on
// the console, a breach of the Content-Security-Policy, a request to another host.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export const CHROMIUM = process.env.FACEWIRE_CHROMIUM || "/usr/bin/chromium";

// The library is one of the pages' development.
const library = createRequire(new URL("../../web/package.json", import.meta.url));

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

// A sanitized engine on a busy machine takes its time.
const PATIENCE_MS = 60000;

export async function openBrowser(flags = []) {
  const { chromium } = library("playwright-core");

  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", ...flags],
  });
}

// What a browser says on its console of every answer that is no 2xx; the page
// says it in its own words, and the test looks at those.
const isAnswer = (text) => /^Failed to load resource/.test(text);

function watch(page, origin) {
  const complaints = [];

  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !isAnswer(message.text()))
      complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`error: ${error.stack}`));
  page.on("request", (request) => {
    const url = new URL(request.url());

    if (["http:", "https:"].includes(url.protocol) && url.origin !== origin)
      complaints.push(`request to ${url.origin}`);
  });
  return complaints;
}

// Collects what the server says over the live connection.
function overhear(page) {
  const heard = [];

  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => heard.push(JSON.parse(payload))),
  );
  return heard;
}

// A window of somebody's own: nothing is shared with another one.  `expected`
// are patterns of complaints that the test brings about itself.
export async function openWindow(browser, stack, path = "/", options = {}) {
  const { expected = [], ...rest } = options;
  const context = await browser.newContext({ viewport: DESKTOP, ...rest });
  const page = await context.newPage();
  const complaints = watch(page, stack.url);
  const heard = overhear(page);

  page.setDefaultTimeout(PATIENCE_MS);
  await page.addInitScript(() => {
    globalThis.breaches = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      globalThis.breaches.push(`${event.violatedDirective}: ${event.blockedURI}`),
    );
  });
  await page.goto(stack.url + path);
  return Object.assign(page, {
    get: (testid) => page.getByTestId(testid),

    // Until what happens from now on is told to the page: a connection that is
    // open may not have subscribed yet.
    listening: () => until(() => heard.some(({ ok, offset }) => ok && offset)),

    // Closes the window, and demands that nothing was wrong in it.
    async leave() {
      const breaches = await page.evaluate(() => globalThis.breaches);

      await context.close();
      assert.deepEqual(breaches, []);
      assert.deepEqual(
        complaints.filter((text) => !expected.some((known) => known.test(text))),
        [],
      );
    },
  });
}

// Files dragged as a hand drags them: through the browser, not through events
// that the test makes up.
async function dragFiles(page, files, types) {
  const session = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize();
  const data = { items: [], files, dragOperationsMask: 1 };

  for (const type of types)
    await session.send("Input.dispatchDragEvent", {
      type,
      x: width / 2,
      y: height / 2,
      data,
    });
  await session.detach();
}

export const dropFiles = (page, files) =>
  dragFiles(page, files, ["dragEnter", "dragOver", "drop"]);

export const hoverFiles = (page, files) =>
  dragFiles(page, files, ["dragEnter", "dragOver"]);

// Until `read` gives something true, or a deep equal of `wanted`.
export async function until(read, wanted, what = "it") {
  const end = Date.now() + PATIENCE_MS;
  let seen;

  do {
    seen = await read();
    try {
      if (wanted === undefined) assert.ok(seen);
      else assert.deepEqual(seen, wanted);
      return seen;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } while (Date.now() < end);
  assert.deepEqual(seen, wanted ?? true, what);
  return seen;
}

// What a person looks at, kept beside the test's room.
export async function shoot(page, name, options = {}) {
  mkdirSync("screenshots", { recursive: true });
  await page.screenshot({ path: join("screenshots", `${name}.png`), ...options });
}
