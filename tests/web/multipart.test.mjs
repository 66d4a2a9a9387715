import assert from "node:assert/strict";
import { test } from "node:test";

import { multipartOf, spanProgress } from "../../web/api/multipart.js";

const photo = (text) => new Blob([text], { type: "image/jpeg" });

test("a body says what the fields and files are", async () => {
  const { body, type } = multipartOf(
    [["name", "Ada Łovelace"]],
    [{ name: "image", blob: photo("JPEG") }],
    "edge",
  );

  assert.equal(type, "multipart/form-data; boundary=edge");
  assert.equal(
    await body.text(),
    [
      "--edge",
      'Content-Disposition: form-data; name="name"',
      "",
      "Ada Łovelace",
      "--edge",
      'Content-Disposition: form-data; name="image"; filename="photo-1"',
      "Content-Type: application/octet-stream",
      "",
      "JPEG",
      "--edge--",
      "",
    ].join("\r\n"),
  );
});

test("the same request has the same bytes, so that it may be sent again", async () => {
  const make = () =>
    multipartOf([["name", "A"]], [{ name: "image", blob: photo("x") }], "k");

  assert.equal(await make().body.text(), await make().body.text());
});

test("each file's place in the body is known", async () => {
  const { body, spans } = multipartOf(
    [["name", "Łó"]],
    [
      { name: "image", blob: photo("first") },
      { name: "image", blob: photo("second!") },
    ],
    "edge",
  );
  const at = async ({ start, end }) => body.slice(start, end).text();

  assert.equal(await at(spans[0]), "first");
  assert.equal(await at(spans[1]), "second!");
});

test("the progress of each file follows from the bytes that have left", () => {
  const span = { start: 100, end: 200 };

  assert.equal(spanProgress(span, 50), 0);
  assert.equal(spanProgress(span, 150), 0.5);
  assert.equal(spanProgress(span, 900), 1);
  assert.equal(spanProgress({ start: 7, end: 7 }, 7), 1);
});

test("a name cannot end its header", async () => {
  const { body } = multipartOf([['a"\r\nX: y', "v"]], [], "edge");

  assert.match(await body.text(), /name="a {3}X: y"\r\n/);
});
