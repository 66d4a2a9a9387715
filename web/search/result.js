// One search on the page: the photo, and beside it what was found.
import { jobImage } from "../api/jobs.js";
import { formatSeconds, formatSimilarity } from "../basics/format.js";
import { jobPagePath } from "../basics/route.js";
import { bestMatch, countFaces, thresholdFor } from "../basics/threshold.js";
import { announce } from "../parts/announcer.js";
import { useHeld, useListener, useStore } from "../parts/hooks.js";
import { mayWalk, stepOf } from "../parts/keyboard.js";
import { html, useEffect, useRef, useState } from "../parts/preact.js";
import { strings } from "../strings.js";
import { FaceList, RowSkeleton } from "./face_list.js";
import { nameOf } from "./match_name.js";
import { ownPhoto } from "./own_search.js";
import { isFinished } from "./search.js";
import { Stage } from "./stage.js";
import { ThresholdSlider, wantedThreshold } from "./threshold_slider.js";

const text = strings.search;

const WAITING_SHOWN_AFTER_MS = 2000;
const STILL_SHOWN_AFTER_MS = 4000;

// Where the photo is shown from: memory if we have it and this browser can show
// it, else the server.
export function photoSource(search, own) {
  const kept = own ?? (search && ownPhoto(search.id));
  const image = kept?.image ?? search?.image ?? null;

  if (kept?.image || !search) return { src: kept?.url ?? null, image };
  return { src: jobImage(search.id, "view"), image };
}

// Which face is looked at: by mouse, by focus, or walked to with the arrows.
function useActiveFace(count, id) {
  const [active, setActive] = useState(null);
  const [focused, setFocused] = useState(null);

  useEffect(() => {
    setActive(null);
    setFocused(null);
  }, [id]);
  useListener("keydown", (event) => {
    const step = stepOf(event.key);

    if (event.key === "Escape") {
      setActive(null);
      setFocused(null);
    }
    if (step === 0 || count === 0 || !mayWalk(event.target)) return;
    event.preventDefault();
    const next = active === null ? (step > 0 ? 0 : count - 1) : active + step;
    const index = (next + count) % count;
    setActive(index);
    setFocused(index);
    // The row has the focus after the next drawing; a phone's list lies below.
    requestAnimationFrame(() =>
      document.activeElement.scrollIntoView({ block: "nearest" }),
    );
  });
  return {
    active,
    focused,
    onActive(index, { isChosen = false } = {}) {
      setActive(index);
      setFocused(isChosen ? index : null);
    },
  };
}

function describe(face, threshold) {
  const match = bestMatch(face, threshold);

  return match
    ? text.saidMatch(nameOf(match), formatSimilarity(match.similarity))
    : text.unknown;
}

function summaryOf(search, threshold) {
  const time = formatSeconds(search.elapsedMs ?? 0);
  const { landed, known } = countFaces(search, threshold);

  return landed === 0 ? text.noFace(time) : text.summary(landed, known, time);
}

// Each face is said once, as it lands; then the summary.
function useSpokenFaces(search, threshold) {
  const said = useRef(new Set());

  useEffect(() => {
    said.current = new Set();
  }, [search?.id]);
  useEffect(() => {
    if (!search) return;
    search.faces.forEach((face, index) => {
      if (!face || said.current.has(index)) return;
      said.current.add(index);
      announce(text.saidFace(index + 1, search.count, describe(face, threshold)));
    });
    if (search.status === "done" && !said.current.has("summary")) {
      said.current.add("summary");
      announce(summaryOf(search, threshold));
    }
  }, [search]);
}

// What is going on, in the words that stand on the photo.
function useStatus(search, own) {
  const isLooking = own ? own.phase === "accepted" : !isFinished(search);
  const isQueued = useHeld(
    isLooking && search?.status === "queued",
    WAITING_SHOWN_AFTER_MS,
  );
  const isLong = useHeld(isLooking, STILL_SHOWN_AFTER_MS);

  if (own?.phase === "sending")
    return own.progress < 1
      ? text.uploading(Math.floor(own.progress * 100))
      : text.looking;
  if (!isLooking) return null;
  if (search?.attempt > 1) return text.attempt(search.attempt);
  if (isQueued) return text.waiting;
  return isLong ? text.stillLooking : text.looking;
}

function Findings({ search, threshold }) {
  if (search?.status === "done")
    return html`
      <div class="summary">
        <p class="summary-line" data-testid="summary">${summaryOf(search, threshold)}</p>
        <p class="soft" data-testid="engine">
          ${search.count === 0 ? text.noFaceDetail : search.engine && text.engine(search.engine)}
        </p>
        <p class="soft">
          <a class="tall-link" data-testid="open-job" href=${jobPagePath(search.id)}>
            ${strings.job.stagesTitle}
          </a>
        </p>
      </div>
    `;
  const { landed } = search ? countFaces(search, threshold) : { landed: 0 };
  return html`
    <div class="summary">
      <p class="summary-line" data-testid="summary">
        ${
          search?.count
            ? text.landed(landed, search.count)
            : html`<span class="skeleton line"></span>`
        }
      </p>
      <p class="soft"><span class="skeleton line is-short"></span></p>
    </div>
  `;
}

// `own` is the upload under way, null otherwise; `search` is null until the
// server has it; `problem` stands in place of the list.
export function Result({ search, own = null, problem = null, onEnrol }) {
  const threshold = thresholdFor(search ?? {}, useStore(wantedThreshold));
  const faces = search?.faces ?? [];
  const { active, focused, onActive } = useActiveFace(faces.length, search?.id);
  const { src, image } = photoSource(search, own);
  const status = useStatus(search ?? { status: "queued" }, own);
  const labelOf = (index) =>
    text.saidFace(index + 1, faces.length, describe(faces[index], threshold));
  const isSending = own?.phase === "sending";

  useSpokenFaces(search, threshold);
  useEffect(() => {
    if (isSending) announce(text.looking);
  }, [isSending]);
  return html`
    <section
      class="result"
      data-testid="result"
      data-status=${problem ? "problem" : (search?.status ?? "sending")}
    >
      <${Stage}
        src=${src}
        image=${image}
        faces=${faces}
        threshold=${threshold}
        active=${active}
        onActive=${onActive}
        labelOf=${labelOf}
        progress=${isSending ? own.progress : null}
        status=${problem ? null : status}
        placeholder=${isSending && !own.image ? strings.photo.cannotShow : null}
      />
      <div class="side">
        ${
          problem ||
          html`
            <${Findings} search=${search} threshold=${threshold} />
            ${
              search?.count !== 0 &&
              html`<${ThresholdSlider} search=${search} threshold=${threshold} />`
            }
            ${
              search?.count === null || !search
                ? html`
                    <ul class="face-list">
                      <${RowSkeleton} />
                      <${RowSkeleton} />
                    </ul>
                  `
                : html`
                    <${FaceList}
                      faces=${faces}
                      src=${src}
                      image=${image}
                      threshold=${threshold}
                      active=${active}
                      focused=${focused}
                      onActive=${onActive}
                      labelOf=${labelOf}
                      onEnrol=${isFinished(search) && onEnrol}
                    />
                  `
            }
          `
        }
      </div>
    </section>
  `;
}
