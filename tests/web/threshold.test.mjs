import assert from "node:assert/strict";
import { test } from "node:test";

import {
  bestMatch,
  countFaces,
  matchesOf,
  thresholdFloor,
  thresholdFor,
} from "../../web/basics/threshold.js";

const face = (...similarities) => ({
  matches: similarities.map((similarity) => ({ similarity })),
});

test("below the threshold is no match, not a weak one", () => {
  assert.deepEqual(matchesOf(face(99, 79.99), 80), [{ similarity: 99 }]);
  assert.equal(bestMatch(face(79.99), 80), null);
  assert.deepEqual(bestMatch(face(80), 80), { similarity: 80 });
  assert.equal(bestMatch({}, 80), null);
});

test("counts what has landed and what is known", () => {
  const search = { faces: [face(99), null, face(60), face()] };

  assert.deepEqual(countFaces(search, 80), { landed: 3, known: 1 });
  assert.deepEqual(countFaces(search, 55), { landed: 3, known: 2 });
});

test("the slider cannot show what a search left out", () => {
  assert.equal(thresholdFloor({ threshold: 50 }), 50);
  assert.equal(thresholdFloor({ threshold: 0 }), 50);
  assert.equal(thresholdFloor({ threshold: null }), 50);
  assert.equal(thresholdFloor({ threshold: 92.5 }), 93);
  assert.equal(thresholdFloor({ threshold: 100 }), 100);
  assert.equal(thresholdFor({ threshold: 90 }, 80), 90);
  assert.equal(thresholdFor({ threshold: 50 }, 80), 80);
});
