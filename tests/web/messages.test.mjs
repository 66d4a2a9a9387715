import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem, problemOf } from "../../web/api/problem.js";
import { LiveConnection } from "../../web/live/connection.js";
import { emptyFeed, feedAfterEvent } from "../../web/search/feed.js";
import { liveExamples, problemExamples } from "./examples.mjs";
import { createClock } from "./fake_clock.mjs";
import { FakeSocket } from "./fake_socket.mjs";

for (const { name, message } of liveExamples())
  test(`understands ${name}`, () => {
    const socket = new FakeSocket();
    const heard = { events: 0, gaps: 0 };
    const live = new LiveConnection({
      openSocket: () => socket,
      readToken: () => null,
      clock: createClock(),
      random: Math.random,
    });
    const topics = new Set([message.topic, ...(message.topics ?? [])]);

    for (const topic of topics)
      if (topic)
        live.subscribe(topic, {
          onEvent: () => (heard.events += 1),
          onGap: () => (heard.gaps += 1),
        });
    live.start();
    socket.accepts();
    socket.says(message);
    assert.equal(heard.events, message.type === "event" ? 1 : 0);
    assert.equal(heard.gaps, message.type === "gap" ? message.topics.length : 0);
    if (message.topic === "searches") feedAfterEvent(emptyFeed, message);
  });

for (const { name, problem } of problemExamples())
  test(`understands ${name}`, () => {
    const read = problemOf(problem.status, JSON.stringify(problem), null);

    assert.ok(read instanceof Problem);
    assert.equal(read.code, problem.code);
    assert.equal(read.detail, problem.detail);
  });

test("a problem in words of a proxy still has its status", () => {
  const read = problemOf(502, "<html>Bad Gateway</html>", null);

  assert.equal(read.status, 502);
  assert.equal(read.isPassing, true);
});

test("a problem says when to come back", () => {
  assert.equal(problemOf(503, "{}", "7").retryAfter, 7);
  assert.equal(problemOf(503, "{}", null).retryAfter, null);
  assert.equal(problemOf(503, "null", "soon").retryAfter, null);
});

test("only what may pass is worth trying again unchanged", () => {
  const isPassing = (status) => new Problem({ status }).isPassing;

  assert.deepEqual(
    [0, 400, 413, 422, 429, 500, 503].map(isPassing),
    [true, false, false, false, true, true, true],
  );
});
