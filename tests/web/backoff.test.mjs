import assert from "node:assert/strict";
import { test } from "node:test";

import { backoffMs } from "../../web/live/backoff.js";
import {
  adviceOf,
  AT_ONCE,
  BACK_OFF,
  STAY_AWAY,
} from "../../web/live/closing.js";

test("waits anything from nothing to a bound that doubles up to 30 s", () => {
  const bounds = [0, 1, 2, 3, 4, 5, 6, 1000].map((attempt) =>
    Math.round(backoffMs(attempt, 0.999999) / 1000),
  );

  assert.deepEqual(bounds, [1, 2, 4, 8, 16, 30, 30, 30]);
  assert.equal(backoffMs(5, 0), 0);
});

test("close codes say by their range whether to come back", () => {
  const advice = {
    [STAY_AWAY]: [1007, 1009, 4000, 4001, 4003, 4099],
    [BACK_OFF]: [1000, 1001, 1006, 1011, 1012, 4100, 4101, 4199],
    [AT_ONCE]: [4200, 4201, 4202, 4299],
  };

  for (const [wanted, codes] of Object.entries(advice))
    for (const code of codes) assert.equal(adviceOf(code), wanted, `${code}`);
});
