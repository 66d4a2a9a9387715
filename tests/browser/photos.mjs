// The photos that the stories use as well: see their README.md.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../../", import.meta.url));

export const photosFolder =
  process.env.FACEWIRE_PHOTOS || join(source, "../shared/photos");

export function photo(name) {
  const path = join(photosFolder, name);

  if (!existsSync(path)) throw new Error(`there is no photo ${path}`);
  return path;
}
