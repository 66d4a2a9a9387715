// One photo that somebody gave: how far it is, and what was found on it.
import { jobImage } from "../api/jobs.js";
import { personPath } from "../basics/route.js";
import { Icon } from "../parts/icon.js";
import { boxPlace, photoShape } from "../parts/photo_shape.js";
import { html } from "../parts/preact.js";
import { strings } from "../strings.js";
import { resemblance, verdictOf } from "./verdict.js";

const text = strings.verdict;

const ICONS = { good: "check", warning: "alert", choice: "alert", bad: "alert" };

// What this browser cannot show, the server can once it has it.
const sourceOf = ({ phase, image, jobId, url }) => {
  if (image || phase === "measuring") return url;
  return jobId ? jobImage(jobId, "view") : null;
};

function Choice({ boxes, onChoose }) {
  return boxes.map(
    (box, index) => html`
      <button
        key=${index}
        type="button"
        class="choice"
        data-testid="choice"
        style=${boxPlace(box)}
        aria-label=${text.chooseFace(index + 1)}
        title=${text.chooseFace(index + 1)}
        onClick=${() => onChoose(box)}
      ></button>
    `,
  );
}

function Verdict({ photo, verdict, onRepeat }) {
  return html`
    <div class="verdict" data-kind=${verdict.kind} data-testid="verdict">
      <p class="verdict-text">
        ${
          ICONS[verdict.kind] &&
          html`<${Icon} name=${ICONS[verdict.kind]} />`
        }${verdict.text}
      </p>
      ${
        verdict.other &&
        html`
          <p class="verdict-more" data-testid="resembles">
            <a class="tall-link" href=${personPath(verdict.other.person.id)}>
              ${resemblance(verdict.other)}
            </a>
            <span class="hint">${text.resemblesAdvice}</span>
          </p>
        `
      }
      ${
        verdict.canRepeat &&
        photo.phase !== "measuring" &&
        html`
          <button
            type="button"
            class="button is-small"
            data-testid="repeat"
            onClick=${onRepeat}
          >
            ${strings.tryAgain}
          </button>
        `
      }
    </div>
  `;
}

// Without onRemove it cannot be taken away any more; without onRepeat the whole
// form is sent again instead.
export function PhotoCard({ photo, onRemove, onChoose, onRepeat }) {
  const verdict = verdictOf(photo);
  const src = sourceOf(photo);
  const isMoving = photo.phase === "sending" || photo.phase === "looking";

  return html`
    <li class="photo-card" data-testid="photo-card" data-kind=${verdict.kind}>
      <div class="photo-card-picture">
        <div class="photo" style=${photoShape(photo.image)}>
          ${
            src
              ? html`<img class="picture" data-loaded="true" src=${src} alt="" />`
              : html`<div class="photo-missing"><${Icon} name="photo" /></div>`
          }
          ${
            verdict.box &&
            html`<span class="found-box" style=${boxPlace(verdict.box)}></span>`
          }
          ${
            verdict.kind === "choice" &&
            html`<${Choice} boxes=${verdict.boxes} onChoose=${onChoose} />`
          }
        </div>
        ${
          isMoving &&
          html`
            <div class="progress" data-endless=${photo.phase === "looking"}>
              <span style=${{ transform: `scaleX(${photo.progress})` }}></span>
            </div>
          `
        }
        ${
          onRemove &&
          html`
            <button
              type="button"
              class="photo-card-remove"
              aria-label=${strings.enrol.remove}
              title=${strings.enrol.remove}
              onClick=${onRemove}
            >
              <${Icon} name="close" />
            </button>
          `
        }
      </div>
      <${Verdict}
        photo=${photo}
        verdict=${onRepeat ? verdict : { ...verdict, canRepeat: false }}
        onRepeat=${onRepeat}
      />
    </li>
  `;
}

export function PhotoCards({ photos, batch, isSaved }) {
  if (photos.length === 0) return null;
  return html`
    <ul class="photo-cards">
      ${photos.map((photo) => {
        // One that made a face is removed on the person's page, with its face.
        const isEnrolled = photo.job?.status === "done";
        const isIdle =
          !isEnrolled && (photo.phase === "ready" || photo.phase === "ended");

        return html`
          <${PhotoCard}
            key=${photo.key}
            photo=${photo}
            onRemove=${isIdle && (() => batch.remove(photo.key))}
            onChoose=${(box) => batch.choose(photo.key, box)}
            onRepeat=${isSaved && (() => batch.repeat(photo.key))}
          />
        `;
      })}
    </ul>
  `;
}
