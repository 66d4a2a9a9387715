// The faces of a photo as a list: who each is, and how sure that is.
import { personImage } from "../api/people.js";
import { formatSimilarity } from "../basics/format.js";
import { personPath } from "../basics/route.js";
import { matchesOf } from "../basics/threshold.js";
import { Icon } from "../parts/icon.js";
import { FaceCrop, Portrait } from "../parts/portrait.js";
import { html, useEffect, useRef, useState } from "../parts/preact.js";
import { Similarity } from "../parts/similarity.js";
import { strings } from "../strings.js";
import { isErased, nameOf } from "./match_name.js";

const text = strings.search;

function PersonName({ match }) {
  if (isErased(match)) return html`<span class="face-name">${nameOf(match)}</span>`;
  return html`
    <a class="face-name tall-link" href=${personPath(match.person.id)}>
      ${nameOf(match)}
    </a>
  `;
}

const othersText = (others, threshold) =>
  text.also(
    threshold,
    others
      .map((match) => text.nameWith(nameOf(match), formatSimilarity(match.similarity)))
      .join(", "),
  );

function Known({ matches, threshold }) {
  const [best, ...others] = matches;

  return html`
    <div class="face-text">
      <${PersonName} match=${best} />
      <${Similarity} value=${best.similarity} threshold=${threshold} />
      ${
        others.length > 0 &&
        html`<p class="face-others soft">${othersText(others, threshold)}</p>`
      }
    </div>
    <${Portrait}
      src=${isErased(best) ? null : personImage(best.person.id)}
      name=${nameOf(best)}
    />
  `;
}

function Unknown({ threshold, onEnrol }) {
  const [isCutting, setCutting] = useState(false);
  const enrol = async () => {
    setCutting(true);
    await onEnrol();
    setCutting(false);
  };

  return html`
    <div class="face-text">
      <span class="face-name is-unknown">${text.unknown}</span>
      <span class="soft">${text.noMatch(threshold)}</span>
      ${
        onEnrol &&
        html`
          <button
            class="face-enrol"
            data-testid="enrol-this"
            disabled=${isCutting}
            onClick=${enrol}
          >
            <${Icon} name="enrol" />
            ${isCutting ? text.cutting : text.enrolThis}
          </button>
        `
      }
    </div>
  `;
}

// Only the list scrolls: on a phone the photo must not run away from the finger.
function showInList(row) {
  const list = row.parentElement;
  const above = row.offsetTop - list.scrollTop;
  const below = above + row.offsetHeight - list.clientHeight;

  if (above < 0) list.scrollTop += above;
  else if (below > 0) list.scrollTop += below;
}

// Enter on a row opens the person, or enrols them.
function followOnEnter({ key, target, currentTarget }) {
  if (key === "Enter" && target === currentTarget)
    currentTarget.querySelector("a, button")?.click();
}

function FaceRow({
  face,
  number,
  label,
  src,
  image,
  threshold,
  isActive,
  isTabStop,
  wantsFocus,
  onActive,
  onEnrol,
}) {
  const matches = matchesOf(face, threshold);
  const row = useRef(null);

  useEffect(() => {
    if (wantsFocus) row.current.focus({ preventScroll: true });
    if (wantsFocus || isActive) showInList(row.current);
  }, [wantsFocus, isActive]);
  return html`
    <li
      ref=${row}
      class="face-row"
      data-testid="face-row"
      data-known=${matches.length > 0}
      data-active=${isActive}
      tabindex=${isTabStop ? 0 : -1}
      aria-label=${label}
      onMouseEnter=${() => onActive(true)}
      onMouseLeave=${() => onActive(false)}
      onFocusIn=${() => onActive(true)}
      onKeyDown=${followOnEnter}
    >
      <span class="face-crop">
        <${FaceCrop} src=${src} box=${face.box} picture=${image} />
        <span class="face-number" aria-hidden="true">${number}</span>
      </span>
      ${
        matches.length > 0
          ? html`<${Known} matches=${matches} threshold=${threshold} />`
          : html`<${Unknown} threshold=${threshold} onEnrol=${onEnrol} />`
      }
    </li>
  `;
}

export function RowSkeleton() {
  return html`
    <li class="face-row is-skeleton" aria-hidden="true">
      <span class="portrait skeleton"></span>
      <span class="face-text">
        <span class="skeleton line"></span>
        <span class="skeleton line is-short"></span>
      </span>
    </li>
  `;
}

// `faces` has null where one has not landed.  `focused` is the row that the
// arrows walked to.
export function FaceList({
  faces,
  src,
  image,
  threshold,
  active,
  focused,
  onActive,
  labelOf,
  onEnrol,
}) {
  return html`
    <ul class="face-list" data-testid="face-list" aria-label=${text.faces}>
      ${faces.map((face, index) =>
        face
          ? html`
              <${FaceRow}
                key=${index}
                face=${face}
                number=${index + 1}
                label=${labelOf(index)}
                src=${src}
                image=${image}
                threshold=${threshold}
                isActive=${active === index}
                isTabStop=${index === (active ?? 0)}
                wantsFocus=${focused === index}
                onActive=${(isOn) => onActive(isOn ? index : null)}
                onEnrol=${onEnrol && (() => onEnrol(face))}
              />
            `
          : html`<${RowSkeleton} key=${`waiting-${index}`} />`,
      )}
    </ul>
  `;
}
