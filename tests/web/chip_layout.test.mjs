import assert from "node:assert/strict";
import { test } from "node:test";

import { layOutChips } from "../../web/search/chip_layout.js";

const HEIGHT = 26;
const stage = { width: 800, height: 600 };
const face = (x, y, width = 80, height = 100, chipWidth = 120) => ({
  box: { x, y, width, height },
  chipWidth,
});

const meet = (one, other) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

function assertInside(place, width) {
  assert.ok(place.x >= 0 && place.x + width <= stage.width, JSON.stringify(place));
  assert.ok(place.y >= 0 && place.y + HEIGHT <= stage.height, JSON.stringify(place));
}

test("a chip stands above its box, in the middle", () => {
  const [chip] = layOutChips([face(300, 300)], stage, HEIGHT);

  assert.deepEqual(chip, { x: 280, y: 269, isFull: true });
});

test("at the upper edge it stands below, and it never leaves the photo", () => {
  const [top] = layOutChips([face(300, 5)], stage, HEIGHT);
  const [corner] = layOutChips([face(760, 580, 40, 40)], stage, HEIGHT);
  const [whole] = layOutChips([face(-20, -20, 840, 640)], stage, HEIGHT);

  assert.ok(top.y > 100);
  for (const place of [top, corner, whole]) assertInside(place, 120);
});

test("chips of neighbours neither overlap nor hide a face", () => {
  const faces = [face(100, 200), face(185, 220), face(270, 190), face(355, 215)];
  const chips = layOutChips(faces, stage, HEIGHT);
  const full = chips
    .map((chip, index) => ({ ...chip, index, width: 120, height: HEIGHT }))
    .filter(({ isFull }) => isFull);

  assert.ok(full.length >= 3);
  for (const one of full)
    for (const other of full)
      assert.ok(one === other || !meet(one, other), "two chips overlap");
});

test("in a crowd all get numbers", () => {
  const crowd = Array.from({ length: 60 }, (_, index) =>
    face(80 * (index % 10), 95 * Math.floor(index / 10) + 20, 70, 80, 160),
  );
  const chips = layOutChips(crowd, stage, HEIGHT);

  assert.ok(chips.every(({ isFull }) => !isFull));
  for (const chip of chips) assertInside(chip, HEIGHT);
});

test("a face that has not landed has no chip", () => {
  const chips = layOutChips([null, face(300, 300)], stage, HEIGHT);

  assert.equal(chips[0], null);
  assert.equal(chips[1].isFull, true);
});
