// A round-cornered picture of somebody, or their initials.
import { squareAround } from "../basics/box.js";
import { initialsOf } from "../basics/format.js";
import { html, useEffect, useState } from "./preact.js";

const CROP_MARGIN = 0.3;

export function Portrait({ src, name, isLarge = false }) {
  const [isMissing, setMissing] = useState(!src);

  useEffect(() => setMissing(!src), [src]);
  return html`
    <span class="portrait" data-size=${isLarge ? "large" : undefined}>
      ${
        isMissing
          ? html`
              <span class="portrait-initials" aria-hidden="true">${initialsOf(name)}</span>
            `
          : html`
              <img
                src=${src}
                alt=""
                loading="lazy"
                decoding="async"
                onError=${() => setMissing(true)}
              />
            `
      }
    </span>
  `;
}

// One face of a photo, shown by moving the photo behind a small window: nothing
// is cut, and nothing is loaded twice.
export function FaceCrop({ src, box, picture }) {
  if (!src || !picture)
    return html`<span class="portrait"></span>`;
  const { x, y, side } = squareAround(box, picture, CROP_MARGIN);

  return html`
    <span class="portrait" aria-hidden="true">
      <img
        src=${src}
        alt=""
        class="portrait-part"
        style=${{
          width: `${(picture.width / side) * 100}%`,
          height: `${(picture.height / side) * 100}%`,
          left: `${(-x / side) * 100}%`,
          top: `${(-y / side) * 100}%`,
        }}
      />
    </span>
  `;
}
