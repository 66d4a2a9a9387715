// What is said of one photo on its way into the collection.
//
// A photo is {key, file, url, image, phase, progress, jobId, job, problem, wanted}:
//   "measuring" → "ready" → "sending" → "looking" → "ended"
// `image` is its size, null where this browser cannot show it; `wanted` the box
// of the face that is meant, if we know it; `problem` why the upload was refused.
import { formatSimilarity } from "../basics/format.js";
import { strings } from "../strings.js";

export const LEAST_PIXELS = 80;

const text = strings.verdict;

const isPictureTooSmall = ({ image }) =>
  Boolean(image) && Math.min(image.width, image.height) < LEAST_PIXELS;

// Whether it may be sent: a picture that is certainly refused would only take the
// others with it.
export const isSendable = (photo) =>
  photo.phase === "ready" && !isPictureTooSmall(photo);

// The boxes to choose from, whichever way they are told.
export const choicesOf = (job) =>
  (job?.error?.faces ?? []).map((face) => face.box ?? face);

function verdictOfFailure(job) {
  const { code, detail } = job.error ?? {};

  switch (code) {
    case "no_face":
      return { kind: "bad", text: text.noFace };
    case "several_faces": {
      const boxes = choicesOf(job);

      return boxes.length > 0
        ? { kind: "choice", text: text.severalFaces(boxes.length), boxes }
        : { kind: "bad", text: detail };
    }
    case "face_too_small":
      return { kind: "bad", text: text.faceTooSmall };
    case "face_poor":
      return { kind: "bad", text: text.facePoor };
    default:
      return { kind: "bad", text: detail ?? text.failed, canRepeat: true };
  }
}

function verdictOfEnd(job) {
  if (job.status !== "done") return verdictOfFailure(job);
  const other = job.result.resembles?.[0] ?? null;

  return {
    kind: other ? "warning" : "good",
    text: text.enrolled,
    box: job.result.box,
    other,
  };
}

// {kind, text, box, boxes, other, canRepeat}; kind is "waiting", "good",
// "warning", "choice" or "bad".
export function verdictOf(photo) {
  if (photo.problem)
    return { kind: "bad", text: photo.problem.detail || text.failed, canRepeat: true };
  if (isPictureTooSmall(photo)) return { kind: "bad", text: text.pictureTooSmall };
  switch (photo.phase) {
    case "measuring":
      return { kind: "waiting", text: text.measuring };
    case "ready":
      return { kind: "waiting", text: text.ready };
    case "sending":
      return {
        kind: "waiting",
        text: text.sending(Math.floor(photo.progress * 100)),
      };
    case "looking":
      return { kind: "waiting", text: text.looking };
    default:
      return verdictOfEnd(photo.job);
  }
}

// Which of several photos was refused, and why: {index, detail}; null if that is
// not said.
export function refusedPhoto({ detail }) {
  const found = detail?.match(/^image (\d+): (.+)$/s);

  return found ? { index: Number(found[1]) - 1, detail: found[2] } : null;
}

export function resemblance(other) {
  return text.resembles(other.person.name, formatSimilarity(other.similarity));
}
