// What the server sends is what there is, fits the policy, and is small.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("../../web/", import.meta.url));
const read = (file) => readFileSync(root + file, "utf8");
const html = read("index.html");

const lines = read("pages.list")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"));
const pages = lines.map((line) => {
  const [, address, file, type] = line.match(/^(\S+)\s+(\S+)\s+(.+)$/);

  return { address, file, type };
});
const ours = pages.filter(({ address }) => address.startsWith("/app/"));

const MEDIA_TYPES = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

const askedFor = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path);

// First load: everything that index.html asks for.
const MOST_BYTES = 100 * 1000;

const FORBIDDEN =
  /\beval\(|new Function|innerHTML|\sstyle="|https?:\/\/(?!www\.w3\.org)/;

// Lower layers know nothing of higher ones; a page may use the other pages' feeds.
const LAYERS = ["basics", "api", "live", "parts", "pages"];
const PAGES = ["search", "enrol", "people", "jobs"];

const layerOf = (file) => {
  const folder = file.includes("/") ? file.split("/")[0] : "";

  if (file === "strings.js") return -1;
  if (folder === "") return LAYERS.length;
  return LAYERS.indexOf(PAGES.includes(folder) ? "pages" : folder);
};

const STATIC = /^(?:import|export)[^;]*?from "([^"]+)";/gms;
const LATER = /\bimport\("([^"]+)"\)/g;

const importsOf = (file, pattern) =>
  [...read(file).matchAll(pattern)].map(([, path]) => posix.join(dirname(file), path));

// Everything that a module needs before it runs.
function reachOf(file, reached = new Set()) {
  if (reached.has(file)) return reached;
  reached.add(file);
  for (const target of importsOf(file, STATIC)) reachOf(target, reached);
  return reached;
}

test("every file of ours is sent, under its own name", () => {
  const files = readdirSync(root, { recursive: true })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => /\.(js|css|svg)$/.test(file) && !file.startsWith("node_modules"));

  assert.deepEqual(ours.map(({ file }) => file).sort(), files.sort());
  for (const { address, file } of ours) assert.equal(address, `/app/${file}`);
});

test("every line has the media type of its file", () => {
  for (const { file, type } of pages)
    assert.equal(type, MEDIA_TYPES[file.split(".").at(-1)], file);
});

test("every import leads to a file of ours, and down", () => {
  const known = new Set(ours.map(({ file }) => file));

  for (const { file } of ours.filter((page) => page.file.endsWith(".js")))
    for (const target of [...importsOf(file, STATIC), ...importsOf(file, LATER)]) {
      assert.ok(known.has(target), `${file} imports ${target}`);
      assert.ok(layerOf(target) <= layerOf(file), `${file} reaches up to ${target}`);
    }
});

test("the page asks at once for what the first page needs, and for no more", () => {
  const reach = reachOf("main.js").add("theme_first.js");
  const isWanted = ({ file }) =>
    file !== "index.html" &&
    (!file.endsWith(".js") || file.startsWith("node_modules/") || reach.has(file));
  const wanted = pages.filter(isWanted).map(({ address }) => address);

  assert.deepEqual([...askedFor].sort(), wanted.sort());
});

test("nothing in the page needs a softer policy", () => {
  assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=|<script>|javascript:/);
  for (const { file } of ours)
    assert.doesNotMatch(read(file), FORBIDDEN, file);
});

test("the pages that the browser tells apart are all sent", () => {
  const shells = pages
    .filter(({ file }) => file === "index.html")
    .map(({ address }) => address);

  assert.deepEqual(shells, ["/", "/search/*", "/enrol", "/people", "/people/*", "/jobs/*"]);
});

test("the first load is under 100 KB", (context) => {
  const files = pages
    .filter(({ address }) => address === "/" || askedFor.includes(address))
    .map(({ file }) => file);

  if (!files.every((file) => existsSync(root + file))) {
    context.skip("npm ci has not been run in web/");
    return;
  }
  const bytes = files.reduce(
    (sum, file) => sum + gzipSync(readFileSync(root + file), { level: 9 }).length,
    0,
  );

  context.diagnostic(`${bytes} bytes in ${files.length} files`);
  assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
});
