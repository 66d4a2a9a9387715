// Hands and ears: what can be reached, seen while it is reached, and heard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { done, enrolByApi, FATHER, GROUP, MOTHER } from "./actions.mjs";
import { openBrowser, openWindow, until } from "./browser.mjs";
import { overflowOf } from "./looks.mjs";
import { photo } from "./photos.mjs";
import { startStack } from "./stack.mjs";

let stack;
let browser;
let person;

before(async () => {
  stack = await startStack("access");
  browser = await openBrowser();
  person = await enrolByApi(stack, FATHER);
  await enrolByApi(stack, MOTHER);
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

// Walks the whole page with Tab: what has the focus, and whether that is seen.
async function walk(page) {
  const stops = [];

  // A page may begin in its first field; the walk begins at the top.
  await page.locator(".skip").focus();
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const one = document.activeElement;
      // A switch's box is hidden; what is drawn beside it has the ring.
      const drawn = one.matches(".switch input") ? one.nextElementSibling : one;
      const { outlineStyle, outlineWidth } = getComputedStyle(drawn);
      const isRinged = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;

      return {
        isSeen: isRinged || one.matches("input[type=range]"),
        isBack: one === document.body,
        html: one.outerHTML.slice(0, 100),
      };
    });

    if (stop.isBack) break;
    stops.push(stop);
  }
  return stops;
}

const unseen = (stops) => stops.filter(({ isSeen }) => !isSeen).map(({ html }) => html);

test("the first stop of the keyboard is a way past the header", async () => {
  const page = await openWindow(browser, stack);

  await page.get("drop-zone").waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.locator(":focus").innerText(), "Skip to the content");
  assert.ok(await page.locator(":focus").isVisible());
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.match(await page.locator(":focus").innerText(), /Choose a photo/);
  await page.leave();
});

for (const [name, path] of [
  ["search", () => "/"],
  ["enrol", () => "/enrol"],
  ["people", () => "/people"],
  ["person", () => `/people/${person.id}`],
])
  test(`the focus is seen on each of its stops: ${name}`, async () => {
    const page = await openWindow(browser, stack, path());

    await until(() => page.get("connection").getAttribute("data-state"), "open");
    await page.locator("main :is(a, button, input)").first().waitFor({ state: "attached" });
    const stops = await walk(page);

    assert.ok(stops.length >= 8, `only ${stops.length} stops`);
    assert.deepEqual(unseen(stops), []);
    await page.leave();
  });

test("what is found is said politely, each face once, then the sum", async () => {
  const page = await openWindow(browser, stack);

  assert.equal(await page.get("announcer").getAttribute("aria-live"), "polite");
  await page.evaluate(() => {
    globalThis.said = [];
    new MutationObserver(() =>
      globalThis.said.push(
        document.querySelector("[data-testid=announcer]").textContent,
      ),
    ).observe(document.querySelector("[data-testid=announcer]"), {
      characterData: true,
      childList: true,
      subtree: true,
    });
  });
  await page.get("photo-input").setInputFiles(photo(GROUP));
  await done(page);
  const said = () => page.evaluate(() => globalThis.said.join(". "));

  await until(async () => /4 faces, 2 known/.test(await said()));
  const sentences = (await said()).match(/Face \d of 4: [^.]+(\.\d)?/g);

  assert.equal(sentences.length, 4);
  assert.equal(new Set(sentences.map((text) => text.slice(0, 6))).size, 4);
  assert.ok(sentences.some((text) => text.includes(FATHER.name)));
  assert.equal(sentences.filter((text) => text.endsWith("Unknown")).length, 2);
  await page.leave();
});

test("every page has one heading of the first rank, a title, and a language", async () => {
  for (const path of ["/", "/enrol", "/people", `/people/${person.id}`]) {
    const page = await openWindow(browser, stack, path);

    await page.locator("h1").first().waitFor({ state: "attached" });
    assert.equal(await page.locator("h1").count(), 1, path);
    assert.match(await page.title(), / · Facewire$/);
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    assert.equal(await page.locator("main").count(), 1);
    await page.leave();
  }
});

test("nothing sticks out at 320 pixels, which is also a zoom of 400%", async () => {
  for (const path of ["/", "/enrol", "/people", `/people/${person.id}`]) {
    const page = await openWindow(browser, stack, path, {
      viewport: { width: 320, height: 640 },
    });

    await until(() => page.get("connection").getAttribute("data-state"), "open");
    assert.equal(await overflowOf(page), 0, path);
    await page.leave();
  }
});

test("the theme is switched, and stays after a reload", async () => {
  const page = await openWindow(browser, stack, "/", { colorScheme: "light" });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();

  await page.get("theme").click();
  assert.notEqual(await ground(), light);
  const dark = await ground();

  await page.reload();
  await page.get("drop-zone").waitFor();
  assert.equal(await ground(), dark);
  await page.leave();
});

test("who wants no motion gets none", async () => {
  const page = await openWindow(browser, stack, "/", { reducedMotion: "reduce" });

  await page.get("photo-input").setInputFiles(photo(GROUP));
  await done(page);
  const durations = await page.evaluate(() =>
    document.getAnimations().map((animation) => animation.effect.getTiming().duration),
  );

  assert.deepEqual(durations, []);
  await page.leave();
});

test("the first page weighs less than 100 KB", async (context) => {
  const page = await openWindow(browser, stack);
  // Bodies as they were sent, compressed; what other pages need comes later.
  const { bytes, loadedMs } = await page.evaluate(() => {
    const [visit] = performance.getEntriesByType("navigation");
    const needed = performance
      .getEntriesByType("resource")
      .filter(
        ({ name, startTime }) =>
          /\.(js|css|svg)$/.test(name) && startTime < visit.loadEventStart,
      );

    return {
      bytes: [visit, ...needed].reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
      loadedMs: Math.round(visit.loadEventStart),
    };
  });

  context.diagnostic(`${bytes} bytes, loaded after ${loadedMs} ms`);
  assert.ok(bytes > 20000 && bytes < 100000, `${bytes} bytes`);
  await page.leave();
});
