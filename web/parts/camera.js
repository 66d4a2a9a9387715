// A panel with the camera's picture, and a button that takes it.
import { strings } from "../strings.js";
import { useListener } from "./hooks.js";
import { Icon } from "./icon.js";
import { drawFile } from "./image_file.js";
import { Notice } from "./notice.js";
import { html, useEffect, useRef, useState } from "./preact.js";

const text = strings.camera;

const FAILURES = {
  NotAllowedError: [text.denied, text.deniedDetail],
  insecure: [text.insecure, text.noneDetail],
};

function openCamera(facing) {
  // Browsers hide the whole interface on origins that are not secure.
  if (!navigator.mediaDevices)
    return Promise.reject(Object.assign(new Error(), { name: "insecure" }));
  return navigator.mediaDevices.getUserMedia({
    video: { facingMode: facing, width: { ideal: 1920 } },
  });
}

// Until the camera's first picture has come, some browsers play one of 2 × 2
// pixels.
const PICTURE_LEAST = 16;

const stopStream = (stream) => stream.getTracks().forEach((track) => track.stop());

// Holds the camera for as long as the panel is shown: {video, isReady, failure}.
function useCamera(facing) {
  const video = useRef(null);
  const [isReady, setReady] = useState(false);
  const [failure, setFailure] = useState(null);

  useEffect(() => {
    let isLeft = false;
    let stream = null;

    setReady(false);
    setFailure(null);
    openCamera(facing).then(
      (opened) => {
        if (isLeft) return stopStream(opened);
        stream = opened;
        video.current.srcObject = opened;
        return undefined;
      },
      (error) => !isLeft && setFailure(error.name),
    );
    return () => {
      isLeft = true;
      if (stream) stopStream(stream);
    };
  }, [facing]);
  return { video, isReady, setReady, failure };
}

export function Camera({ onPhoto, onClose }) {
  const [facing, setFacing] = useState("user");
  const { video, isReady, setReady, failure } = useCamera(facing);
  const take = async () => {
    const { videoWidth, videoHeight } = video.current;

    onPhoto(await drawFile(video.current, videoWidth, videoHeight, text.fileName));
  };

  const look = ({ target }) => setReady(target.videoWidth >= PICTURE_LEAST);

  useListener("keydown", (event) => event.key === "Escape" && onClose());
  const takeButton = useRef(null);
  useEffect(() => {
    if (isReady) takeButton.current?.focus();
  }, [isReady]);
  if (failure) {
    const [title, detail] = FAILURES[failure] ?? [text.none, text.noneDetail];

    return html`
      <div class="camera">
        <${Notice} kind="error" title=${title}>
          <p>${detail}</p>
          <div class="actions">
            <button type="button" class="button" onClick=${onClose}>
              ${strings.close}
            </button>
          </div>
        <//>
      </div>
    `;
  }
  return html`
    <div class="camera" data-testid="camera">
      <div class="camera-picture">
        <video
          ref=${video}
          class=${facing === "user" ? "is-mirrored" : ""}
          autoplay
          playsinline
          muted
          aria-label=${text.title}
          onLoadedData=${look}
          onResize=${look}
        ></video>
        ${!isReady && html`<p class="camera-wait">${text.starting}</p>`}
      </div>
      <div class="actions is-centred">
        <button
          type="button"
          class="button"
          data-kind="primary"
          ref=${takeButton}
          disabled=${!isReady}
          onClick=${take}
          data-testid="camera-take"
        >
          <${Icon} name="camera" />
          ${text.take}
        </button>
        <button
          type="button"
          class="button"
          onClick=${() => setFacing(facing === "user" ? "environment" : "user")}
        >
          <${Icon} name="turn" />
          ${text.turn}
        </button>
        <button type="button" class="button" data-kind="quiet" onClick=${onClose}>
          ${strings.cancel}
        </button>
      </div>
    </div>
  `;
}
