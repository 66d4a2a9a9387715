// One subscription's place in the event log.  Offsets are opaque to us: we
// neither compare nor take them apart, but remember those we have seen.

// How many offsets are remembered.  A replay begins after the last one we had,
// so what could come twice is recent.
const REMEMBERED = 2048;

export class Cursor {
  #last;
  #seen = new Set();

  // `after` is where to begin; null begins with what happens from now on.
  constructor(after = null) {
    this.#last = after;
  }

  // What to send as `after` when the connection comes back.
  get last() {
    return this.#last;
  }

  // Whether the event is to be shown; one without offset always is.
  take(offset) {
    if (offset === null || offset === undefined) return true;
    if (this.#seen.has(offset)) return false;
    this.#seen.add(offset);
    if (this.#seen.size > REMEMBERED)
      this.#seen.delete(this.#seen.values().next().value);
    this.#last = offset;
    return true;
  }

  // The server told where we begin.  Events that came before that reply already
  // moved us further.
  begin(offset) {
    this.#last ??= offset;
  }

  // What lies before `offset` cannot be replayed.
  jump(offset) {
    this.#last = offset;
    this.#seen.clear();
  }
}
