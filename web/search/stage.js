// The photo with what was found on it.  Its place is kept from its dimensions
// before it is loaded, so that nothing jumps.
import { formatSimilarity } from "../basics/format.js";
import { bestMatch } from "../basics/threshold.js";
import { useSize } from "../parts/hooks.js";
import { Icon } from "../parts/icon.js";
import { boxPlace, photoShape } from "../parts/photo_shape.js";
import { html, useMemo, useState } from "../parts/preact.js";
import { strings } from "../strings.js";
import { layOutChips } from "./chip_layout.js";
import { nameOf } from "./match_name.js";

const text = strings.search;

// How chips are drawn on a wide photo, and on a narrow one: stage.css says the
// same in its own words.
const NARROW = 480;
const WIDE_CHIPS = { height: 26, font: 13, padding: 18, most: 220 };
const NARROW_CHIPS = { height: 22, font: 12, padding: 14, most: 180 };
const NUMBER_GAP = 7;
const EDGE = 2;

const chipsFor = (size) => (size.width < NARROW ? NARROW_CHIPS : WIDE_CHIPS);

const drawing = document.createElement("canvas").getContext("2d");

// A long name is cut off rather than shown as a number; the list has it whole.
function chipWidth({ name, number }, { font, padding, most }) {
  drawing.font = `600 ${font}px ${getComputedStyle(document.body).fontFamily}`;
  const width = drawing.measureText(name + number).width + padding;

  return Math.min(most, width + (number ? NUMBER_GAP : 0));
}

function chipOf(face, threshold) {
  const match = bestMatch(face, threshold);

  return {
    isKnown: Boolean(match),
    name: match ? nameOf(match) : text.unknown,
    number: match ? formatSimilarity(match.similarity) : "",
  };
}

// Drawn twice, light over dark, so that it shows on any photo.
function BoxDrawing({ box, isKnown, isActive }) {
  const { left: x, top: y, ...size } = boxPlace(box);
  const place = { x, y, ...size, rx: 6 };

  return html`
    <g class="box" data-known=${isKnown} data-active=${isActive}>
      <rect class="box-dark" ...${place} />
      <rect class="box-light" ...${place} />
    </g>
  `;
}

function FaceTarget({ face, index, label, isActive, onActive }) {
  return html`
    <button
      type="button"
      class="face-target"
      tabindex="-1"
      aria-label=${label}
      data-testid="face-box"
      data-active=${isActive}
      style=${boxPlace(face.box)}
      onMouseEnter=${() => onActive(index)}
      onMouseLeave=${() => onActive(null)}
      onFocus=${() => onActive(index)}
      onClick=${() => onActive(index, { isChosen: true })}
    ></button>
  `;
}

function Chip({ chip, place, number, isActive, room }) {
  if (!place) return null;
  const isFull = place.isFull || isActive;
  // A number that opens must not leave the photo.
  const x = isFull ? Math.max(EDGE, Math.min(place.x, room - chip.width)) : place.x;

  return html`
    <span
      class="chip"
      aria-hidden="true"
      data-testid="face-chip"
      data-known=${chip.isKnown}
      data-full=${place.isFull}
      data-active=${isActive}
      style=${{ left: `${x}px`, top: `${place.y}px` }}
    >
      ${
        isFull
          ? html`
              <span class="chip-name">${chip.name}</span>
              ${chip.number && html`<span class="chip-number">${chip.number}</span>`}
            `
          : number
      }
    </span>
  `;
}

// Chips are placed in pixels, so they wait until the photo has a size.
function useChips(faces, threshold, size) {
  return useMemo(() => {
    const kind = chipsFor(size);
    const chips = faces.map((face) => {
      const chip = face && chipOf(face, threshold);

      return chip && { ...chip, width: chipWidth(chip, kind) };
    });
    const boxes = faces.map(
      (face, index) =>
        face && {
          box: {
            x: face.box.left * size.width,
            y: face.box.top * size.height,
            width: face.box.width * size.width,
            height: face.box.height * size.height,
          },
          chipWidth: chips[index].width,
        },
    );

    return {
      chips,
      places: size.width ? layOutChips(boxes, size, kind.height) : [],
    };
  }, [faces, threshold, size.width, size.height]);
}

// Put anew for each photo, so that none is taken for loaded because another was.
function Picture({ src, onMissing }) {
  const [isLoaded, setLoaded] = useState(false);

  return html`
    <img
      class="picture"
      data-loaded=${isLoaded}
      data-testid="photo"
      src=${src}
      alt=${strings.photo.alt}
      onLoad=${() => setLoaded(true)}
      onError=${onMissing}
    />
  `;
}

export function Stage({
  src,
  image,
  faces,
  threshold,
  active,
  onActive,
  labelOf,
  progress,
  status,
  placeholder,
}) {
  const [ref, size] = useSize();
  const [missing, setMissing] = useState(null);
  const { chips, places } = useChips(faces, threshold, size);
  const isMissing = !src || missing === src;

  return html`
    <div class="stage" data-testid="stage">
      <div
        class="photo"
        data-narrow=${size.width < NARROW}
        ref=${ref}
        style=${photoShape(image)}
      >
        ${
          isMissing
            ? html`
                <div class="photo-missing">
                  <${Icon} name="photo" />
                  <p>${placeholder ?? strings.photo.gone}</p>
                </div>
              `
            : html`<${Picture} key=${src} src=${src} onMissing=${() => setMissing(src)} />`
        }
        <svg class="boxes" aria-hidden="true">
          ${faces.map(
            (face, index) =>
              face &&
              html`
                <${BoxDrawing}
                  key=${index}
                  box=${face.box}
                  isKnown=${chips[index].isKnown}
                  isActive=${active === index}
                />
              `,
          )}
        </svg>
        ${faces.map(
          (face, index) =>
            face &&
            html`
              <${FaceTarget}
                key=${`target-${index}`}
                face=${face}
                index=${index}
                label=${labelOf(index)}
                isActive=${active === index}
                onActive=${onActive}
              />
            `,
        )}
        ${faces.map(
          (face, index) =>
            face &&
            html`
              <${Chip}
                key=${`chip-${index}`}
                chip=${chips[index]}
                place=${places[index]}
                room=${size.width - EDGE}
                number=${index + 1}
                isActive=${active === index}
              />
            `,
        )}
        ${status && html`<p class="stage-status" data-testid="stage-status">${status}</p>`}
      </div>
      ${
        progress !== null &&
        html`
          <div class="progress" data-testid="progress">
            <span style=${{ transform: `scaleX(${progress})` }}></span>
          </div>
        `
      }
    </div>
  `;
}
