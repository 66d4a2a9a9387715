// The field that searches the people, which "/" reaches from everywhere.
import { Icon } from "../parts/icon.js";
import { html, useEffect, useRef } from "../parts/preact.js";
import { strings } from "../strings.js";

let field = null;
let isWanted = false;

// At once, or as soon as the page with the field is there.  What was searched
// before makes place for what is typed now.
export function focusPeopleSearch() {
  isWanted = !field;
  field?.select();
}

export function PeopleSearch({ value, onValue }) {
  const input = useRef(null);

  useEffect(() => {
    field = input.current;
    if (isWanted) field.select();
    isWanted = false;
    return () => {
      field = null;
    };
  }, []);
  const onKeyDown = (event) => {
    if (event.key !== "Escape") return;
    if (value) onValue("");
    else input.current.blur();
  };

  return html`
    <div class="people-search">
      <${Icon} name="search" />
      <input
        ref=${input}
        type="search"
        data-testid="people-search"
        aria-label=${strings.people.search}
        placeholder=${strings.people.search}
        value=${value}
        autocomplete="off"
        spellcheck="false"
        onInput=${(event) => onValue(event.target.value)}
        onKeyDown=${onKeyDown}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  `;
}
