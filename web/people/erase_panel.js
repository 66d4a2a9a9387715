// Erases a person: says what goes, wants the name typed, and shows the receipt.
//
// asking → erasing → done, or back to asking with the reason why not.
import { erasePerson } from "../api/people.js";
import { Problem } from "../api/problem.js";
import { formatExact } from "../basics/format.js";
import { announce } from "../parts/announcer.js";
import { useListener } from "../parts/hooks.js";
import { Icon } from "../parts/icon.js";
import { Notice, ProblemNotice } from "../parts/notice.js";
import { html, useEffect, useRef, useState } from "../parts/preact.js";
import { strings } from "../strings.js";
import { whenEnded } from "./people_feed.js";

const text = strings.person;

// {state, receipt, problem, erase}
function useErasure(person, onErasing) {
  const [state, setState] = useState("asking");
  const [receipt, setReceipt] = useState(null);
  const [problem, setProblem] = useState(null);
  const [jobId, setJobId] = useState(null);
  const fail = (error) => {
    setProblem(error);
    setState("asking");
    onErasing(false);
  };

  useEffect(() => {
    if (!jobId) return undefined;
    return whenEnded(jobId, (job) => {
      if (job.status !== "done")
        return fail(new Problem({ ...job.error, status: 500 }));
      setReceipt(job.result);
      setState("done");
      return announce(text.erasedTitle(person.name));
    });
  }, [jobId]);
  return {
    state,
    receipt,
    problem,
    erase() {
      setProblem(null);
      setState("erasing");
      onErasing(true);
      erasePerson(person.id).then(({ body }) => setJobId(body.id), fail);
    },
  };
}

function Receipt({ person, receipt }) {
  const rows = [
    [text.receiptFaces, receipt.faces],
    [text.receiptPhotos, receipt.images],
    [text.receiptSearches, receipt.searches],
    [text.receiptTime, formatExact(receipt.finished)],
    [text.receiptId, receipt.person],
  ];

  return html`
    <section class="panel receipt" data-testid="receipt">
      <p class="receipt-mark"><${Icon} name="check" /></p>
      <h1>${text.erasedTitle(person.name)}</h1>
      <h2>${text.receipt}</h2>
      <dl>
        ${rows.map(
          ([name, value]) => html`
            <div key=${name}>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>
          `,
        )}
      </dl>
      ${
        receipt.pending > 0 &&
        html`<p class="hint">${text.receiptPending(receipt.pending)}</p>`
      }
      <a class="button" data-kind="primary" href="/people">${text.toPeople}</a>
    </section>
  `;
}

function Confirmation({ person, problem, onErase, onClose }) {
  const [typed, setTyped] = useState("");
  const input = useRef(null);
  const isConfirmed = typed.trim() === person.name.trim();
  const onSubmit = (event) => {
    event.preventDefault();
    if (isConfirmed) onErase();
  };

  useEffect(() => input.current.focus(), []);
  useListener("keydown", (event) => event.key === "Escape" && onClose());
  return html`
    <form class="panel erase" data-testid="erase-panel" onSubmit=${onSubmit}>
      <h2>${text.eraseTitle(person.name)}</h2>
      <p>${text.eraseRemoves}</p>
      <ul class="erase-list">
        ${
          person.face_count > 0 &&
          html`
            <li>${text.eraseFaces(person.face_count)}</li>
            <li>${text.erasePhotos(person.face_count)}</li>
          `
        }
        <li>${text.eraseName}</li>
        <li>${text.eraseSearches}</li>
      </ul>
      <label class="field">
        <span class="label">${text.eraseType(person.name)}</span>
        <input
          ref=${input}
          value=${typed}
          data-testid="erase-name"
          autocomplete="off"
          spellcheck="false"
          onInput=${(event) => setTyped(event.target.value)}
        />
      </label>
      ${
        problem &&
        html`
          <${ProblemNotice}
            problem=${problem}
            title=${text.eraseFailed}
            safe=${text.eraseFailedSafe}
          />
        `
      }
      <div class="actions">
        <button
          class="button"
          data-kind="danger"
          data-testid="erase-confirm"
          disabled=${!isConfirmed}
        >
          ${text.eraseConfirm}
        </button>
        <button type="button" class="button" data-kind="quiet" onClick=${onClose}>
          ${strings.cancel}
        </button>
      </div>
    </form>
  `;
}

// `onErasing` is told when the rest of the page has to go, and when to come back.
export function ErasePanel({ person, onErasing }) {
  const [isOpen, setOpen] = useState(false);
  const { state, receipt, problem, erase } = useErasure(person, onErasing);

  if (state === "done")
    return html`<${Receipt} person=${person} receipt=${receipt} />`;
  if (state === "erasing")
    return html`
      <${Notice} title=${text.erasing(person.name)}><p>${text.erasingDetail}</p><//>
    `;
  if (isOpen)
    return html`
      <${Confirmation}
        person=${person}
        problem=${problem}
        onErase=${erase}
        onClose=${() => setOpen(false)}
      />
    `;
  return html`
    <p class="erase-open">
      <button
        class="button"
        data-kind="quiet-danger"
        data-testid="erase-open"
        onClick=${() => setOpen(true)}
      >
        <${Icon} name="trash" />
        ${text.erase}
      </button>
    </p>
  `;
}
