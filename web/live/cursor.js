// One subscription's place in the event log.  The log may have parts: an offset
// names its part before a point (the first has none), and a place is the newest
// offset of each part, with commas between them.  What stands behind the point
// is opaque to us: we do not compare it, but remember what we have seen.

// How many offsets are remembered.  A replay begins after the last one we had,
// so what could come twice is recent.
const REMEMBERED = 2048;

const partOf = (offset) => offset.slice(0, offset.indexOf(".") + 1);

export class Cursor {
  #newest = new Map(); // part → its newest offset
  #seen = new Set();

  // `after` is where to begin; null begins with what happens from now on.
  constructor(after = null) {
    if (after) this.#move(after);
  }

  // What to send as `after` when the connection comes back.
  get last() {
    return [...this.#newest.values()].join(",") || null;
  }

  // Whether the event is to be shown; one without offset always is.
  take(offset) {
    if (offset === null || offset === undefined) return true;
    if (this.#seen.has(offset)) return false;
    this.#seen.add(offset);
    if (this.#seen.size > REMEMBERED)
      this.#seen.delete(this.#seen.values().next().value);
    this.#move(offset);
    return true;
  }

  // The server told where we begin.  Events that came before that reply already
  // moved us further.
  begin(place) {
    if (!place) return;
    for (const offset of place.split(","))
      if (!this.#newest.has(partOf(offset))) this.#move(offset);
  }

  // What lies before `place` cannot be replayed, in the parts that it names.
  jump(place) {
    if (!place) return;
    this.#move(place);
    const parts = new Set(place.split(",").map(partOf));
    for (const offset of this.#seen)
      if (parts.has(partOf(offset))) this.#seen.delete(offset);
  }

  // The server does not know our place: begin with what happens from now on.
  forget() {
    this.#newest.clear();
    this.#seen.clear();
  }

  #move(place) {
    for (const offset of place.split(","))
      this.#newest.set(partOf(offset), offset);
  }
}
