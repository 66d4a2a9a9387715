// The search of this page: from the photo that somebody dropped to the job that
// the server made of it.  It lives outside of the pages, so that looking
// something up among the people does not end an upload.
//
//   null → {phase: "sending"} → "accepted" (with jobId), or "refused" (problem)
import { jobImage, startSearch } from "../api/jobs.js";
import { Problem } from "../api/problem.js";
import { randomKey } from "../basics/random_key.js";
import { createStore } from "../basics/store.js";
import { measureImage } from "../parts/image_file.js";

// {file, url, measured, image, key, phase, progress, jobId, problem}, where `image`
// is {width, height} when `measured` has resolved, null if it cannot be shown.
export const ownSearch = createStore(null);

// The photos of our latest searches, shown from memory: id of job → {file, url,
// image}.  Few, because they are large.
const PHOTOS_KEPT = 8;
const photos = new Map();

let sending = null; // the AbortController of the upload under way

function change(key, members) {
  // Another photo may have taken the place meanwhile.
  ownSearch.update((own) => (own?.key === key ? { ...own, ...members } : own));
}

function keepPhoto(jobId, photo) {
  photos.set(jobId, photo);
  for (const [id, { url }] of photos) {
    if (photos.size <= PHOTOS_KEPT) break;
    URL.revokeObjectURL(url);
    photos.delete(id);
  }
}

export const ownPhoto = (jobId) => photos.get(jobId) ?? null;

async function send({ key, file, url, measured }) {
  const control = new AbortController();

  sending = control;
  change(key, { phase: "sending", progress: 0, problem: null });
  try {
    const job = await startSearch(file, {
      key,
      signal: control.signal,
      onProgress: (sent) => change(key, { progress: file.size ? sent / file.size : 1 }),
    });

    keepPhoto(job.id, { file, url, image: await measured });
    change(key, { phase: "accepted", progress: 1, jobId: job.id });
  } catch (error) {
    // An aborted one has made place for another, and has nobody to tell.
    if (error instanceof Problem) change(key, { phase: "refused", problem: error });
  }
}

// `isFromResult`: another result was shown, whose place in the history of this
// window the new one takes after a moment on "/".
export function searchPhoto(file, { isFromResult }) {
  leaveOwnSearch();
  const url = URL.createObjectURL(file);
  const own = {
    file,
    url,
    measured: measureImage(url),
    image: null,
    key: randomKey(),
    phase: "sending",
    progress: 0,
    jobId: null,
    problem: null,
    isFromResult,
  };

  ownSearch.set(own);
  own.measured.then((image) => change(own.key, { image }));
  send(own);
}

// The same photo under the same key: if the server did accept it, and only its
// answer was lost, it is not searched twice.
export function retryOwnSearch() {
  const own = ownSearch.get();

  if (own?.phase === "refused") send(own);
}

// Forgets it; what the server has accepted goes on there.
export function leaveOwnSearch() {
  const own = ownSearch.get();

  if (!own) return;
  if (own.phase === "sending") sending?.abort();
  if (!photos.has(own.jobId)) URL.revokeObjectURL(own.url);
  ownSearch.set(null);
}

// The photo of a search as a Blob that this browser can draw.
export async function photoOf(search) {
  const own = ownPhoto(search.id);

  if (own?.image) return own.file;
  const isDrawable = ["image/jpeg", "image/png", "image/webp"].includes(
    search.image?.type,
  );
  const response = await fetch(jobImage(search.id, isDrawable ? "original" : "view"));
  if (!response.ok) throw new Problem({ status: response.status });
  return response.blob();
}
