import assert from "node:assert/strict";
import { test } from "node:test";

import { LiveConnection } from "../../web/live/connection.js";
import { createClock } from "./fake_clock.mjs";
import { FakeSocket } from "./fake_socket.mjs";

const event = (offset, more = {}) => ({
  type: "event",
  offset,
  time: "2026-11-21T08:54:00.123Z",
  topic: "searches",
  event: "job.queued",
  job: "j1",
  replay: false,
  data: {},
  ...more,
});

// A page with one connection, whose sockets and clock are ours.
function createPage({ token = null, random = () => 0.5 } = {}) {
  const sockets = [];
  const clock = createClock();
  const page = {
    clock,
    sockets,
    token,
    events: [],
    gaps: 0,
    get socket() {
      return sockets.at(-1);
    },
    get state() {
      return page.live.status.get().state;
    },
    listen(topic, after) {
      page.live.subscribe(topic, {
        after,
        onEvent: (one) => page.events.push(one.offset),
        onGap: () => (page.gaps += 1),
      });
    },
  };

  page.live = new LiveConnection({
    openSocket() {
      sockets.push(new FakeSocket());
      return page.socket;
    },
    readToken: () => page.token,
    clock,
    random,
  });
  page.live.start();
  return page;
}

// The connection has lasted long enough to be a good one.
function createSteadyPage() {
  const page = createPage();

  page.listen("searches", "e-1");
  page.socket.accepts();
  page.clock.pass(6000);
  return page;
}

test("subscribes as soon as the connection is open", () => {
  const page = createPage();

  page.listen("searches", "e-1");
  assert.deepEqual(page.socket.sent, []);
  page.socket.accepts();
  assert.equal(page.state, "open");
  assert.deepEqual(page.socket.heard, [
    { type: "subscribe", topics: ["searches"], after: "e-1" },
  ]);
});

test("subscribes at once on a connection that is open", () => {
  const page = createPage();

  page.socket.accepts();
  page.listen("people");
  assert.deepEqual(page.socket.heard, [
    { type: "subscribe", topics: ["people"] },
  ]);
});

test("says the token before anything else", () => {
  const page = createPage({ token: "secret" });

  page.listen("searches");
  page.socket.accepts();
  assert.deepEqual(page.socket.heard[0], { type: "auth", token: "secret" });
  assert.equal(page.socket.heard[1].type, "subscribe");
});

test("shows each event once", () => {
  const page = createSteadyPage();

  for (const offset of ["e-2", "e-3", "e-2", "e-3", "e-4"])
    page.socket.says(event(offset));
  assert.deepEqual(page.events, ["e-2", "e-3", "e-4"]);
});

test("shows every event without offset", () => {
  const page = createSteadyPage();

  page.socket.says(event(null));
  page.socket.says(event(null));
  assert.deepEqual(page.events, [null, null]);
});

test("resumes after the last event it has shown", () => {
  const page = createSteadyPage();

  page.socket.says(event("e-7"));
  page.socket.closes(1006);
  page.clock.pass(30000);
  page.socket.accepts();
  assert.equal(page.socket.heard[0].after, "e-7");
  page.socket.says(event("e-7", { replay: true }));
  page.socket.says(event("e-8", { replay: true }));
  assert.deepEqual(page.events, ["e-7", "e-8"]);
});

test("resumes where the server said it begins, if nothing happened", () => {
  const page = createPage();

  page.listen("searches");
  page.socket.accepts();
  page.socket.says({
    type: "reply",
    id: page.socket.sent[0].id,
    ok: true,
    offset: "e-40",
  });
  page.socket.closes(1006);
  page.clock.pass(30000);
  page.socket.accepts();
  assert.equal(page.socket.heard[0].after, "e-40");
});

test("keeps the place of each topic apart", () => {
  const page = createSteadyPage();

  page.listen("people", "e-1");
  page.socket.says(event("e-9"));
  page.socket.closes(1006);
  page.clock.pass(30000);
  page.socket.accepts();
  assert.deepEqual(page.socket.heard, [
    { type: "subscribe", topics: ["searches"], after: "e-9" },
    { type: "subscribe", topics: ["people"], after: "e-1" },
  ]);
});

test("topics that stand at the same place share a message", () => {
  const page = createPage();

  page.listen("searches", "e-1");
  page.listen("people", "e-1");
  page.socket.accepts();
  assert.deepEqual(page.socket.heard, [
    { type: "subscribe", topics: ["searches", "people"], after: "e-1" },
  ]);
});

test("gives the events of a job to who listens to that job", () => {
  const page = createSteadyPage();

  page.listen("job:j1", "e-1");
  page.socket.says(event("e-2"));
  page.socket.says(event("e-3", { job: "j2" }));
  // Once for the topic and once for the job; then for the topic alone.
  assert.deepEqual(page.events, ["e-2", "e-2", "e-3"]);
});

test("hears nothing more of a topic that it left", () => {
  const page = createSteadyPage();

  page.live.unsubscribe("searches");
  page.socket.says(event("e-2"));
  assert.deepEqual(page.events, []);
  assert.deepEqual(page.socket.heard.at(-1), {
    type: "unsubscribe",
    topics: ["searches"],
  });
});

