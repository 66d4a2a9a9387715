// Enrolling a person: name first, photos second, nothing saved half.
import { PHOTOS_MOST } from "../api/people.js";
import { NO_ANSWER } from "../api/problem.js";
import { personPath } from "../basics/route.js";
import { announce } from "../parts/announcer.js";
import { Camera } from "../parts/camera.js";
import { takeOver } from "../parts/handover.js";
import { useStore, useTitle } from "../parts/hooks.js";
import { Icon } from "../parts/icon.js";
import { Notice, ProblemNotice } from "../parts/notice.js";
import { DropVeil, PhotoButton, usePhotoDrop } from "../parts/photo_input.js";
import { html, useEffect, useRef, useState } from "../parts/preact.js";
import { startPeopleFeed } from "../people/people_feed.js";
import { strings } from "../strings.js";
import { MoreFields, NameField } from "./person_fields.js";
import { emptyForm, fieldsOf } from "./person_form.js";
import { createPhotoBatch } from "./photo_batch.js";
import { PhotoCards } from "./photo_card.js";
import { verdictOf } from "./verdict.js";

const text = strings.enrol;

// The batch lives as long as the page, and begins with what was handed over.
function useBatch() {
  const [{ batch, name }] = useState(() => {
    const handed = takeOver();
    const made = createPhotoBatch();

    if (handed?.file) made.add([handed.file], { wanted: handed.box });
    return { batch: made, name: handed?.name ?? "" };
  });

  useEffect(() => {
    startPeopleFeed();
    return () => batch.close();
  }, []);
  return { batch, name };
}

// Each verdict is said once.
function useSpokenVerdicts(photos) {
  const said = useRef(new Set());

  useEffect(() => {
    for (const photo of photos) {
      if (photo.phase !== "ended" || said.current.has(photo.job)) continue;
      said.current.add(photo.job);
      announce(verdictOf(photo).text);
    }
  }, [photos]);
}

// The camera stays open, because two or three photos are better than one.
function PhotoDrop({ onFiles, isEmpty, isOver }) {
  const [hasCamera, setCamera] = useState(false);

  return html`
    ${
      hasCamera &&
      html`
        <${Camera}
          onPhoto=${(file) => onFiles([file])}
          onClose=${() => setCamera(false)}
        />
      `
    }
    <div
      class="photo-drop"
      data-empty=${isEmpty && !hasCamera}
      data-over=${isOver}
      data-testid="photo-drop"
    >
      <div class="actions is-centred">
        <${PhotoButton} isMultiple onFiles=${onFiles}>
          <${Icon} name="plus" />${isEmpty ? strings.photo.chooseMany : text.add}<//>
        ${
          !hasCamera &&
          html`
            <button
              type="button"
              class="button"
              data-testid="camera-open"
              onClick=${() => setCamera(true)}
            >
              <${Icon} name="camera" />
              ${strings.photo.camera}
            </button>
          `
        }
      </div>
      ${isEmpty && html`<p class="hint">${text.photosHint}</p>`}
    </div>
  `;
}

function SavedHead({ person, photos, onAnother }) {
  const found = photos.some(({ job }) => job?.status === "done");
  const isLooking = photos.some(
    ({ phase }) => phase === "looking" || phase === "sending",
  );
  const title = found
    ? text.saved(person.name)
    : isLooking
      ? text.savedLooking(person.name)
      : text.savedWithoutFace(person.name);

  return html`
    <div class="saved" data-testid="saved" data-found=${found}>
      <h1>${title}</h1>
      <div class="actions">
        <a class="button" data-kind="primary" href=${personPath(person.id)}>
          ${text.open(person.name)}
        </a>
        <button class="button" onClick=${onAnother} data-testid="enrol-another">
          ${text.another}
        </button>
      </div>
    </div>
  `;
}

function PersonForm({ form, setForm, children, onSubmit }) {
  const name = useRef(null);

  useEffect(() => name.current.focus({ preventScroll: true }), []);
  return html`
    <form class="form" onSubmit=${onSubmit}>
      <${NameField} form=${form} onForm=${setForm} inputRef=${name} />
      <details class="disclosure">
        <summary>${text.more}</summary>
        <div class="disclosure-body">
          <${MoreFields} form=${form} onForm=${setForm} />
        </div>
      </details>
      ${children}
    </form>
  `;
}

function Enrolment({ onAnother }) {
  const { batch, name } = useBatch();
  const photos = useStore(batch.photos);
  const [form, setForm] = useState({ ...emptyForm, name });
  const [person, setPerson] = useState(null);
  const [problem, setProblem] = useState(null);
  const [isSending, setSending] = useState(false);
  const [hint, setHint] = useState(null);

  const add = (files) => {
    const left = batch.add(files);

    setHint(files.length === 0 ? strings.photo.notAPhoto : null);
    if (left > 0) setHint(text.tooMany(PHOTOS_MOST));
  };
  const isOver = usePhotoDrop(add);
  const enrol = async () => {
    setProblem(null);
    setSending(true);
    await batch.enrol(fieldsOf(form)).then(setPerson, setProblem);
    setSending(false);
  };
  const onSubmit = (event) => {
    event.preventDefault();
    if (form.name.trim() && !isSending) enrol();
  };

  useSpokenVerdicts(photos);
  const photoPart = html`
    <section class="photos" aria-label=${text.photos}>
      <h2>${text.photos}</h2>
      <${PhotoCards} photos=${photos} batch=${batch} isSaved=${Boolean(person)} />
      ${
        !isSending &&
        html`
          <${PhotoDrop}
            onFiles=${add}
            isEmpty=${photos.length === 0}
            isOver=${isOver}
          />
        `
      }
      ${hint && html`<${Notice} title=${hint} testid="hint" />`}
    </section>
    <${DropVeil} isOver=${isOver && photos.length > 0} text=${strings.photo.dropHere} />
  `;

  if (person)
    return html`
      <div class="narrow">
        <${SavedHead} person=${person} photos=${photos} onAnother=${onAnother} />
        ${photoPart}
      </div>
    `;
  return html`
    <div class="narrow">
      <h1>${text.title}</h1>
      <${PersonForm} form=${form} setForm=${setForm} onSubmit=${onSubmit}>
        ${photoPart}
        ${
          problem &&
          html`
            <${ProblemNotice}
              problem=${problem}
              safe=${problem.code === NO_ANSWER ? text.unansweredSafe : text.refusedSafe}
              retry=${problem.isPassing ? enrol : null}
            />
          `
        }
        <div class="submit">
          <button
            class="button"
            data-kind="primary"
            data-testid="enrol-submit"
            disabled=${!form.name.trim() || isSending}
          >
            ${isSending ? text.sending : text.submit(form.name.trim())}
          </button>
          ${
            photos.length === 0 &&
            form.name.trim() &&
            html`<p class="hint">${text.withoutPhoto}</p>`
          }
        </div>
      <//>
    </div>
  `;
}

export function EnrolPage() {
  const [round, setRound] = useState(0);

  useTitle(text.title);
  return html`<${Enrolment} key=${round} onAnother=${() => setRound(round + 1)} />`;
}
