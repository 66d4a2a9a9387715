// The token of a server that asks for one, for as long as this tab lives.
import { keepInTab } from "../basics/keeping.js";
import { createStore } from "../basics/store.js";

const kept = keepInTab("facewire.token");

export const token = createStore(kept.read());

// {isNeeded, wasRefused}: whether the page has to ask for a token.
export const tokenWish = createStore({ isNeeded: false, wasRefused: false });

// Pages begin anew when this counts on: nothing on them could be read before.
export const visit = createStore(0);
let wasLetIn = false;

// The server answered us; from now on a page may hold entries that a new token
// must not throw away.
export function noteLetIn() {
  wasLetIn = true;
}

export function giveToken(text) {
  kept.write(text);
  tokenWish.set({ isNeeded: false, wasRefused: false });
  token.set(text);
  if (!wasLetIn) visit.update((number) => number + 1);
}

// The server answered that it wants a token, or another one than ours.
export function wishForToken() {
  const wasRefused = token.get() !== null;

  if (!tokenWish.get().isNeeded) tokenWish.set({ isNeeded: true, wasRefused });
}

// An <img> sends no headers, so the address itself carries the token.
export function withToken(path) {
  const text = token.get();

  if (!text) return path;
  return `${path}${path.includes("?") ? "&" : "?"}token=${encodeURIComponent(text)}`;
}
