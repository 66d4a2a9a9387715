import assert from "node:assert/strict";
import { test } from "node:test";

import {
  emptyFeed,
  feedAfterEvent,
  feedAfterOpen,
  feedAfterPage,
  newestFirst,
} from "../../web/search/feed.js";
import {
  emptySearch,
  furtherOf,
  isFinished,
  searchAfter,
  searchOfJob,
} from "../../web/search/search.js";
import { eventExample, httpExample } from "./examples.mjs";

const face = (index, count, more = {}) => ({
  event: "search.face",
  job: "a",
  data: { index, count, box: {}, confidence: 99, matches: [], ...more },
});
const queued = (job, more = {}) => ({
  event: "job.queued",
  job,
  time: "2026-11-21T08:54:00.123Z",
  data: {},
  ...more,
});

test("a search grows from its events to its result", () => {
  const completed = eventExample("search-completed");
  const states = [
    eventExample("job-queued"),
    eventExample("job-started"),
    eventExample("search-face-unknown"),
    eventExample("search-face"),
    completed,
  ].reduce(
    (all, event) => [...all, searchAfter(all.at(-1), event)],
    [emptySearch(completed.job)],
  );

  assert.deepEqual(
    states.map(({ status }) => status),
    ["queued", "queued", "running", "running", "running", "done"],
  );
  assert.deepEqual(states[1].image, { width: 1000, height: 664, type: "image/jpeg" });
  assert.deepEqual(
    states[4].faces.map((one) => one && one.matches.length),
    [null, 2, 0],
  );
  assert.equal(states[5].elapsedMs, 212);
  assert.equal(states[5].engine, "Facewire engine");
});

test("events and the answer over HTTP come to the same", () => {
  const event = eventExample("search-completed");
  const ofEvents = searchAfter(emptySearch(event.job), event);
  const ofJob = searchOfJob(httpExample("job-search-done"));

  assert.deepEqual(ofEvents.faces, ofJob.faces);
  assert.equal(ofEvents.engine, ofJob.engine);
  assert.equal(ofEvents.status, ofJob.status);
});

test("faces that land in any order take their places", () => {
  const search = [face(2, 3), face(0, 3)].reduce(searchAfter, emptySearch("a"));

  assert.equal(search.count, 3);
  assert.deepEqual(
    search.faces.map((one) => one !== null),
    [true, false, true],
  );
});

test("a face that comes late does not undo the result", () => {
  const done = searchAfter(emptySearch("a"), {
    event: "search.completed",
    data: { faces: [], threshold: 50, elapsed_ms: 3 },
  });

  assert.equal(searchAfter(done, face(0, 1)), done);
  assert.equal(searchAfter(done, { event: "job.started", data: {} }), done);
  assert.equal(isFinished(done), true);
});

test("a dead search says why, and is alive again when it is replayed", () => {
  const dead = searchAfter(emptySearch("a"), eventExample("job-dead"));

  assert.equal(dead.status, "dead");
  assert.equal(dead.error.code, "recognition_unavailable");
  const again = searchAfter(dead, queued("a"));
  assert.equal(again.status, "queued");
  assert.equal(again.error, null);
});

test("of two states of a search the further one counts", () => {
  const started = searchAfter(emptySearch("a"), face(0, 2));
  const further = searchAfter(started, face(1, 2));

  assert.equal(furtherOf(started, further).faces.filter(Boolean).length, 2);
  assert.equal(furtherOf(further, started).faces.filter(Boolean).length, 2);
  assert.equal(furtherOf(null, started), started);
  assert.equal(furtherOf(null, null), null);
});

test("the feed begins with the list and goes on with events", () => {
  const read = feedAfterPage(emptyFeed, httpExample("jobs-search"));
  const newest = "ffffffff-0000-7000-8000-000000000000";
  const feed = feedAfterEvent(read, queued(newest));

  assert.equal(read.isRead, true);
  assert.deepEqual(
    newestFirst(feed).map(({ status }) => status),
    ["queued", "done", "failed"],
  );
});

test("an event may come before the list, and is not undone by it", () => {
  const completed = eventExample("search-completed");
  const page = {
    items: [{ ...httpExample("job-search-queued"), id: completed.job }],
    next: null,
  };
  const feed = feedAfterPage(feedAfterEvent(emptyFeed, completed), page);

  assert.equal(feed.searches.get(completed.job).status, "done");
});

test("an event that changes nothing leaves the feed alone", () => {
  const completed = eventExample("search-completed");
  const feed = feedAfterEvent(emptyFeed, completed);
  const late = { ...eventExample("search-face"), job: completed.job };

  assert.equal(feedAfterEvent(feed, late), feed);
});

test("the feed forgets the oldest, but never the one that is looked at", () => {
  const id = (number) => `${String(number).padStart(8, "0")}-rest`;
  let feed = feedAfterOpen(emptyFeed, { id: id(0), status: "running" });

  for (let number = 1; number <= 500; number += 1)
    feed = feedAfterEvent(feed, queued(id(number)));
  assert.equal(feed.searches.has(id(0)), true);
  assert.equal(feed.searches.has(id(1)), false);
  assert.equal(feed.searches.has(id(500)), true);
  assert.ok(feed.searches.size <= 201);
});
