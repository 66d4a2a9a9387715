// What the page shows of the live connection: a dot in the header, and a quiet
// bar while it is away.
import { strings } from "../strings.js";
import { live } from "../live/live.js";
import { CLOSED_UNAUTHORIZED } from "../live/closing.js";
import { useHeld, useStore } from "./hooks.js";
import { Icon } from "./icon.js";
import { html, useEffect, useState } from "./preact.js";

const text = strings.connection;

// Shorter breaks are nobody's concern.
const SHOWN_AFTER_MS = 1000;

const BACK_SHOWN_MS = 4000;

export function ConnectionDot() {
  const { state } = useStore(live.status);

  return html`
    <span
      class="connection"
      data-state=${state}
      data-testid="connection"
      title=${text[state]}
    >
      <span class="connection-dot" aria-hidden="true"></span>
      <span class="connection-text">${text[state]}</span>
    </span>
  `;
}

// Whether it has just come back, from a break that was shown.
function useBack(isAway, isOpen) {
  const [wasAway, setWasAway] = useState(false);
  const isBack = wasAway && isOpen;

  useEffect(() => {
    if (isAway) setWasAway(true);
  }, [isAway]);
  useEffect(() => {
    if (!isBack) return undefined;
    const timer = setTimeout(() => setWasAway(false), BACK_SHOWN_MS);

    return () => clearTimeout(timer);
  }, [isBack]);
  return isBack;
}

export function OfflineBar() {
  const { state, code } = useStore(live.status);
  const isAway = useHeld(state === "waiting" || state === "connecting", SHOWN_AFTER_MS);
  const isBack = useBack(isAway, state === "open");
  // For want of a token the page has a panel of its own.
  const isStopped = state === "stopped" && code !== CLOSED_UNAUTHORIZED;

  return html`
    <div class="offline" role="status" data-testid="offline-bar">
      ${isAway && html`<p class="offline-bar">${text.offline}</p>`}
      ${
        isBack &&
        html`
          <p class="offline-bar" data-kind="good">
            <${Icon} name="check" />
            ${text.back}
          </p>
        `
      }
      ${
        isStopped &&
        html`
          <p class="offline-bar">
            ${text.stoppedBar}
            <button class="button" data-kind="quiet" onClick=${() => location.reload()}>
              ${text.reload}
            </button>
          </p>
        `
      }
    </div>
  `;
}
