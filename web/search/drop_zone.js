// The first thing a visitor sees, and what is left of it above a result.
import { listPeople } from "../api/people.js";
import { Camera } from "../parts/camera.js";
import { Icon } from "../parts/icon.js";
import { Moment } from "../parts/moment.js";
import { PhotoButton } from "../parts/photo_input.js";
import { html, useEffect, useState } from "../parts/preact.js";
import { strings } from "../strings.js";
import { useStore } from "../parts/hooks.js";
import { searchFeed } from "./search_feed.js";

const text = strings.photo;

// Whether nobody is enrolled, so that a first search would only disappoint.
function useNobodyEnrolled() {
  const [isEmpty, setEmpty] = useState(false);

  useEffect(() => {
    listPeople({ limit: 1 }).then(
      ({ body }) => setEmpty(body.items.length === 0),
      () => {}, // the strip below says that the server is away
    );
  }, []);
  return isEmpty;
}

export function DropZone({ onFiles, hasCamera, onCamera, isOver }) {
  const isEmpty = useNobodyEnrolled();

  if (hasCamera)
    return html`
      <${Camera}
        onPhoto=${(file) => onFiles([file])}
        onClose=${() => onCamera(false)}
      />
    `;
  return html`
    <div class="drop-zone" data-testid="drop-zone" data-over=${isOver}>
      <div class="drop-mark"><${Icon} name="photo" /></div>
      <p class="drop-title">${text.drop}</p>
      <p class="soft">${text.orPaste}</p>
      <div class="actions is-centred">
        <${PhotoButton} isPrimary onFiles=${onFiles}>
          <${Icon} name="photo" />${text.choose}<//>
        <button
          class="button"
          data-testid="camera-open"
          onClick=${() => onCamera(true)}
        >
          <${Icon} name="camera" />
          ${text.camera}
        </button>
      </div>
      <p class="hint">${text.formats}</p>
      ${
        isEmpty &&
        html`
          <p class="drop-first" data-testid="nobody-enrolled">
            ${strings.search.nobodyEnrolled}${" "}
            <a class="tall-link" href="/enrol">${strings.search.enrolFirst}</a>
          </p>
        `
      }
    </div>
  `;
}

function CopyLink({ id }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(new URL(`/search/${id}`, location.origin));
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };

  // Browsers lend the clipboard to secure origins only.
  if (!navigator.clipboard) return null;
  const label = isCopied ? strings.search.copied : strings.search.copyLink;
  return html`
    <button
      class="button"
      data-kind="quiet"
      aria-label=${label}
      data-testid="copy-link"
      onClick=${copy}
    >
      <${Icon} name=${isCopied ? "check" : "link"} />
      <span class="wide-only">${label}</span>
    </button>
  `;
}

export function NewSearchBar({ onFiles, onCamera, id, isFollowed }) {
  const search = useStore(searchFeed).searches.get(id);

  return html`
    <div class="bar">
      <p class="bar-text">
        ${
          isFollowed &&
          html`
            <span
              class="live-badge"
              data-testid="live-badge"
              title=${strings.search.liveDetail}
            >
              ${strings.search.live}
            </span>
          `
        }
        ${
          search?.created &&
          html`
            <span class="soft bar-time">
              <span class="bar-word">${strings.search.searched}${" "}</span>
              <${Moment} time=${search.created} />
            </span>
          `
        }
      </p>
      ${search && html`<${CopyLink} id=${id} />`}
      <button
        class="button icon-button"
        data-kind="quiet"
        aria-label=${text.camera}
        title=${text.camera}
        onClick=${onCamera}
      >
        <${Icon} name="camera" />
      </button>
      <${PhotoButton} onFiles=${onFiles}>
        <${Icon} name="plus" />${strings.search.newPhoto}<//>
    </div>
  `;
}
