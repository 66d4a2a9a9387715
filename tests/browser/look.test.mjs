// How the pages look, in their interesting states: on a desk and on a phone, in
// light and dark.  What a program can tell is asserted; pictures for the eye go
// to the folder "screenshots" in the test's room.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  DAUGHTER,
  done,
  enrolByApi,
  FATHER,
  GROUP,
  MOTHER,
  searchByApi,
  SON,
  waitForJob,
} from "./actions.mjs";
import {
  DESKTOP,
  hoverFiles,
  openBrowser,
  openWindow,
  PHONE,
  shoot,
  until,
} from "./browser.mjs";
import {
  chipFaultsOf,
  faintTextsOf,
  namelessOf,
  overflowOf,
  smallTargetsOf,
} from "./looks.mjs";
import { photo } from "./photos.mjs";
import { startStack } from "./stack.mjs";

const LOOKS = [
  { variant: "desk-light", viewport: DESKTOP, colorScheme: "light" },
  { variant: "desk-dark", viewport: DESKTOP, colorScheme: "dark" },
  { variant: "phone-light", viewport: PHONE, colorScheme: "light" },
  { variant: "phone-dark", viewport: PHONE, colorScheme: "dark" },
];

const LONG_NAME = "Maximiliane Konstantinopoulou-Featherstonehaugh";
const REFUSED = [/WebSocket connection to .* failed/];

let stack;
let browser;
const people = {};
let groupSearch;
let noFace;

