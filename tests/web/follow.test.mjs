import assert from "node:assert/strict";
import { test } from "node:test";

import { followNext } from "../../web/search/follow.js";

test("the first arrival is shown at once", () => {
  assert.deepEqual(followNext(null, "a", 0), { show: "a", wait: null });
});

test("each is shown long enough to be seen", () => {
  const shown = { id: "a", since: 10000 };

  assert.deepEqual(followNext(shown, "b", 10400), { show: "a", wait: 1100 });
  assert.deepEqual(followNext(shown, "b", 11500), { show: "b", wait: null });
});

test("the one that is shown waits for nothing", () => {
  assert.deepEqual(followNext({ id: "a", since: 0 }, "a", 1), {
    show: "a",
    wait: null,
  });
});
