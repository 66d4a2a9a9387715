// Servers die and come back, and nobody who looks at the page loses anything.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  done,
  enrolByApi,
  FATHER,
  GROUP,
  MOTHER,
  readChips,
  searchByApi,
} from "./actions.mjs";
import { dropFiles, openBrowser, openWindow, until } from "./browser.mjs";
import { photo } from "./photos.mjs";
import { startStack } from "./stack.mjs";

// The browser says so of each attempt; the page says it in its own words.
const REFUSED = [/WebSocket connection to .* failed/];

const PARENTS = { known: [FATHER.name, MOTHER.name].sort(), unknown: 2 };

let stack;
let browser;

before(async () => {
  stack = await startStack("live");
  browser = await openBrowser();
  await enrolByApi(stack, FATHER);
  await enrolByApi(stack, MOTHER);
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

const state = (page) => page.get("connection").getAttribute("data-state");
const bar = (page) => page.get("offline-bar").innerText();

test("a result that came while the server was dead shows when it is back", async () => {
  const page = await openWindow(browser, stack, "/", { expected: REFUSED });

  await page.listening();
  await stack.say("kill worker");
  await dropFiles(page, [photo(GROUP)]);
  await page.waitForURL(/\/search\//);
  await stack.say("kill server");
  await until(async () => /Reconnecting/.test(await bar(page)));
  assert.equal(await page.get("face-box").count(), 0);
  await page.locator("[data-testid=photo][data-loaded=true]").waitFor();
  // The worker needs no server to do what was accepted.
  await stack.say("start worker");
  await stack.say("start server");
  await until(() => state(page), "open");
  await done(page);
  assert.deepEqual(await readChips(page), PARENTS);
  await until(() => bar(page), "");
  await page.leave();
});

test("a search of somebody else that was missed is marked when the page is back", async () => {
  const page = await openWindow(browser, stack, "/", { expected: REFUSED });

  await page.listening();
  await page.context().setOffline(true);
  // A browser that is told to be offline keeps open what is open already.
  await stack.say("kill server");
  await until(async () => /Reconnecting/.test(await bar(page)));
  await stack.say("start server");
  const { id } = await searchByApi(stack, GROUP);

  await page.context().setOffline(false);
  await page.locator(`a[href="/search/${id}"][data-news=missed]`).waitFor();
  assert.match(
    await page.locator(`a[href="/search/${id}"]`).innerText(),
    /while you were away/,
  );
  // What was missed does not take the page over.
  assert.equal(await page.get("drop-zone").count(), 1);
  await page.leave();
});

test("the page says when it is live again", async () => {
  const page = await openWindow(browser, stack, "/people", { expected: REFUSED });

  await page.listening();
  await stack.say("kill server");
  await until(async () => /Reconnecting/.test(await bar(page)));
  await stack.say("start server");
  await until(async () => /Live again/.test(await bar(page)));
  await until(() => bar(page), "");
  await page.leave();
});

test("a photo that is dropped while the server is dead goes out by itself", async () => {
  const page = await openWindow(browser, stack, "/", { expected: REFUSED });

  await page.listening();
  await stack.say("kill server");
  await dropFiles(page, [photo(GROUP)]);
  const problem = page.get("result").getByTestId("problem");

  await problem.waitFor();
  assert.match(await problem.innerText(), /did not answer[^]*by itself/);
  await page.locator("[data-testid=photo][data-loaded=true]").waitFor();
  await stack.say("start server");
  await done(page);
  assert.deepEqual(await readChips(page), PARENTS);
  await page.leave();
});

test("a search outlives a worker that is killed in the middle", async () => {
  const page = await openWindow(browser, stack);

  await stack.say("kill engine");
  await dropFiles(page, [photo(GROUP)]);
  await page.waitForURL(/\/search\//);
  await stack.say("kill worker");
  await stack.say("start engine");
  await stack.say("start worker");
  await done(page);
  assert.deepEqual(await readChips(page), PARENTS);
  await page.leave();
});

test("a page goes on when the event log was lost", async () => {
  const page = await openWindow(browser, stack, "/", { expected: REFUSED });

  await page.listening();
  await page.get("follow").uncheck({ force: true });
  await stack.say("empty redis");
  const { id } = await searchByApi(stack, GROUP);

  await page.locator(`a[href="/search/${id}"][data-status=done]`).waitFor();
  await page.leave();
});
