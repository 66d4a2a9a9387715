// Asks for the token of a server that wants one.
import { giveToken, tokenWish } from "../api/token.js";
import { strings } from "../strings.js";
import { useStore } from "./hooks.js";
import { html, useEffect, useRef } from "./preact.js";

const text = strings.token;

export function TokenPanel() {
  const { isNeeded, wasRefused } = useStore(tokenWish);
  const input = useRef(null);
  const onSubmit = (event) => {
    event.preventDefault();
    const given = input.current.value.trim();

    if (given) giveToken(given);
  };

  useEffect(() => {
    if (isNeeded) input.current.focus();
  }, [isNeeded]);
  if (!isNeeded) return null;
  return html`
    <form class="panel token-panel" data-testid="token-panel" onSubmit=${onSubmit}>
      <h2>${text.title}</h2>
      <p class="soft">${text.explain}</p>
      ${wasRefused && html`<p class="is-wrong" role="alert">${text.refused}</p>`}
      <label class="field">
        <span class="label">${text.label}</span>
        <input ref=${input} type="password" autocomplete="off" data-testid="token" />
      </label>
      <button class="button" data-kind="primary">${text.give}</button>
    </form>
  `;
}
