import assert from "node:assert/strict";
import { test } from "node:test";

import { Cursor } from "../../web/live/cursor.js";

test("begins where it is told", () => {
  assert.equal(new Cursor().last, null);
  assert.equal(new Cursor("e-5").last, "e-5");
});

test("takes an offset once and moves to it", () => {
  const cursor = new Cursor("e-5");

  assert.equal(cursor.take("e-6"), true);
  assert.equal(cursor.take("e-6"), false);
  assert.equal(cursor.last, "e-6");
});

test("an event that came twice does not move it back", () => {
  const cursor = new Cursor();

  cursor.take("e-6");
  cursor.take("e-7");
  cursor.take("e-6");
  assert.equal(cursor.last, "e-7");
});

test("the place of the reply matters only before the first event", () => {
  const early = new Cursor();
  const late = new Cursor();

  early.begin("e-1");
  assert.equal(early.last, "e-1");
  late.take("e-2");
  late.begin("e-1");
  assert.equal(late.last, "e-2");
});

test("forgets what it has seen when it jumps over a gap", () => {
  const cursor = new Cursor();

  cursor.take("e-6");
  cursor.jump("f-1");
  assert.equal(cursor.last, "f-1");
  assert.equal(cursor.take("e-6"), true);
});

test("keeps the newest offset of each part", () => {
  const cursor = new Cursor("e-5-0,7.a-1-0");

  assert.equal(cursor.last, "e-5-0,7.a-1-0");
  assert.equal(cursor.take("7.a-2-0"), true);
  assert.equal(cursor.take("e-6-0"), true);
  assert.equal(cursor.take("12.b-1-0"), true);
  assert.equal(cursor.last, "e-6-0,7.a-2-0,12.b-1-0");
  assert.equal(cursor.take("7.a-2-0"), false);
});

test("the reply's place fills in the parts that said nothing yet", () => {
  const cursor = new Cursor();

  cursor.take("7.a-2-0");
  cursor.begin("e-5-0,7.a-1-0");
  assert.equal(cursor.last, "7.a-2-0,e-5-0");
});

test("a gap of one part leaves the others where they are", () => {
  const cursor = new Cursor("e-5-0,7.a-1-0");

  cursor.take("e-6-0");
  cursor.take("7.a-2-0");
  cursor.jump("7.b-0-0");
  assert.equal(cursor.last, "e-6-0,7.b-0-0");
  assert.equal(cursor.take("e-6-0"), false);
  assert.equal(cursor.take("7.a-2-0"), true);
});

test("a place that the server does not know is forgotten", () => {
  const cursor = new Cursor("e-5-0,7.a-1-0");

  cursor.forget();
  assert.equal(cursor.last, null);
});

test("remembers enough and not everything", () => {
  const cursor = new Cursor();

  for (let number = 0; number < 10000; number += 1) cursor.take(`e-${number}`);
  assert.equal(cursor.take("e-9999"), false);
  assert.equal(cursor.take("e-8000"), false);
  assert.equal(cursor.take("e-0"), true);
});
