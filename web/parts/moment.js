// A time as people say it, with the exact one on hover.
import { formatAgo, formatExact } from "../basics/format.js";
import { useNow } from "./hooks.js";
import { html } from "./preact.js";

export function Moment({ time }) {
  const now = useNow();

  if (!time) return null;
  return html`
    <time class="moment" datetime=${time} title=${formatExact(time)}>
      ${formatAgo(time, now)}
    </time>
  `;
}
