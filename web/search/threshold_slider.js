// Filters what is there by similarity, without asking again.
import {
  THRESHOLD_LEAST,
  THRESHOLD_MOST,
  THRESHOLD_USUAL,
  thresholdFloor,
} from "../basics/threshold.js";
import { createStore } from "../basics/store.js";
import { strings } from "../strings.js";
import { html } from "../parts/preact.js";

const text = strings.search;

// One for the whole page: the strip counts with it, too.
export const wantedThreshold = createStore(THRESHOLD_USUAL);

export function ThresholdSlider({ search, threshold }) {
  const floor = search ? thresholdFloor(search) : THRESHOLD_LEAST;

  return html`
    <label class="threshold">
      <span class="threshold-head">
        <span class="label">${text.threshold}</span>
        <span class="threshold-value" aria-hidden="true">${threshold}</span>
      </span>
      <input
        type="range"
        data-testid="threshold"
        min=${THRESHOLD_LEAST}
        max=${THRESHOLD_MOST}
        step="1"
        value=${threshold}
        style=${{ "--filled": `${((threshold - THRESHOLD_LEAST) / (THRESHOLD_MOST - THRESHOLD_LEAST)) * 100}%` }}
        onInput=${(event) => wantedThreshold.set(Number(event.target.value))}
      />
      ${
        floor > THRESHOLD_LEAST &&
        html`<span class="hint">${text.thresholdFloor(floor)}</span>`
      }
    </label>
  `;
}
