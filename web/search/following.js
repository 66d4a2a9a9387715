// An idle page follows the searches of others: the newest is shown at the moment
// at which it arrives.
import { keepAlways } from "../basics/keeping.js";
import { createStore } from "../basics/store.js";
import { useStore } from "../parts/hooks.js";
import { html, useEffect, useState } from "../parts/preact.js";
import { strings } from "../strings.js";
import { followNext } from "./follow.js";
import { arrival } from "./search_feed.js";

const text = strings.search;

const kept = keepAlways("facewire.follow");

// Kept per browser: a wall display shall follow again after a restart.
export const isFollowing = createStore(kept.read() !== "no");

function setFollowing(value) {
  kept.write(value ? "yes" : "no");
  isFollowing.set(value);
}

export function FollowSwitch() {
  const isOn = useStore(isFollowing);

  return html`
    <label class="switch" title=${text.followDetail}>
      <input
        type="checkbox"
        role="switch"
        data-testid="follow"
        checked=${isOn}
        onChange=${(event) => setFollowing(event.target.checked)}
      />
      <span class="switch-track" aria-hidden="true"></span>
      ${text.follow}
    </label>
  `;
}

// The id of the search that is followed, or null; and a function that lets go of
// it.  Only what arrives while the page is idle is followed: not what was there
// before, and not what was missed.
export function useFollowed(isIdle) {
  const isOn = useStore(isFollowing) && isIdle;
  const latest = useStore(arrival);
  const [shown, setShown] = useState(null);
  const [passed, setPassed] = useState(latest); // arrived before we were idle

  useEffect(() => {
    if (isOn) return;
    setShown(null);
    setPassed(latest);
  }, [isOn, latest]);
  useEffect(() => {
    if (!isOn || !latest || latest === passed || latest.isMissed) return undefined;
    let timer = null;
    const advance = () =>
      setShown((before) => {
        const { show, wait } = followNext(before, latest.id, Date.now());

        if (wait !== null) timer = setTimeout(advance, wait);
        return before?.id === show ? before : { id: show, since: Date.now() };
      });

    advance();
    return () => clearTimeout(timer);
  }, [isOn, latest, passed]);
  return [
    isOn ? (shown?.id ?? null) : null,
    () => {
      setShown(null);
      setPassed(latest);
    },
  ];
}