test("a gap asks to fetch again, and goes on behind it", () => {
  const page = createSteadyPage();

  page.socket.says({ type: "gap", topics: ["searches"], from: "e-1", to: "f-5" });
  assert.equal(page.gaps, 1);
  page.socket.closes(1006);
  page.clock.pass(30000);
  page.socket.accepts();
  assert.equal(page.socket.heard[0].after, "f-5");
});

test("an offset that the server does not know is a gap", () => {
  const page = createSteadyPage();

  page.socket.says({
    type: "reply",
    id: page.socket.sent[0].id,
    ok: false,
    error: { code: "invalid_offset", detail: "" },
  });
  assert.equal(page.gaps, 1);
  assert.deepEqual(page.socket.heard.at(-1), {
    type: "subscribe",
    topics: ["searches"],
  });
});

test("comes back at once when it was only slow", () => {
  const page = createSteadyPage();

  page.socket.closes(4200);
  page.clock.pass(0);
  assert.equal(page.sockets.length, 2);
});

test("does not storm a server that closes it at once again and again", () => {
  const page = createPage();

  page.socket.accepts();
  page.socket.closes(4200);
  page.clock.pass(0);
  assert.equal(page.sockets.length, 1);
  page.clock.pass(500);
  assert.equal(page.sockets.length, 2);
});

test("comes back from a drain when the server said so", () => {
  const page = createSteadyPage();

  page.socket.says({ type: "bye", reason: "drain", retry_ms: 12000 });
  page.clock.pass(2000);
  page.socket.closes(4201);
  page.clock.pass(9999);
  assert.equal(page.sockets.length, 1);
  page.clock.pass(1);
  assert.equal(page.sockets.length, 2);
});

test("backs off further with each failure, and not after a good connection", () => {
  const page = createPage();
  const waits = [];

  for (let attempt = 0; attempt < 7; attempt += 1) {
    const before = page.sockets.length;
    let waited = 0;

    page.socket.closes(4100);
    while (page.sockets.length === before) {
      page.clock.pass(250);
      waited += 250;
    }
    waits.push(waited);
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 15000, 15000]);
  page.socket.accepts();
  page.clock.pass(6000);
  page.socket.closes(4100);
  page.clock.pass(500);
  assert.equal(page.sockets.length, 9);
});

for (const code of [4000, 4001, 4003, 1007, 1009])
  test(`stays away after ${code}`, () => {
    const page = createSteadyPage();

    page.socket.closes(code);
    page.clock.pass(3600000);
    page.live.retryNow();
    assert.equal(page.state, "stopped");
    assert.equal(page.live.status.get().code, code);
    assert.equal(page.sockets.length, 1);
  });

test("starts anew with another token", () => {
  const page = createSteadyPage();

  page.socket.closes(4000);
  page.token = "right";
  page.live.restart();
  page.socket.accepts();
  assert.equal(page.state, "open");
  assert.deepEqual(page.socket.heard[0], { type: "auth", token: "right" });
});

test("gives up a connection that does not answer a ping", () => {
  const page = createSteadyPage();
  const first = page.socket;

  // The first ping is due 25 s after the opening, of which 6 have passed.
  page.clock.pass(19000);
  assert.equal(first.heard.at(-1).type, "ping");
  page.clock.pass(10000);
  assert.equal(first.isClosed, true);
  assert.equal(page.state, "waiting");
  page.clock.pass(30000);
  page.socket.accepts();
  // What the dead one says late, or its end, is nobody's concern any more.
  first.says(event("e-5"));
  first.closes(4000);
  assert.equal(page.state, "open");
  assert.deepEqual(page.events, []);
});

test("anything that arrives proves that the connection lives", () => {
  const page = createSteadyPage();

  page.clock.pass(19000);
  page.socket.says(event("e-2"));
  page.clock.pass(11000);
  assert.equal(page.state, "open");
});

test("tries at once when the network is back", () => {
  const page = createSteadyPage();

  page.socket.closes(1006);
  assert.equal(page.state, "waiting");
  page.live.retryNow();
  assert.equal(page.state, "connecting");
  assert.equal(page.sockets.length, 2);
});

test("passes over what it does not understand", () => {
  const page = createSteadyPage();

  page.socket.onmessage({ data: "{" });
  page.socket.onmessage({ data: new ArrayBuffer(4) });
  page.socket.says({ type: "surprise" });
  page.socket.says({ type: "reply", id: null, ok: false, error: {} });
  assert.equal(page.state, "open");
});

test("a new token begins the connection anew, even before the old one was refused", () => {
  const page = createPage();
  const [first] = page.sockets;

  page.listen("searches", "1-5");
  first.accepts();
  page.token = "secret";
  page.live.restart();
  assert.ok(first.isClosed);
  page.socket.accepts();
  // What the server still thinks of the old one is no concern of the new.
  first.closes(4000);
  assert.equal(page.state, "open");
  assert.deepEqual(page.socket.heard, [
    { type: "auth", token: "secret" },
    { type: "subscribe", topics: ["searches"], after: "1-5" },
  ]);
});

test("a new token is tried at once by who waits to come back", () => {
  const page = createPage();

  page.socket.closes(1006);
  assert.equal(page.state, "waiting");
  page.token = "secret";
  page.live.restart();
  page.socket.accepts();
  page.clock.pass(20000);
  assert.equal(page.sockets.length, 2);
});