before(async () => {
  stack = await startStack("look");
  browser = await openBrowser([
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
  ]);
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

// Motion has ended, and pictures have come.
const settle = (page) =>
  until(() =>
    page.evaluate(
      () =>
        [...document.images].every(({ complete, loading }) => complete || loading === "lazy") &&
        document.getAnimations().every(({ playState, effect }) =>
          playState !== "running" || effect.getTiming().iterations === Infinity,
        ),
    ),
  );

// Everything that is wrong, rather than the first of it.
const faultsOf = async (page) => ({
  overflow: await overflowOf(page),
  chips: await chipFaultsOf(page),
  nameless: await namelessOf(page),
  faint: await faintTextsOf(page),
  small: await smallTargetsOf(page),
});

const NO_FAULTS = { overflow: 0, chips: [], nameless: [], faint: [], small: [] };

// The page as it stands, in all its looks.
async function look(page, name) {
  const faults = {};

  for (const { variant, viewport, colorScheme } of LOOKS) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await settle(page);
    await shoot(page, `${name}-${variant}`, { fullPage: true });
    faults[variant] = await faultsOf(page);
  }
  assert.deepEqual(
    faults,
    Object.fromEntries(LOOKS.map(({ variant }) => [variant, NO_FAULTS])),
  );
}

// `visit` brings a page into the state.
function looks(name, path, visit, options = {}) {
  test(name, async () => {
    const where = typeof path === "function" ? path() : path;
    const page = await openWindow(browser, stack, where, {
      reducedMotion: "reduce",
      ...options,
    });

    await visit(page);
    await look(page, name.replaceAll(" ", "-"));
    await page.leave();
  });
}

const live = (page) =>
  until(() => page.get("connection").getAttribute("data-state"), "open");

looks("search empty", "/", async (page) => {
  await page.get("nobody-enrolled").waitFor();
  await live(page);
});

looks("people empty", "/people", async (page) => {
  await page.get("empty").waitFor();
  await live(page);
});

looks("enrol empty", "/enrol", async (page) => {
  await page.get("photo-drop").waitFor();
  await live(page);
});

test("people to look at are enrolled, and searched", async () => {
  for (const person of [
    { ...MOTHER, key: "u-17" },
    FATHER,
    { ...DAUGHTER, name: LONG_NAME },
    { name: "Ada King", photo: "woman-eyeglasses.jpg" },
    { name: "Ben Sato", photo: "man-on-sofa.jpg", key: "warehouse.night-shift:0042" },
  ])
    people[person.name] = await enrolByApi(stack, person);
  const grace = { name: "Grace Moreau", photo: "noface-house.jpg" };

  noFace = (await enrolByApi(stack, grace)).jobs[0].id;
  for (const file of [
    "restaurant.jpg",
    "noface-coffee.png",
    "f1-mom-2.jpg",
    "obama-biden.jpg",
    "woman-eyeglasses.jpg",
    "man-on-sofa.jpg",
    "f1-dad-3.jpg",
    GROUP,
  ]) {
    const { id } = await searchByApi(stack, file);

    await waitForJob(stack, id);
    groupSearch = id;
  }
});

looks("search start", "/", async (page) => {
  await page.get("strip-item").first().waitFor();
  await live(page);
});

looks("search group", () => `/search/${groupSearch}`, async (page) => {
  await done(page);
  await page.locator("[data-testid=photo][data-loaded=true]").waitFor();
  await live(page);
});

looks("search one face chosen", () => `/search/${groupSearch}`, async (page) => {
  await done(page);
  await page.get("face-box").nth(1).click();
});

looks("search a crowd of strangers", "/", async (page) => {
  await page.get("photo-input").setInputFiles(photo("restaurant.jpg"));
  await done(page);
});

looks("search a tall photo", "/", async (page) => {
  await page.get("photo-input").setInputFiles(photo("obama-3.jpg"));
  await done(page);
});

looks("search a small photo", "/", async (page) => {
  await page.get("photo-input").setInputFiles(photo("f1-mom-2.jpg"));
  await done(page);
});

looks("search no face", "/", async (page) => {
  await page.get("photo-input").setInputFiles(photo("noface-coffee.png"));
  await done(page);
});

looks("search refused", "/", async (page) => {
  await page.get("photo-input").setInputFiles(photo("broken-truncated.jpg"));
  await page.get("problem").waitFor();
});

looks("search uploading", "/", async (page) => {
  await page.route("**/v1/searches*", () => {}); // never answered
  await page.get("photo-input").setInputFiles(photo(GROUP));
  await page.locator("[data-testid=photo][data-loaded=true]").waitFor();
});

looks("search dropping", "/", async (page) => {
  await page.listening();
  await hoverFiles(page, [photo(GROUP)]);
  await page.locator("[data-testid=drop-zone][data-over=true]").waitFor();
});

looks("search dropping another", () => `/search/${groupSearch}`, async (page) => {
  await done(page);
  await hoverFiles(page, [photo(GROUP)]);
  await page.locator(".drop-veil").waitFor();
});

looks("search camera", "/", async (page) => {
  await page.get("camera-open").click();
  await until(() => page.get("camera-take").isEnabled());
});

looks("job done", () => `/jobs/${groupSearch}`, async (page) => {
  await page.get("waterfall").waitFor();
  await live(page);
});

looks("job failed", () => `/jobs/${noFace}`, async (page) => {
  await page.get("problem").waitFor();
  await page.get("waterfall").waitFor();
});

looks("search missing", "/search/0199aaaa-0000-7000-8000-000000000000", (page) =>
  page.get("empty").waitFor(),
);

looks("page missing", "/people/nobody-has-this-id", (page) => page.get("empty").waitFor());

looks("enrol filled", "/enrol", async (page) => {
  await page.get("enrol-name").fill(LONG_NAME);
  await page.locator("summary").click();
  await page.getByRole("button", { name: "Add a detail" }).click();
  await page
    .get("photo-input")
    .setInputFiles([photo("f1-mom-1.jpg"), photo(GROUP), photo("obama-3.jpg")]);
  await until(() => page.get("verdict").allInnerTexts(), ["Ready", "Ready", "Ready"]);
});

looks("enrol refused", "/enrol", async (page) => {
  await page.get("enrol-name").fill("Sam Ortiz");
  await page.get("photo-input").setInputFiles(photo("broken-truncated.jpg"));
  await page.get("enrol-submit").click();
  await page.get("problem").waitFor();
});

looks("enrol verdicts", "/enrol", async (page) => {
  await page.get("enrol-name").fill("Sam Ortiz");
  await page
    .get("photo-input")
    .setInputFiles(
      ["obama-2.jpg", "obama-biden.jpg", "noface-dog.jpg", "f1-dad-2.jpg"].map(photo),
    );
  await page.get("enrol-submit").click();
  await until(
    async () =>
      (await page.get("verdict").allInnerTexts()).filter((text) =>
        /Face found|No face|choose one/.test(text),
      ).length,
    4,
  );
});

looks("people list", "/people", async (page) => {
  await until(async () => (await page.get("person-card").count()) >= 6);
});

looks("people nobody found", "/people", async (page) => {
  await page.get("people-search").fill("zebedee");
  await page.get("empty").waitFor();
});

looks("person", () => `/people/${people[MOTHER.name].id}`, async (page) => {
  await page.get("face-card").waitFor();
  await page.get("sighting").first().waitFor();
});

looks("person with a long name", () => `/people/${people[LONG_NAME].id}`, async (page) => {
  await page.locator(".face-card-picture").first().click();
  await page.get("origin").waitFor();
});

looks("person changed", () => `/people/${people["Ben Sato"].id}`, async (page) => {
  await page.get("person-edit").click();
  await page.get("person-save").waitFor();
});

looks("person erase", () => `/people/${people[MOTHER.name].id}`, async (page) => {
  await page.get("face-remove").first().click();
  await page.get("erase-open").click();
});

test("person erased", async () => {
  const { id, name } = await enrolByApi(stack, SON);
  const page = await openWindow(browser, stack, `/people/${id}`);

  await page.get("erase-open").click();
  await page.get("erase-name").fill(name);
  await page.get("erase-confirm").click();
  await page.get("receipt").waitFor();
  await look(page, "person-erased");
  await page.leave();
});

test("without the server the page keeps what it shows, and says so", async () => {
  const page = await openWindow(browser, stack, `/search/${groupSearch}`, {
    reducedMotion: "reduce",
    expected: REFUSED,
  });

  await done(page);
  await live(page);
  await stack.say("kill server");
  await page.locator(".offline-bar").waitFor();
  for (const { variant, viewport, colorScheme } of LOOKS) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await shoot(page, `offline-${variant}`);
  }
  await stack.say("start server");
  await page.getByText("Live again").waitFor();
  await shoot(page, "online-phone-dark");
  await page.leave();
});
