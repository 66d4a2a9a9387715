// Changes what is known of a person, inline.
import { changePerson } from "../api/people.js";
import { MoreFields, NameField } from "../enrol/person_fields.js";
import { changesOf, formOf } from "../enrol/person_form.js";
import { useListener } from "../parts/hooks.js";
import { ProblemNotice } from "../parts/notice.js";
import { html, useEffect, useRef, useState } from "../parts/preact.js";
import { strings } from "../strings.js";

const text = strings.person;

export function PersonEditor({ person, onPerson, onClose }) {
  const [form, setForm] = useState(() => formOf(person));
  const [problem, setProblem] = useState(null);
  const [isSaving, setSaving] = useState(false);
  const name = useRef(null);
  const save = async () => {
    const changes = changesOf(form, person);

    setProblem(null);
    if (!changes) return onClose();
    setSaving(true);
    try {
      const { body } = await changePerson(person.id, changes);

      // The answer need not repeat the faces; they did not change.
      onPerson({ ...person, ...body, faces: person.faces });
      onClose();
    } catch (error) {
      setProblem(error);
      setSaving(false);
    }
    return undefined;
  };
  const onSubmit = (event) => {
    event.preventDefault();
    if (form.name.trim() && !isSaving) save();
  };

  useEffect(() => name.current.focus(), []);
  useListener("keydown", (event) => event.key === "Escape" && onClose());
  return html`
    <form class="panel form" data-testid="person-editor" onSubmit=${onSubmit}>
      <${NameField} form=${form} onForm=${setForm} inputRef=${name} />
      <${MoreFields} form=${form} onForm=${setForm} />
      ${
        problem &&
        html`
          <${ProblemNotice}
            problem=${problem}
            safe=${text.changeFailedSafe}
            retry=${problem.isPassing ? save : null}
          />
        `
      }
      <div class="actions">
        <button
          class="button"
          data-kind="primary"
          data-testid="person-save"
          disabled=${!form.name.trim() || isSaving}
        >
          ${isSaving ? strings.saving : strings.save}
        </button>
        <button type="button" class="button" data-kind="quiet" onClick=${onClose}>
          ${strings.cancel}
        </button>
      </div>
    </form>
  `;
}
