// A clock that stands still until it is told to go on.
export function createClock() {
  let now = 1000000;
  let nextId = 1;
  const timers = new Map();

  return {
    now: () => now,
    setTimeout(work, ms) {
      timers.set(nextId, { work, at: now + ms });
      return nextId++;
    },
    clearTimeout: (id) => timers.delete(id),
    pass(ms) {
      const end = now + ms;

      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= end);
        if (due.length === 0) break;
        const [id, timer] = due.sort(([, one], [, other]) => one.at - other.at)[0];

        timers.delete(id);
        now = timer.at;
        timer.work();
      }
      now = end;
    },
  };
}
