// The ways a photo comes in: dropped anywhere, pasted, or chosen.
import { useListener } from "./hooks.js";
import { Icon } from "./icon.js";
import { html, useRef, useState } from "./preact.js";

const ACCEPTED = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif";

// Some systems know no type for HEIC; what is no photo the server tells apart.
const mayBePhoto = (file) =>
  file.type.startsWith("image/") || file.type === "" || /\.hei[cf]$/i.test(file.name);

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

// Takes what is dropped anywhere on the page or pasted.  onFiles gets the photos,
// none if nothing of it was one.  Returns whether something hovers now.
export function usePhotoDrop(onFiles) {
  const [isOver, setOver] = useState(false);
  const depth = useRef(0); // each element entered sends its own dragenter

  const hover = (change) => {
    depth.current = Math.max(0, depth.current + change);
    setOver(depth.current > 0);
  };
  const take = (files) => onFiles([...files].filter(mayBePhoto));

  useListener("dragenter", (event) => carriesFiles(event) && hover(1));
  useListener("dragleave", (event) => carriesFiles(event) && hover(-1));
  useListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  useListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    take(event.dataTransfer.files);
  });
  useListener("paste", (event) => {
    if (event.clipboardData?.files.length > 0) take(event.clipboardData.files);
  });
  return isOver;
}

// A button that opens the system's file chooser.
export function PhotoButton({
  onFiles,
  isMultiple = false,
  isPrimary = false,
  children,
}) {
  const input = useRef(null);
  const onChange = (event) => {
    const files = [...event.target.files];

    // Choosing the same file again must count as a change.
    event.target.value = "";
    if (files.length > 0) onFiles(files);
  };

  return html`
    <span class="photo-button">
      <button
        type="button"
        class="button"
        data-kind=${isPrimary ? "primary" : undefined}
        onClick=${() => input.current.click()}
      >
        ${children}
      </button>
      <input
        ref=${input}
        type="file"
        hidden
        accept=${ACCEPTED}
        multiple=${isMultiple}
        data-testid="photo-input"
        onChange=${onChange}
      />
    </span>
  `;
}

export function DropVeil({ isOver, text }) {
  if (!isOver) return null;
  return html`
    <div class="drop-veil" aria-hidden="true">
      <p>
        <${Icon} name="photo" />
        ${text}
      </p>
    </div>
  `;
}
