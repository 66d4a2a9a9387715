// Which search an idle page shows while it follows the others live: the newest,
// but each long enough to be seen.
const SHOWN_AT_LEAST_MS = 1500;

// `shown` is {id, since} or null, `newest` an id.  Returns {show} with the id
// that is to be shown now, and {wait}: the time after which to ask again, or
// null if nothing waits.
export function followNext(shown, newest, now) {
  if (!shown || shown.id === newest) return { show: newest, wait: null };
  const left = shown.since + SHOWN_AT_LEAST_MS - now;

  return left > 0 ? { show: shown.id, wait: left } : { show: newest, wait: null };
}
