// What a screen reader says by itself, politely: after what it is saying now.
import { createStore } from "../basics/store.js";
import { useStore } from "./hooks.js";
import { html } from "./preact.js";

// Sentences that come in one moment (faces land together) are said together: a
// later text would take the place of an earlier one before it was read.
const JOINED_WITHIN_MS = 150;

const spoken = createStore("");
let waiting = [];

export function announce(text) {
  waiting.push(text);
  if (waiting.length > 1) return;
  setTimeout(() => {
    spoken.set(waiting.join(". "));
    waiting = [];
  }, JOINED_WITHIN_MS);
}

export function Announcer() {
  return html`
    <p class="only-heard" aria-live="polite" data-testid="announcer">${useStore(spoken)}</p>
  `;
}
