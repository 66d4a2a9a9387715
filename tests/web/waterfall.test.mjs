import assert from "node:assert/strict";
import { test } from "node:test";

import { formatDuration } from "../../web/basics/format.js";
import { routeOf } from "../../web/basics/route.js";
import { outcomeOf, pageOf } from "../../web/jobs/outcome.js";
import { ticksOf, waterfallOf } from "../../web/jobs/waterfall.js";
import { httpExample } from "./examples.mjs";

const ID = "01a1fd4f-fcbb-73b1-a8c0-de45f9721b36";

const stages = [
  { name: "received", at_us: 1000, took_us: 1000 },
  { name: "stored", at_us: 4000, took_us: 3000 },
  { name: "inserted", at_us: 6000, took_us: 2000 },
  { name: "queued", at_us: 6100, took_us: 100 },
];

const rowOf = (job, name) => waterfallOf(job).rows.find((row) => row.name === name);

test("a stage begins where the one before has ended", () => {
  const { rows, totalUs } = waterfallOf({ status: "queued", stages });

  assert.equal(rows.length, 10);
  assert.equal(totalUs, 6100);
  assert.deepEqual(rows[1], {
    name: "stored",
    startUs: 1000,
    tookUs: 3000,
    atUs: 4000,
    isUnderWay: false,
    isLongest: true,
  });
});

test("what was not seen has no numbers, and one of them is under way", () => {
  const queued = { status: "queued", stages };
  const running = { status: "running", stages };
  const done = { status: "done", stages };

  assert.equal(rowOf(queued, "taken").tookUs, null);
  assert.equal(rowOf(queued, "taken").isUnderWay, true);
  assert.equal(rowOf(queued, "recognized").isUnderWay, false);
  assert.equal(rowOf(running, "taken").isUnderWay, false);
  assert.equal(rowOf(running, "recognized").isUnderWay, true);
  assert.ok(waterfallOf(done).rows.every((row) => !row.isUnderWay));
});

test("a job of which nothing is known has no rows", () => {
  assert.deepEqual(waterfallOf({ status: "done", stages: [] }).rows, []);
  assert.deepEqual(waterfallOf({ status: "done" }).rows, []);
});

test("the scale has a few round marks", () => {
  assert.deepEqual(ticksOf(212000), [0, 50000, 100000, 150000]);
  assert.deepEqual(ticksOf(6100), [0, 2000, 4000]);
  assert.deepEqual(ticksOf(100), [0, 20, 40, 60, 80]);
  assert.deepEqual(ticksOf(0), []);
  for (const total of [1, 17, 999, 123456, 98765432]) {
    const ticks = ticksOf(total);

    assert.ok(ticks.length >= 2 && ticks.length <= 6, `${total}: ${ticks}`);
    assert.ok(ticks.every((us) => us < total));
  }
});

test("a duration has as many digits as say something", () => {
  const told = [0, 340, 999, 1000, 4249, 9949, 9950, 212000, 999499, 999500];

  assert.deepEqual(told.map(formatDuration), [
    "0 µs", "340 µs", "999 µs", "1.0 ms", "4.2 ms", "9.9 ms", "10 ms", "212 ms",
    "999 ms", "1.00 s",
  ]);
  assert.deepEqual([3.41e6, 12.34e6, 120e6, 7200e6].map(formatDuration), [
    "3.41 s", "12.3 s", "2 min", "2 h",
  ]);
});

test("each kind of job says what came of it", () => {
  const outcomes = ["search", "enroll", "analyze", "compare", "erase"].map((kind) =>
    outcomeOf(httpExample(`job-${kind}-done`)),
  );

  assert.deepEqual(outcomes, [
    "3 faces, 2 known",
    "Ada Lovelace has a new face",
    "1 face",
    "Best similarity 98.7",
    "3 faces and 3 photos removed",
  ]);
  assert.equal(outcomeOf(httpExample("job-search-done-nobody")), "No face in this photo");
  assert.equal(outcomeOf(httpExample("job-search-queued")), null);
  assert.equal(outcomeOf(httpExample("job-search-failed")), null);
});

test("a job leads to the page that shows its result", () => {
  assert.equal(pageOf({ id: ID, kind: "search" }).href, `/search/${ID}`);
  assert.equal(pageOf({ id: "1", kind: "enroll", person: ID }).href, `/people/${ID}`);
  assert.equal(pageOf({ id: ID, kind: "erase", person: ID }), null);
  assert.deepEqual(routeOf(`/jobs/${ID}`), { page: "job", id: ID });
  assert.equal(routeOf("/jobs").page, "missing");
});
