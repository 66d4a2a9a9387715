// Runs the tests of the pages in a browser, one file after the other, or skips
// them where something that they need is missing: exit status 77, and a failure
// where CI is set, because there everything must run.
//
// Arguments are passed on to node: --test-name-pattern=<words> for some of them.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CHROMIUM } from "./browser.mjs";
import { photosFolder } from "./photos.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const library = fileURLToPath(
  new URL("../../web/node_modules/playwright-core", import.meta.url),
);

function missing() {
  if (!process.env.FACEWIRE_STACK) return "FACEWIRE_STACK: run it through ctest";
  for (const needed of [CHROMIUM, library, photosFolder])
    if (!existsSync(needed)) return `${needed} is missing`;
  return null;
}

const reason = missing();
if (reason) {
  console.error(`skipped: ${reason}`);
  process.exit(process.env.CI ? 1 : 77);
}
const files = readdirSync(here).filter((name) => name.endsWith(".test.mjs"));
const { status } = spawnSync(
  process.execPath,
  [
    "--test",
    "--test-concurrency=1",
    ...process.argv.slice(2),
    ...files.sort().map((name) => here + name),
  ],
  { stdio: "inherit" },
);

process.exit(status ?? 1);
