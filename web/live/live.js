// The one live connection of this page, with the browser's parts in it.
import { token, wishForToken } from "../api/token.js";
import { CLOSED_UNAUTHORIZED } from "./closing.js";
import { LiveConnection } from "./connection.js";

function openSocket() {
  const address = new URL("/v1/live", location.href);

  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(address, "facewire.v1");
}

export const live = new LiveConnection({
  openSocket,
  readToken: token.get,
  clock: {
    now: () => Date.now(),
    setTimeout: (work, ms) => setTimeout(work, ms),
    clearTimeout: (timer) => clearTimeout(timer),
  },
  random: Math.random,
});

// A server that was started anew with another token tells it here first.
function onStatus({ state, code }) {
  if (state === "stopped" && code === CLOSED_UNAUTHORIZED) wishForToken();
}

export function startLive() {
  live.status.subscribe(onStatus);
  live.start();
  addEventListener("online", () => live.retryNow());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) live.retryNow();
  });
  token.subscribe(() => live.restart());
}
