// The search page on a real server: drop a photo, see who it is.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import {
  done,
  enrol,
  FATHER,
  GROUP,
  MOTHER,
  readChips,
  searchByApi,
  SON,
} from "./actions.mjs";
import { dropFiles, openBrowser, openWindow, until } from "./browser.mjs";
import { photo } from "./photos.mjs";
import { startStack } from "./stack.mjs";

const FAMILY = {
  known: [FATHER.name, SON.name, MOTHER.name].sort(),
  unknown: 1,
};

let stack;
let browser;

before(async () => {
  stack = await startStack("search");
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

test("a first visitor is told that nobody is enrolled, and where to begin", async () => {
  const page = await openWindow(browser, stack);

  await page.get("nobody-enrolled").getByRole("link").click();
  await page.get("enrol-name").waitFor();
  assert.equal(new URL(page.url()).pathname, "/enrol");
  await page.leave();
});

test("three people are enrolled with a photo each", async () => {
  const page = await openWindow(browser, stack, "/enrol");

  for (const person of [MOTHER, FATHER, SON]) {
    await enrol(page, person);
    assert.match(await page.get("verdict").innerText(), /^Face found/);
    await page.get("enrol-another").click();
  }
  await page.leave();
});

// Counts, in the page itself, what stands on the photo whenever that changes.
const countBoxes = () => {
  const counts = [];
  const count = () => {
    const boxes = document.querySelectorAll("[data-testid=face-box]").length;

    if (counts.at(-1) !== boxes) counts.push(boxes);
  };

  new MutationObserver(count).observe(document.body, { childList: true, subtree: true });
  globalThis.boxCounts = counts;
};

test("a dropped photo is shown while it is sent, and its faces get names", async (context) => {
  const page = await openWindow(browser, stack);
  let letGo;
  const held = new Promise((resolve) => {
    letGo = resolve;
  });

  await page.route("**/v1/searches*", async (route) => {
    await held;
    await route.continue();
  });
  await page.evaluate(countBoxes);
  await dropFiles(page, [photo(GROUP)]);
  await page.locator("[data-testid=photo][data-loaded=true]").waitFor();
  assert.match(await page.get("photo").getAttribute("src"), /^blob:/);
  assert.equal(await page.get("face-box").count(), 0);
  letGo();
  await done(page);
  assert.deepEqual(await readChips(page), FAMILY);
  assert.match(await page.get("summary").innerText(), /^4 faces, 3 known, [\d.]+ s$/);
  assert.match(await page.get("engine").innerText(), /engine/i);
  assert.match(page.url(), /\/search\/[0-9a-f-]{36}$/);

  const counts = await page.evaluate(() => globalThis.boxCounts);
  context.diagnostic(`boxes on the photo, one after the other: ${counts}`);
  assert.equal(counts.at(-1), 4);
  assert.deepEqual(counts, [...counts].sort());
  await page.leave();
});

test("each chip says a name and a similarity, and a stranger is unknown", async () => {
  const page = await openWindow(browser, stack);

  await page.get("photo-input").setInputFiles(photo(GROUP));
  await done(page);
  const chips = await page.get("face-chip").allInnerTexts();

  assert.equal(chips.length, 4);
  for (const { name } of [MOTHER, FATHER, SON]) {
    const chip = chips.find((text) => text.startsWith(name));

    assert.match(chip, /\d\d\.\d$/);
  }
  assert.equal(chips.filter((text) => text === "Unknown").length, 1);
  await page.leave();
});

// When, by the clock of this machine, the page has what is waited for.
const moment = (page) =>
  page
    .waitForFunction(
      () =>
        document.querySelectorAll("[data-testid=face-box]").length === 4 &&
        document.querySelector("[data-testid=result][data-status=done]") &&
        Date.now(),
      undefined,
      { polling: "raf" },
    )
    .then((handle) => handle.jsonValue());

test("another window sees the same search at the same moment", async (context) => {
  const mine = await openWindow(browser, stack);
  const other = await openWindow(browser, stack);

  await other.listening();
  await dropFiles(mine, [photo(GROUP)]);
  const [here, there] = await Promise.all([moment(mine), moment(other)]);

  assert.equal(await other.get("live-badge").count(), 1);
  assert.deepEqual(await readChips(other), FAMILY);
  context.diagnostic(`the other window was ${there - here} ms behind`);
  assert.ok(Math.abs(there - here) < 1000, `${there - here} ms`);
  await mine.leave();
  await other.leave();
});

test("a pasted picture is searched", async () => {
  const page = await openWindow(browser, stack, "/", {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const base64 = (await readFile(photo("biden-1-16bit.png"))).toString("base64");

  await page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const image = new Blob([bytes], { type: "image/png" });

    await navigator.clipboard.write([new ClipboardItem({ "image/png": image })]);
  }, base64);
  await page.keyboard.press("Control+V");
  await done(page);
  assert.deepEqual(await readChips(page), { known: [], unknown: 1 });
  await page.leave();
});

test("by keyboard alone a photo is chosen, faces are walked, and a person opened", async () => {
  const page = await openWindow(browser, stack);
  const chooser = page.waitForEvent("filechooser");
  const isOn = (words) =>
    page.evaluate((text) => document.activeElement.textContent.includes(text), words);

  for (let steps = 0; !(await isOn("Choose a photo")) || steps === 0; steps += 1) {
    assert.ok(steps < 20, "the button cannot be reached");
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(photo(GROUP));
  await done(page);
  await page.keyboard.press("ArrowDown");
  const first = page.get("face-row").nth(0);

  await until(() => first.evaluate((row) => row === document.activeElement));
  assert.equal(await page.locator("[data-testid=face-box][data-active=true]").count(), 1);
  for (let steps = 0; steps < 4; steps += 1) {
    const row = page.locator("[data-testid=face-row]:focus");

    if ((await row.getAttribute("data-known")) === "true") break;
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  await page.get("person-name").waitFor();
  await page.leave();
});

test("hovering a row marks its box, and a box its row", async () => {
  const page = await openWindow(browser, stack);

  await page.get("photo-input").setInputFiles(photo(GROUP));
  await done(page);
  await page.get("face-row").nth(2).hover();
  await until(() => page.get("face-box").nth(2).getAttribute("data-active"), "true");
  await page.get("face-box").nth(1).hover();
  await until(() => page.get("face-row").nth(1).getAttribute("data-active"), "true");
  assert.equal(await page.get("face-row").nth(2).getAttribute("data-active"), "false");
  await page.leave();
});

test("the threshold filters what is there without asking again", async () => {
  const page = await openWindow(browser, stack);

  await page.get("photo-input").setInputFiles(photo(GROUP));
  await done(page);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.get("threshold").fill("100");
  await until(async () => (await readChips(page)).unknown, 4);
  await page.get("threshold").fill("80");
  await until(() => readChips(page), FAMILY);
  assert.deepEqual(asked.filter((url) => /\/v1\/(jobs|searches)(\?|\/[^/]*$)/.test(url)), []);
  await page.leave();
});

test("a search has an address that opens elsewhere, and stays after a reload", async () => {
  const page = await openWindow(browser, stack);

  await page.get("photo-input").setInputFiles(photo(GROUP));
  await done(page);
  const { pathname } = new URL(page.url());
  const other = await openWindow(browser, stack, pathname);

  for (const window of [other, page]) {
    await window.reload();
    await done(window);
    assert.deepEqual(await readChips(window), FAMILY);
    await window.locator("[data-testid=photo][data-loaded=true]").waitFor();
    assert.match(await window.get("photo").getAttribute("src"), /^\/v1\/jobs\//);
  }
  await page.leave();
  await other.leave();
});

test("the latest searches stand below with their thumbnails", async () => {
  const page = await openWindow(browser, stack);
  const items = page.get("strip-item");

  await items.first().waitFor();
  await until(() =>
    items
      .locator("img")
      .evaluateAll((images) => images.every(({ naturalWidth }) => naturalWidth > 0)),
  );
  assert.ok((await items.count()) >= 5);
  assert.match(await items.first().innerText(), /Oliveira/);
  await items.first().click();
  await done(page);
  assert.deepEqual(await readChips(page), FAMILY);
  await page.leave();
});

test("a picture without a face is said to have none", async () => {
  const page = await openWindow(browser, stack);

  await page.get("photo-input").setInputFiles(photo("noface-coffee.png"));
  await done(page);
  assert.match(await page.get("summary").innerText(), /^No face in this photo/);
  await page.leave();
});

const textFile = (name, text) => ({
  name,
  mimeType: "image/jpeg",
  buffer: Buffer.from(text),
});

test("what is no picture is refused in clear words, and the next photo works", async () => {
  const page = await openWindow(browser, stack);

  await page.get("photo-input").setInputFiles(textFile("a.jpg", "not a picture at all"));
  const problem = page.get("problem");

  await problem.waitFor();
  assert.match(await problem.innerText(), /cannot be searched[^]*JPEG/);
  await page.get("photo-input").setInputFiles(photo(GROUP));
  await done(page);
  await page.leave();
});

test("a picture that was cut off is refused in clear words", async () => {
  const page = await openWindow(browser, stack);

  await page.get("photo-input").setInputFiles(photo("broken-truncated.jpg"));
  await page.get("problem").waitFor();
  assert.match(await page.get("problem").innerText(), /cut off|incomplete|broken|end/i);
  await page.leave();
});

test("a picture that is too large is refused in clear words", async () => {
  const page = await openWindow(browser, stack);
  const bytes = Buffer.alloc(16 * 1024 * 1024);

  (await readFile(photo(GROUP))).copy(bytes);
  await page
    .get("photo-input")
    .setInputFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer: bytes });
  await page.get("problem").waitFor();
  assert.match(await page.get("problem").innerText(), /cannot be searched[^]*15 MB at most/);
  await page.leave();
});

test("a file that the browser knows as no picture is not even sent", async () => {
  const page = await openWindow(browser, stack);

  await page.get("photo-input").evaluate((input) => {
    const files = new DataTransfer();

    files.items.add(new File(["hello"], "a.txt", { type: "text/plain" }));
    document.body.dispatchEvent(
      new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: files }),
    );
  });
  await page.get("hint").waitFor();
  assert.match(await page.get("hint").innerText(), /no photo/);
  await page.leave();
});

test("an unknown face is carried over to the enrol page, and known from then on", async () => {
  const page = await openWindow(browser, stack);

  await page.get("photo-input").setInputFiles(photo(GROUP));
  await done(page);
  await page.get("enrol-this").click();
  await page.get("photo-card").waitFor();
  await page.get("enrol-name").fill("Nina Oliveira");
  await page.get("enrol-submit").click();
  await page.locator("[data-testid=saved][data-found=true]").waitFor();
  await page.getByRole("link", { name: "Search" }).click();
  await page.get("photo-input").setInputFiles(photo(GROUP));
  await done(page);
  assert.equal((await readChips(page)).unknown, 0);
  await page.leave();
});

test("an idle page that does not follow stays, and marks what is new", async () => {
  const page = await openWindow(browser, stack);

  await page.listening();
  await page.get("follow").uncheck({ force: true });
  const { id } = await searchByApi(stack, GROUP);

  await page.locator(`a[href="/search/${id}"][data-news=new]`).waitFor();
  assert.equal(await page.get("drop-zone").count(), 1);
  await page.leave();
});
