import assert from "node:assert/strict";
import { test } from "node:test";

import {
  formatAgo,
  formatExact,
  formatSeconds,
  formatSimilarity,
  initialsOf,
} from "../../web/basics/format.js";
import { routeOf } from "../../web/basics/route.js";

const ID = "01a1fd4f-fcbb-73b1-a8c0-de45f9721b36";

test("a similarity is cut off, never rounded up over a threshold", () => {
  assert.equal(formatSimilarity(79.96), "79.9");
  assert.equal(formatSimilarity(99.999), "99.9");
  assert.equal(formatSimilarity(97.1), "97.1");
  assert.equal(formatSimilarity(100), "100.0");
  assert.equal(formatSimilarity(0), "0.0");
});

test("seconds have two decimals, and one when they are many", () => {
  assert.equal(formatSeconds(212), "0.21 s");
  assert.equal(formatSeconds(4), "0.00 s");
  assert.equal(formatSeconds(12345), "12.3 s");
});

test("times are told as people tell them", () => {
  const now = Date.parse("2026-11-21T12:00:00.000Z");
  const ago = (seconds) =>
    formatAgo(new Date(now - seconds * 1000).toISOString(), now);

  assert.equal(ago(-3), "just now");
  assert.equal(ago(9), "just now");
  assert.equal(ago(40), "40 seconds ago");
  assert.equal(ago(60), "1 minute ago");
  assert.equal(ago(7200), "2 hours ago");
  assert.equal(ago(86400), "yesterday");
  assert.equal(ago(86400 * 400), "last year");
  assert.equal(formatAgo("never", now), "");
  assert.equal(formatExact("never"), "");
});

test("initials are those of the first and the last name", () => {
  assert.equal(initialsOf("Ada Lovelace"), "AL");
  assert.equal(initialsOf("  grace brewster  hopper "), "GH");
  assert.equal(initialsOf("Ötzi"), "Ö");
  assert.equal(initialsOf("𝒜da"), "𝒜");
  assert.equal(initialsOf(""), "");
});

test("an address means a page", () => {
  assert.deepEqual(routeOf("/"), { page: "search", id: null });
  assert.deepEqual(routeOf(`/search/${ID}`), { page: "search", id: ID });
  assert.deepEqual(routeOf("/enrol"), { page: "enrol" });
  assert.deepEqual(routeOf("/people/"), { page: "people" });
  assert.deepEqual(routeOf(`/people/${ID}`), { page: "person", id: ID });
  for (const path of ["/search", "/search/x", `/search/${ID}/x`, "/other", `/x/${ID}`])
    assert.deepEqual(routeOf(path), { page: "missing" }, path);
});
