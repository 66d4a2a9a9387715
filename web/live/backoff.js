// How long to wait before the next attempt: full jitter, so that a thousand
// pages that lost the same server do not come back in the same moment.
const FIRST_MS = 1000;
const MOST_MS = 30000;

// `attempt` counts from 0; `random` is a number from 0 up to 1.
export function backoffMs(attempt, random) {
  // Past 2^5 the bound is reached anyway; the cap keeps the power finite.
  const bound = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));

  return Math.floor(random * bound);
}
