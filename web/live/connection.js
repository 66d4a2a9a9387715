// The live connection: one WebSocket that comes back by itself and resumes each
// subscription where it was.
//
// It moves through four states: connecting → open → waiting → connecting …, and
// ends in `stopped` when the server told us to stay away.  #move is the one
// function that changes it.  Sockets, clock and chance are given to it, so that
// its tests need neither a network nor patience.
import { createStore } from "../basics/store.js";
import { backoffMs } from "./backoff.js";
import { adviceOf, AT_ONCE, STAY_AWAY } from "./closing.js";
import { Cursor } from "./cursor.js";

const PING_EVERY_MS = 25000;
const PONG_WITHIN_MS = 10000;

// A connection that lasted shorter counts as another failed attempt: "come back
// at once" must not become a storm.
const STEADY_AFTER_MS = 5000;

export class LiveConnection {
  // What the page shows: {state, code}; `code` is why it was closed last.
  status = createStore({ state: "connecting", code: null });

  #openSocket;
  #readToken;
  #clock;
  #random;
  #socket = null;
  #subscriptions = new Map(); // topic → {cursor, onEvent, onGap}
  #replies = new Map(); // id of our message → what to do with its reply
  #nextId = 1;
  #attempt = 0;
  #openedAt = 0;
  #returnAt = null; // when a server that drains wants us back
  #retryTimer = null;
  #pingTimer = null;
  #pongTimer = null;

  // `openSocket()` returns a WebSocket; `readToken()` a token or null; `clock`
  // has now, setTimeout and clearTimeout.
  constructor({ openSocket, readToken, clock, random }) {
    this.#openSocket = openSocket;
    this.#readToken = readToken;
    this.#clock = clock;
    this.#random = random;
  }

  start() {
    this.#connect();
  }

  // There is another token: whatever the connection was at, waiting, stopped or
  // open without one, it begins anew.
  restart() {
    const socket = this.#socket;

    this.#clock.clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    this.#leave();
    socket?.close();
    this.#connect();
  }

  // One subscription per topic.  `after` is the offset at which the state on the
  // page was read; without it events begin now.  onGap is called when events
  // were lost for good: fetch the state again.
  subscribe(topic, { after = null, onEvent, onGap }) {
    if (this.#subscriptions.has(topic))
      throw new Error(`${topic} is subscribed already`);
    this.#subscriptions.set(topic, {
      cursor: new Cursor(after),
      onEvent,
      onGap,
    });
    if (this.#isOpen()) this.#sendSubscribe([topic], after);
  }

  unsubscribe(topic) {
    if (this.#subscriptions.delete(topic) && this.#isOpen())
      this.#send({ type: "unsubscribe", topics: [topic] });
  }

  // The network is back, or somebody looks again: an open connection is asked
  // whether it lives, one that waits tries at once.
  retryNow() {
    if (this.#isOpen()) this.#ping();
    if (this.#retryTimer === null) return;
    this.#clock.clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    this.#connect();
  }

  #isOpen() {
    return this.status.get().state === "open";
  }

  #move(state, code = null) {
    const before = this.status.get();

    if (before.state !== state || before.code !== code)
      this.status.set({ state, code });
  }

  #connect() {
    const socket = this.#openSocket();

    // A socket that we gave up may still speak; it is nobody's any more.
    const current = (handle) => (event) => {
      if (this.#socket === socket) handle(event);
    };
    this.#socket = socket;
    this.#move("connecting", this.status.get().code);
    socket.onopen = current(() => this.#onOpen());
    socket.onmessage = current((event) => this.#onMessage(event.data));
    socket.onclose = current((event) => this.#onClose(event.code));
  }

  #onOpen() {
    const token = this.#readToken();

    this.#openedAt = this.#clock.now();
    if (token) this.#send({ type: "auth", token });
    this.#move("open");
    this.#resume();
    this.#pingTimer = this.#clock.setTimeout(() => this.#ping(), PING_EVERY_MS);
  }

  // Subscriptions that stand at the same place share a message.
  #resume() {
    const places = new Map();

    for (const [topic, { cursor }] of this.#subscriptions)
      places.set(cursor.last, [...(places.get(cursor.last) ?? []), topic]);
    for (const [after, topics] of places) this.#sendSubscribe(topics, after);
  }

  #sendSubscribe(topics, after) {
    const message = { type: "subscribe", topics };

    if (after !== null) message.after = after;
    this.#send(message, (reply) => this.#onSubscribed(topics, reply));
  }

  #onSubscribed(topics, reply) {
    for (const topic of topics) {
      const subscription = this.#subscriptions.get(topic);

      if (!subscription) continue;
      if (reply.ok) subscription.cursor.begin(reply.offset ?? null);
      else if (reply.error?.code === "invalid_offset")
        this.#startOver(topic, subscription);
    }
  }

  // The server does not know our place: begin now, and fetch the state again.
  #startOver(topic, subscription) {
    subscription.cursor.forget();
    this.#sendSubscribe([topic], null);
    subscription.onGap();
  }

