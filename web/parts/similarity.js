// A similarity as a number and a short bar with the threshold marked on it.
import { formatSimilarity } from "../basics/format.js";
import { strings } from "../strings.js";
import { THRESHOLD_LEAST, THRESHOLD_MOST } from "../basics/threshold.js";
import { html } from "./preact.js";

// The bar has the slider's scale, so that both marks mean the same.
const percent = (value) =>
  `${Math.max(0, ((value - THRESHOLD_LEAST) / (THRESHOLD_MOST - THRESHOLD_LEAST)) * 100)}%`;

export function Similarity({ value, threshold }) {
  const number = formatSimilarity(value);

  return html`
    <span
      class="similarity"
      title=${strings.search.similarity(number, formatSimilarity(threshold))}
    >
      <span class="similarity-number" data-testid="similarity">${number}</span>
      <span class="similarity-bar" aria-hidden="true">
        <span class="similarity-fill" style=${{ width: percent(value) }}></span>
        <span class="similarity-mark" style=${{ left: percent(threshold) }}></span>
      </span>
    </span>
  `;
}
