import assert from "node:assert/strict";
import { test } from "node:test";

import {
  boxInCrop,
  boxText,
  closestBox,
  cropAround,
  focusOf,
  overlapOf,
  squareAround,
} from "../../web/basics/box.js";

const picture = { width: 1000, height: 500 };
const box = { left: 0.4, top: 0.4, width: 0.1, height: 0.2 };

test("a box goes into a query as four numbers", () => {
  assert.equal(boxText(box), "0.400000,0.400000,0.100000,0.200000");
  assert.equal(boxText({ ...box, left: -1e-9 }).split(",").length, 4);
});

test("a crop has a margin on each side, inside the picture", () => {
  assert.deepEqual(cropAround(box, picture, 0.5), {
    x: 350,
    y: 150,
    width: 200,
    height: 200,
  });
  const edge = { left: -0.05, top: 0.9, width: 0.1, height: 0.3 };
  assert.deepEqual(cropAround(edge, picture, 0.5), {
    x: 0,
    y: 375,
    width: 100,
    height: 125,
  });
});

test("a box keeps its place when the picture is cut", () => {
  const crop = cropAround(box, picture, 0.5);

  assert.deepEqual(boxInCrop(box, picture, crop), {
    left: 0.25,
    top: 0.25,
    width: 0.5,
    height: 0.5,
  });
});

test("the box that is meant is the one that overlaps most", () => {
  const near = { ...box, left: 0.42 };
  const far = { ...box, left: 0.7 };

  assert.equal(overlapOf(box, box), 1);
  assert.equal(overlapOf(box, far), 0);
  assert.equal(closestBox([far, near, { ...box, left: 0.47 }], box), 1);
  assert.equal(closestBox([far], box), -1);
  assert.equal(closestBox([], box), -1);
});

test("a square around a face stays inside the picture", () => {
  assert.deepEqual(squareAround(box, picture, 0.3), { x: 385, y: 185, side: 130 });
  // At the edge it is moved, and in a narrow picture it is as wide as that.
  assert.equal(squareAround({ ...box, left: -0.02 }, picture, 0.3).x, 0);
  assert.deepEqual(
    squareAround(
      { left: 0.1, top: 0.2, width: 0.8, height: 0.6 },
      { width: 100, height: 200 },
      0.3,
    ),
    { x: 0, y: 50, side: 100 },
  );
});

test("a thumbnail of another shape is held where the faces are", () => {
  const tall = { width: 300, height: 800 };
  const face = { left: 0.4, top: 0.1, width: 0.2, height: 0.1 };

  // Half of it can be seen: the upper edge, the middle, the lower edge.
  assert.deepEqual(focusOf([face], tall, 0.75), { x: 0.5, y: 0 });
  assert.deepEqual(focusOf([{ ...face, top: 0.45 }], tall, 0.75), { x: 0.5, y: 0.5 });
  assert.deepEqual(focusOf([{ ...face, top: 0.9 }], tall, 0.75), { x: 0.5, y: 1 });
  // What all of them have in their middle, on a wide one.
  const wide = { width: 800, height: 300 };
  const row = [0.25, 0.75].map((left) => ({ ...face, left, width: 0.25 }));
  assert.deepEqual(focusOf(row, wide, 4 / 3), { x: 0.75, y: 0.5 });
});
