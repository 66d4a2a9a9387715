// Runs the tests of the JavaScript SDK, or skips them where something that they
// need is missing: exit status 77, and a failure where CI is set, because there
// everything must run.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { photosFolder } from "../browser/photos.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

function missing() {
  if (!process.env.FACEWIRE_CONFORMANCE_ENGINE)
    return "FACEWIRE_CONFORMANCE_ENGINE: run it through ctest";
  for (const needed of [`${here}node_modules/@aws-sdk/client-rekognition`, photosFolder])
    if (!existsSync(needed)) return `${needed} is missing`;
  return null;
}

const reason = missing();
if (reason) {
  console.error(`skipped: ${reason}`);
  process.exit(process.env.CI ? 1 : 77);
}
const { status } = spawnSync(
  process.execPath,
  ["--test", ...process.argv.slice(2), `${here}javascript.test.mjs`],
  { stdio: "inherit" },
);

process.exit(status ?? 1);
