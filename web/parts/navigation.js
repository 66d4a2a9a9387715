// Walks between the pages without loading them anew.
import { routeOf } from "../basics/route.js";
import { createStore } from "../basics/store.js";

export const path = createStore(location.pathname);

export function goTo(next, { isReplacing = false } = {}) {
  if (next === location.pathname) return;
  if (isReplacing) history.replaceState(null, "", next);
  else history.pushState(null, "", next);
  path.set(next);
}

function isPlainClick(event) {
  return (
    event.button === 0 &&
    !event.defaultPrevented &&
    !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
  );
}

// Ordinary links to our own pages are walked; everything else is the browser's.
function onClick(event) {
  const link = event.target.closest?.("a[href]");

  if (!link || !isPlainClick(event) || link.target || link.download) return;
  if (link.origin !== location.origin || link.hash) return;
  if (routeOf(link.pathname).page === "missing") return;
  event.preventDefault();
  goTo(link.pathname);
  scrollTo(0, 0);
}

export function startNavigation() {
  document.addEventListener("click", onClick);
  addEventListener("popstate", () => path.set(location.pathname));
}
