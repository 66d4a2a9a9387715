// The fields of a person, for enrolling and for changing one.
import { Icon } from "../parts/icon.js";
import { html } from "../parts/preact.js";
import { strings } from "../strings.js";
import { emptyPair } from "./person_form.js";

const text = strings.enrol;

function Field({ label, hint, value, onValue, testid, ...more }) {
  return html`
    <label class="field">
      <span class="label">${label}</span>
      <input
        value=${value}
        data-testid=${testid}
        onInput=${(event) => onValue(event.target.value)}
        ...${more}
      />
      ${hint && html`<span class="hint">${hint}</span>`}
    </label>
  `;
}

// The longest that the server takes: see proto/http.md.
const NAME_MOST = 200;
const KEY_MOST = 128;
const EMAIL_MOST = 254;

export function NameField({ form, onForm, inputRef }) {
  return html`
    <label class="field">
      <span class="label">${text.name}</span>
      <input
        ref=${inputRef}
        value=${form.name}
        data-testid="enrol-name"
        required
        maxlength=${NAME_MOST}
        autocomplete="off"
        placeholder=${text.nameHint}
        onInput=${(event) => onForm({ ...form, name: event.target.value })}
      />
    </label>
  `;
}

function DetailPair({ pair, onPair, onRemove }) {
  const input = (member, label) => html`
    <input
      value=${pair[member]}
      aria-label=${label}
      placeholder=${label}
      onInput=${(event) => onPair({ ...pair, [member]: event.target.value })}
    />
  `;

  return html`
    <div class="detail-pair">
      ${input("name", text.detailName)} ${input("value", text.detailValue)}
      <button
        type="button"
        class="button icon-button"
        data-kind="quiet"
        aria-label=${text.removeDetail}
        title=${text.removeDetail}
        onClick=${onRemove}
      >
        <${Icon} name="close" />
      </button>
    </div>
  `;
}

export function MoreFields({ form, onForm }) {
  const setDetails = (details) => onForm({ ...form, details });

  return html`
    <${Field}
      label=${text.key}
      hint=${text.keyHint}
      value=${form.key}
      testid="enrol-key"
      maxlength=${KEY_MOST}
      pattern="[A-Za-z0-9_.:\\-]*"
      autocomplete="off"
      spellcheck="false"
      onValue=${(key) => onForm({ ...form, key })}
    />
    <${Field}
      label=${text.email}
      type="email"
      value=${form.email}
      testid="enrol-email"
      maxlength=${EMAIL_MOST}
      autocomplete="off"
      onValue=${(email) => onForm({ ...form, email })}
    />
    <fieldset class="details">
      <legend class="label">${text.details}</legend>
      ${form.details.map(
        (pair, index) => html`
          <${DetailPair}
            key=${index}
            pair=${pair}
            onPair=${(changed) => setDetails(form.details.with(index, changed))}
            onRemove=${() => setDetails(form.details.toSpliced(index, 1))}
          />
        `,
      )}
      <button
        type="button"
        class="button is-small"
        onClick=${() => setDetails([...form.details, emptyPair])}
      >
        <${Icon} name="plus" />
        ${text.addDetail}
      </button>
    </fieldset>
  `;
}
