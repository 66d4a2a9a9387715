// The webcam, whose picture is a photo in a file.
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { resolve } from "node:path";
import { after, before, test } from "node:test";
import { done, enrolByApi, FATHER, GROUP, readChips } from "./actions.mjs";
import { openBrowser, openWindow, until } from "./browser.mjs";
import { photo } from "./photos.mjs";
import { startStack } from "./stack.mjs";

let stack;
let browser;

before(async () => {
  stack = await startStack("camera");
  // JPEGs behind each other are a film of the kind MJPEG; one will do, if
  // its sides are even.
  copyFileSync(photo(GROUP), "camera.mjpeg");
  browser = await openBrowser([
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-video-capture=${resolve("camera.mjpeg")}`,
  ]);
  await enrolByApi(stack, FATHER);
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

test("a snapshot of the camera is searched", async () => {
  const page = await openWindow(browser, stack);

  await page.get("camera-open").click();
  await until(() => page.get("camera-take").isEnabled());
  // The button has the focus, so that a finger on the space bar is enough.
  await page.keyboard.press("Space");
  await done(page);
  assert.deepEqual(await readChips(page), { known: [FATHER.name], unknown: 3 });
  assert.equal(await page.get("camera").count(), 0);
  await page.leave();
});

test("Escape closes the camera, and it is let go of", async () => {
  const page = await openWindow(browser, stack);

  await page.get("camera-open").click();
  await until(() => page.get("camera-take").isEnabled());
  const track = await page
    .locator("video")
    .evaluateHandle((video) => video.srcObject.getTracks()[0]);

  await page.keyboard.press("Escape");
  await page.get("drop-zone").waitFor();
  assert.equal(await track.evaluate(({ readyState }) => readyState), "ended");
  await page.leave();
});

test("without a camera the page says so, and offers the other ways", async () => {
  const other = await openBrowser();
  const page = await openWindow(other, stack);

  await page.get("camera-open").click();
  await page.get("notice").waitFor();
  assert.match(await page.get("notice").innerText(), /no camera|may not be used/);
  await page.get("notice").getByRole("button").click();
  await page.get("drop-zone").waitFor();
  await page.leave();
  await other.close();
});
