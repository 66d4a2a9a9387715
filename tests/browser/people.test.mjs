// The people's pages and the enrolment on a real server.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  DAUGHTER,
  done,
  enrol,
  enrolByApi,
  FATHER,
  GROUP,
  MOTHER,
  readChips,
  SON,
} from "./actions.mjs";
import { openBrowser, openWindow, until } from "./browser.mjs";
import { photo } from "./photos.mjs";
import { ask, startStack } from "./stack.mjs";

let stack;
let browser;

before(async () => {
  stack = await startStack("people");
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

const names = async (page) =>
  (await page.locator(".person-card-name").allInnerTexts()).sort();

test("an empty page of people says what to do first", async () => {
  const page = await openWindow(browser, stack, "/people");

  await page.get("empty").waitFor();
  assert.match(await page.get("empty").innerText(), /Nobody is enrolled yet/);
  await page.leave();
});

test("who is enrolled appears on an open page of people by itself", async () => {
  const list = await openWindow(browser, stack, "/people");
  const page = await openWindow(browser, stack, "/enrol");

  await list.get("empty").waitFor();
  await list.listening();
  await enrol(page, MOTHER);
  await list.get("person-card").waitFor();
  assert.deepEqual(await names(list), [MOTHER.name]);
  await until(() =>
    list
      .locator(".person-card img")
      .evaluateAll((images) => images.some(({ naturalWidth }) => naturalWidth > 0)),
  );
  await list.leave();
  await page.leave();
});

test("several photos at once have a verdict each", async () => {
  const page = await openWindow(browser, stack, "/enrol");

  await page.get("enrol-name").fill(FATHER.name);
  await page
    .get("photo-input")
    .setInputFiles(
      ["f1-dad-1.jpg", "f1-dad-2.jpg", "noface-coffee.png"].map((name) => photo(name)),
    );
  await page.get("enrol-submit").click();
  await page.locator("[data-testid=saved][data-found=true]").waitFor();
  await until(async () => (await page.get("verdict").allInnerTexts()).sort(), [
    "Face found",
    "Face found",
    "No face in this photo",
  ]);
  await page.leave();
});

test("of several faces one is chosen", async () => {
  const page = await openWindow(browser, stack, "/enrol");

  await page.get("enrol-name").fill(SON.name);
  await page.get("photo-input").setInputFiles(photo("obama-biden.jpg"));
  await page.get("enrol-submit").click();
  await page.get("choice").first().waitFor();
  assert.equal(await page.get("choice").count(), 2);
  assert.match(await page.get("verdict").innerText(), /Two faces: choose one/);
  await page.get("choice").first().click();
  await page.locator("[data-testid=saved][data-found=true]").waitFor();
  assert.match(await page.get("verdict").innerText(), /Face found/);
  await page.leave();
});

test("who looks like somebody else already enrolled is pointed to them", async () => {
  const page = await openWindow(browser, stack, "/enrol");

  await enrol(page, { name: "Dan Oliveira", photo: "f1-dad-1.jpg" });
  await page.get("resembles").getByRole("link").click();
  await until(() => page.get("person-name").innerText(), FATHER.name);
  await page.leave();
});

test("a person whose photo is refused is not saved half", async () => {
  const page = await openWindow(browser, stack, "/enrol");

  await page.get("enrol-name").fill("Somebody");
  await page.get("photo-input").setInputFiles(photo("f1-dad-3.jpg"));
  await page.get("photo-input").setInputFiles({
    name: "a.jpg",
    mimeType: "image/jpeg",
    buffer: Buffer.from("no picture"),
  });
  await page.get("enrol-submit").click();
  await page.get("problem").waitFor();
  assert.match(await page.get("problem").innerText(), /Nobody was saved/);
  // The one that is to blame says so.
  const verdicts = await page.get("verdict").allInnerTexts();
  assert.equal(verdicts[0], "Ready");
  assert.match(verdicts[1], /JPEG/);
  assert.equal(await page.get("enrol-name").inputValue(), "Somebody");
  const { items } = await ask(stack, "/v1/people?q=Somebody");

  assert.deepEqual(items, []);
  await page.leave();
});

test("people are found by the beginnings of their names, and by their key", async () => {
  await enrolByApi(stack, { ...DAUGHTER, key: "u-17" });
  const page = await openWindow(browser, stack);

  await until(() => page.get("connection").getAttribute("data-state"), "open");
  await page.keyboard.press("/");
  await page.get("people-search").waitFor();
  await page.keyboard.type("mar");
  await until(() => names(page), [MOTHER.name]);
  await page.get("people-search").fill("u-17");
  await until(() => names(page), [DAUGHTER.name]);
  await page.get("people-search").fill("nobody of that name");
  await page.get("empty").waitFor();
  await page.keyboard.press("Escape");
  await until(async () => (await names(page)).length, 5);
  await page.leave();
});

test("a name is changed in place, and a key that is taken is refused", async () => {
  const { items } = await ask(stack, "/v1/people?q=Marta");
  const page = await openWindow(browser, stack, `/people/${items[0].id}`);

  await page.get("person-edit").click();
  await page.get("enrol-name").fill("Marta Maria Oliveira");
  await page.get("enrol-key").fill("u-17");
  await page.get("person-save").click();
  await page.get("problem").waitFor();
  assert.match(await page.get("problem").innerText(), /Nothing was changed/);
  await page.get("enrol-key").fill("u-18");
  await page.get("person-save").click();
  await until(() => page.get("person-name").innerText(), "Marta Maria Oliveira");
  await page.reload();
  await until(() => page.get("person-name").innerText(), "Marta Maria Oliveira");
  await page.leave();
});

test("a photo is added to a person, shown where it came from, and removed", async () => {
  const { items } = await ask(stack, "/v1/people?q=Marta");
  const page = await openWindow(browser, stack, `/people/${items[0].id}`);

  await page.get("face-card").waitFor();
  await page.get("photo-input").setInputFiles(photo("f1-mom-2.jpg"));
  await until(() => page.get("face-card").count(), 2);
  await until(() => page.get("photo-card").count(), 0);
  await page.locator(".face-card-picture").first().click();
  await page.get("origin").waitFor();
  await page.get("face-remove").first().click();
  await page.get("face-remove-confirm").click();
  await until(() => page.get("face-card").count(), 1);
  await page.leave();
});

test("a receipt says when a photo was still being worked on", async () => {
  const { id, name } = await enrolByApi(stack, { name: "Ina", photo: SON.photo });
  const page = await openWindow(browser, stack, `/people/${id}`);

  // It ends too soon here to be caught at it.
  await page.routeWebSocket(/v1\/live/, (live) => {
    const server = live.connectToServer();

    server.onMessage((message) =>
      live.send(message.replace('"pending":0', '"pending":1')),
    );
  });
  await page.reload();
  await page.get("erase-open").click();
  await page.get("erase-name").fill(name);
  await page.get("erase-confirm").click();
  await page.get("receipt").waitFor();
  assert.match(await page.get("receipt").innerText(), /One photo was still being/);
  await page.leave();
});

test("a person is erased with a typed name, and a stranger from then on", async () => {
  const { items } = await ask(stack, "/v1/people?q=Marta");
  const search = await openWindow(browser, stack);

  await search.get("photo-input").setInputFiles(photo(GROUP));
  await done(search);
  assert.ok((await readChips(search)).known.includes("Marta Maria Oliveira"));

  const page = await openWindow(browser, stack, `/people/${items[0].id}`);
  await page.get("sighting").first().waitFor();
  await page.get("erase-open").click();
  assert.equal(await page.get("erase-confirm").isEnabled(), false);
  await page.get("erase-name").fill("Marta");
  assert.equal(await page.get("erase-confirm").isEnabled(), false);
  await page.get("erase-name").fill("Marta Maria Oliveira");
  await page.get("erase-confirm").click();
  await page.get("receipt").waitFor();
  assert.match(await page.get("receipt").innerText(), /was erased/);
  await page.get("receipt").getByRole("link").click();
  await until(async () => (await names(page)).length, 4);
  assert.ok(!(await names(page)).includes("Marta Maria Oliveira"));

  // The old result holds no name any more, and a new search finds nobody.
  const before = await readChips(search);
  await search.reload();
  await done(search);
  assert.ok(!(await readChips(search)).known.includes("Marta Maria Oliveira"));
  await search.get("photo-input").setInputFiles(photo(GROUP));
  await until(() => search.get("face-row").count(), 4);
  await done(search);
  const after = await readChips(search);
  assert.equal(after.unknown, before.unknown + 1);
  await page.leave();
  await search.leave();
});

test("a person who is gone is said to be gone", async () => {
  const page = await openWindow(
    browser,
    stack,
    "/people/0199aaaa-0000-7000-8000-000000000000",
  );

  await page.get("empty").waitFor();
  assert.match(await page.get("empty").innerText(), /no such person/);
  await page.leave();
});
