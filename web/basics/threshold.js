// What is shown of a face under a threshold.  The server was asked for
// everything from THRESHOLD_LEAST up, so moving the slider asks nobody.
export const THRESHOLD_LEAST = 50;
export const THRESHOLD_MOST = 100;
export const THRESHOLD_USUAL = 80;

// A search that somebody else asked for may have left out more than the slider
// would: below that there is nothing to show.
export function thresholdFloor(search) {
  return Math.min(
    THRESHOLD_MOST,
    Math.max(THRESHOLD_LEAST, Math.ceil(search.threshold ?? 0)),
  );
}

export function thresholdFor(search, wanted) {
  return Math.max(wanted, thresholdFloor(search));
}

// The people that a face may be, best first; none is somebody unknown.
export function matchesOf(face, threshold) {
  return (face.matches ?? []).filter((match) => match.similarity >= threshold);
}

export function bestMatch(face, threshold) {
  return matchesOf(face, threshold)[0] ?? null;
}

// How many faces have landed, and how many of them are known.
export function countFaces(search, threshold) {
  const landed = search.faces.filter(Boolean);
  const known = landed.filter((face) => bestMatch(face, threshold));

  return { landed: landed.length, known: known.length };
}
