// Numbers and times as people read them.
import { strings } from "../strings.js";

const LANGUAGE = "en";

const UNITS = [
  ["year", 31536000],
  ["month", 2592000],
  ["week", 604800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });
const exact = new Intl.DateTimeFormat(LANGUAGE, {
  dateStyle: "medium",
  timeStyle: "medium",
});

// One decimal, cut off and never rounded up: 79.96 beside a threshold of 80
// must not read as "80.0, no match".
export function formatSimilarity(value) {
  // The small addend undoes binary fractions such as 97.1 * 10 = 970.999….
  return (Math.floor(value * 10 + 1e-6) / 10).toFixed(1);
}

export function formatSeconds(ms) {
  return `${(ms / 1000).toFixed(ms < 10000 ? 2 : 1)} s`;
}

// A time span of the machine's, of which three digits are enough: "340 µs",
// "4.2 ms", "212 ms", "3.41 s", "12 min".
export function formatDuration(us) {
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 9950) return `${(us / 1000).toFixed(1)} ms`;
  if (us < 999500) return `${Math.round(us / 1000)} ms`;
  if (us < 9995000) return `${(us / 1e6).toFixed(2)} s`;
  if (us < 99950000) return `${(us / 1e6).toFixed(1)} s`;
  return us < 5940e6 ? `${Math.round(us / 60e6)} min` : `${Math.round(us / 3600e6)} h`;
}

// The first ten seconds are just now, also where the server's clock runs ahead.
export function formatAgo(time, now) {
  const seconds = (now - Date.parse(time)) / 1000;

  if (Number.isNaN(seconds)) return "";
  for (const [unit, length] of UNITS)
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  return seconds < 10
    ? strings.justNow
    : relative.format(-Math.floor(seconds), "second");
}

export function formatExact(time) {
  const moment = Date.parse(time);

  return Number.isNaN(moment) ? "" : exact.format(moment);
}

// The first letters of the first and the last word.
export function initialsOf(name) {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;

  return chosen.map((word) => [...word][0].toUpperCase()).join("");
}
