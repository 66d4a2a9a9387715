// The faces of a person, each with the photo it came from.
import { jobImage } from "../api/jobs.js";
import { eraseFace, faceImage } from "../api/people.js";
import { Problem } from "../api/problem.js";
import { useListener } from "../parts/hooks.js";
import { Icon } from "../parts/icon.js";
import { Moment } from "../parts/moment.js";
import { ProblemNotice } from "../parts/notice.js";
import { boxPlace } from "../parts/photo_shape.js";
import { html, useEffect, useState } from "../parts/preact.js";
import { strings } from "../strings.js";
import { whenEnded } from "./people_feed.js";

const text = strings.person;

function Origin({ face }) {
  const [isMissing, setMissing] = useState(false);

  if (isMissing)
    return html`<p class="soft">${strings.photo.gone}</p>`;
  return html`
    <div class="origin" data-testid="origin">
      <img src=${jobImage(face.job, "view")} alt="" onError=${() => setMissing(true)} />
      <span class="found-box" style=${boxPlace(face.box)}></span>
    </div>
  `;
}

// Asks, erases, and waits for the end: {state, problem, ask, cancel, remove}.
function useRemoval(person, face, onChanged) {
  const [state, setState] = useState("idle"); // "asking", "removing"
  const [problem, setProblem] = useState(null);
  const [jobId, setJobId] = useState(null);
  const fail = (error) => {
    setProblem(error);
    setState("idle");
  };

  useListener("keydown", (event) => {
    if (event.key === "Escape" && state === "asking") setState("idle");
  });
  useEffect(() => {
    if (!jobId) return undefined;
    return whenEnded(jobId, (job) =>
      job.status === "done"
        ? onChanged()
        : fail(new Problem({ ...job.error, status: 500 })),
    );
  }, [jobId]);
  return {
    state,
    problem,
    ask: () => setState("asking"),
    cancel: () => setState("idle"),
    remove() {
      setProblem(null);
      setState("removing");
      eraseFace(person.id, face.face_id).then(({ body }) => setJobId(body.id), fail);
    },
  };
}

function FaceCard({ person, face, isOpen, onOpen, onChanged }) {
  const { state, problem, ask, cancel, remove } = useRemoval(person, face, onChanged);

  return html`
    <li
      class="face-card"
      data-testid="face-card"
      data-open=${isOpen || state !== "idle" || Boolean(problem)}
      data-state=${state}
    >
      <div class="face-card-row">
        <button
          class="face-card-picture"
          aria-expanded=${isOpen}
          aria-label=${isOpen ? text.hidePhoto : text.showPhoto}
          title=${isOpen ? text.hidePhoto : text.showPhoto}
          onClick=${onOpen}
        >
          <img
            src=${faceImage(person.id, face.face_id)}
            alt=${text.faceOf(person.name)}
            loading="lazy"
            decoding="async"
          />
          <img
            class="face-card-origin"
            src=${jobImage(face.job, "thumb")}
            alt=""
            loading="lazy"
            decoding="async"
          />
        </button>
        <div class="face-card-foot">
          <span class="soft">
            ${text.added}${" "}
            <${Moment} time=${face.created} />
          </span>
          <button
            class="button icon-button"
            data-kind="quiet"
            data-testid="face-remove"
            aria-label=${text.removeFace}
            title=${text.removeFace}
            disabled=${state !== "idle"}
            onClick=${ask}
          >
            <${Icon} name="trash" />
          </button>
        </div>
      </div>
      <div class="face-card-more">
        ${isOpen && html`<${Origin} face=${face} />`}
        ${
          state === "asking" &&
          html`
            <div class="face-card-ask">
              <p>${text.removeAsk}</p>
              <div class="actions">
                <button
                  class="button is-small"
                  data-kind="danger"
                  data-testid="face-remove-confirm"
                  onClick=${remove}
                >
                  ${text.removeConfirm}
                </button>
                <button class="button is-small" data-kind="quiet" onClick=${cancel}>
                  ${strings.cancel}
                </button>
              </div>
            </div>
          `
        }
        ${state === "removing" && html`<p class="soft">${text.removing}</p>`}
        ${
          problem &&
          html`
            <${ProblemNotice}
              problem=${problem}
              title=${text.removeFailed}
              safe=${text.eraseFailedSafe}
              retry=${remove}
            />
          `
        }
      </div>
    </li>
  `;
}

export function FaceGrid({ person, onChanged }) {
  const [openId, setOpenId] = useState(null);

  return html`
    <ul class="face-cards" data-testid="faces">
      ${person.faces.map(
        (face) => html`
          <${FaceCard}
            key=${face.face_id}
            person=${person}
            face=${face}
            isOpen=${face.face_id === openId}
            onOpen=${() => setOpenId(face.face_id === openId ? null : face.face_id)}
            onChanged=${onChanged}
          />
        `,
      )}
    </ul>
  `;
}
