// The page of one job on a real server: what came of it, and where its time went.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  done,
  enrolByApi,
  GROUP,
  MOTHER,
  searchByApi,
  waitForJob,
} from "./actions.mjs";
import { openBrowser, openWindow, until } from "./browser.mjs";
import { photo } from "./photos.mjs";
import { startStack } from "./stack.mjs";

const STAGES = [
  "Received",
  "Stored",
  "Inserted",
  "Queued",
  "Taken",
  "Recognized",
  "Looked up",
  "Committed",
  "Published",
  "Delivered",
];

let stack;
let browser;
let mother;

before(async () => {
  stack = await startStack("job");
  browser = await openBrowser();
  mother = await enrolByApi(stack, MOTHER);
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

const status = (page) => page.get("job-status").getAttribute("data-status");

const known = (page) =>
  page.locator("[data-testid=stage][data-known=true] th").evaluateAll((cells) =>
    cells.map((cell) => cell.firstChild.textContent.trim()),
  );

test("a search leads to the page of its job, with all that was seen of it", async () => {
  const page = await openWindow(browser, stack);

  await page.get("photo-input").setInputFiles(photo(GROUP));
  await done(page);
  await page.get("open-job").click();
  await page.get("waterfall").waitFor();
  assert.match(page.url(), /\/jobs\/[0-9a-f-]{36}$/);
  assert.equal(await status(page), "done");
  assert.equal(await page.get("job-outcome").innerText(), "4 faces, 1 known");
  assert.match(await page.get("job-whole").innerText(), /^\d+\.\d+ s$/);
  assert.match(await page.get("job-trace").innerText(), /^[0-9a-f]{32}$/);
  assert.deepEqual(await known(page), STAGES);
  await page.get("job-result").click();
  await done(page);
  await page.leave();
});

test("the page can be heard as a table", async () => {
  const { id } = await searchByApi(stack, "f1-mom-2.jpg");

  await waitForJob(stack, id);
  const page = await openWindow(browser, stack, `/jobs/${id}`);
  const table = page.getByRole("table", { name: /^The stages of the job, .* in all$/ });

  await table.waitFor();
  const row = table.getByRole("row", { name: /^Recognized/ });
  assert.match(await row.getByRole("cell").nth(1).innerText(), /^[\d.]+ (µs|ms|s)$/);
  await page.leave();
});

test("a job is followed from the queue to its end", async () => {
  await stack.say("kill worker");
  const { id } = await searchByApi(stack, "f1-mom-2.jpg");
  const page = await openWindow(browser, stack, `/jobs/${id}`);

  await page.get("waterfall").waitFor();
  assert.equal(await status(page), "queued");
  assert.deepEqual(await known(page), STAGES.slice(0, 4));
  assert.match(
    await page.locator("[data-stage=taken] .took").innerText(),
    /^now/,
  );
  await page.listening();
  await stack.say("start worker");
  await until(() => status(page), "done");
  await until(() => known(page), STAGES);
  assert.equal(await page.get("job-outcome").innerText(), "1 face, 1 known");
  await page.leave();
});

test("an enrolment leads to the person", async () => {
  const page = await openWindow(browser, stack, `/jobs/${mother.jobs[0].id}`);

  await page.get("job-result").click();
  await page.get("person-name").waitFor();
  assert.equal(await page.get("person-name").innerText(), MOTHER.name);
  await page.leave();
});

test("a job that failed says why, and can be tried again", async () => {
  const house = { name: "A house", photo: "noface-house.jpg" };
  const [job] = (await enrolByApi(stack, house)).jobs;
  const page = await openWindow(browser, stack, `/jobs/${job.id}`);

  await page.get("problem").waitFor();
  assert.equal(await status(page), "failed");
  assert.match(await page.get("problem").innerText(), /cannot work as it is/);
  await page.listening();
  await page.get("retry").click();
  await until(() => page.get("job-attempts").innerText(), "2");
  await until(() => status(page), "failed");
  await page.leave();
});

test("an address that leads to no job says so", async () => {
  const page = await openWindow(
    browser,
    stack,
    "/jobs/0199aaaa-0000-7000-8000-000000000000",
    { expected: [/404/] },
  );

  await page.get("empty").waitFor();
  await page.leave();
});
