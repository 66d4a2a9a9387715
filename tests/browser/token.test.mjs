// A server that asks for a token.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { done, FATHER, GROUP } from "./actions.mjs";
import { openBrowser, openWindow, shoot, until } from "./browser.mjs";
import { photo } from "./photos.mjs";
import { startStack } from "./stack.mjs";

const TOKEN = "a-token-that-nobody-guesses";

let stack;
let browser;

before(async () => {
  stack = await startStack("token", { FACEWIRE_API_TOKEN: TOKEN });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

async function give(page, token) {
  await page.get("token").fill(token);
  await page.keyboard.press("Enter");
}

const open = (page) =>
  until(() => page.get("connection").getAttribute("data-state"), "open");

test("the page asks for the token, and says when it was wrong", async () => {
  const page = await openWindow(browser, stack);

  await page.get("token-panel").waitFor();
  assert.equal(await page.get("drop-zone").isVisible(), false);
  await give(page, "a wrong one");
  await page.locator("[data-testid=token-panel] [role=alert]").waitFor();
  await shoot(page, "token-refused-desk-light");
  await give(page, TOKEN);
  await page.get("drop-zone").waitFor();
  assert.equal(await page.get("token-panel").count(), 0);
  await open(page);
  await page.leave();
});

test("with the token everything works: photos, events, pictures", async () => {
  const page = await openWindow(browser, stack, "/enrol");

  await give(page, TOKEN);
  await page.get("enrol-name").fill(FATHER.name);
  await page.get("photo-input").setInputFiles(photo(FATHER.photo));
  await page.get("enrol-submit").click();
  await page.locator("[data-testid=saved][data-found=true]").waitFor();
  await page.getByRole("link", { name: "Search" }).click();
  await page.get("photo-input").setInputFiles(photo(GROUP));
  await done(page);
  await page.reload();
  await done(page);
  await page.locator("[data-testid=photo][data-loaded=true]").waitFor();
  await until(() =>
    page
      .locator("[data-testid=strip-item] img")
      .evaluateAll((images) => images.every(({ naturalWidth }) => naturalWidth > 0)),
  );
  await page.leave();
});

test("another tab has to give the token itself", async () => {
  const page = await openWindow(browser, stack);

  await give(page, TOKEN);
  await open(page);
  const other = await page.context().newPage();

  await other.goto(stack.url);
  await other.getByTestId("token-panel").waitFor();
  await page.leave();
});
