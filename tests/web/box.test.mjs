import assert from "node:assert/strict";
import { test } from "node:test";

import {
  boxInCrop,
  boxText,
  closestBox,
  cropAround,
  overlapOf,
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