  #send(message, onReply = null) {
    const id = this.#nextId++;

    if (onReply) this.#replies.set(id, onReply);
    this.#socket.send(JSON.stringify({ ...message, id }));
  }

  #onMessage(text) {
    // Binary frames and broken text are not of this protocol's version.
    if (typeof text !== "string") return;
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    // Anything that arrives proves that the connection lives.
    this.#clock.clearTimeout(this.#pongTimer);
    if (message.type === "reply") this.#onReply(message);
    else if (message.type === "event") this.#onEvent(message);
    else if (message.type === "gap") this.#onGap(message);
    else if (message.type === "bye")
      this.#returnAt = this.#clock.now() + (message.retry_ms ?? 0);
  }

  #onReply(reply) {
    const onReply = this.#replies.get(reply.id);

    this.#replies.delete(reply.id);
    onReply?.(reply);
  }

  // An event that belongs to two of our topics comes once, so it is looked up
  // under both names.
  #onEvent(event) {
    for (const topic of new Set([event.topic, `job:${event.job}`])) {
      const subscription = this.#subscriptions.get(topic);

      if (subscription?.cursor.take(event.offset)) subscription.onEvent(event);
    }
  }

  #onGap({ topics = [], to = null }) {
    for (const topic of topics) {
      const subscription = this.#subscriptions.get(topic);

      subscription?.cursor.jump(to);
      subscription?.onGap();
    }
  }

  // A browser sends no protocol pings, and learns of a dead network only after
  // minutes; so we ask, and give up what does not answer.
  #ping() {
    this.#clock.clearTimeout(this.#pingTimer);
    this.#clock.clearTimeout(this.#pongTimer);
    this.#send({ type: "ping" });
    this.#pingTimer = this.#clock.setTimeout(() => this.#ping(), PING_EVERY_MS);
    this.#pongTimer = this.#clock.setTimeout(() => {
      this.#socket.close();
      this.#onClose(null);
    }, PONG_WITHIN_MS);
  }

  #leave() {
    this.#clock.clearTimeout(this.#pingTimer);
    this.#clock.clearTimeout(this.#pongTimer);
    this.#replies.clear();
    this.#socket = null;
  }

  // `code` is null where we gave up waiting ourselves.
  #onClose(code) {
    this.#leave();
    if (code !== null && adviceOf(code) === STAY_AWAY) {
      this.#move("stopped", code);
      return;
    }
    const delay = this.#delayBeforeReturn(code);
    this.#move("waiting", code);
    this.#retryTimer = this.#clock.setTimeout(() => {
      this.#retryTimer = null;
      this.#connect();
    }, delay);
  }

  #delayBeforeReturn(code) {
    const now = this.#clock.now();
    const returnAt = this.#returnAt;
    const wasSteady = this.#isOpen() && now - this.#openedAt >= STEADY_AFTER_MS;

    this.#returnAt = null;
    if (wasSteady) this.#attempt = 0;
    if (returnAt !== null) return Math.max(0, returnAt - now);
    if (wasSteady && code !== null && adviceOf(code) === AT_ONCE) return 0;
    return backoffMs(this.#attempt++, this.#random());
  }
}
