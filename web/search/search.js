// One search as the page knows it, put together from a job that was read over
// HTTP and from events, in whatever order both arrive.
//
//   {id, status, created, attempt, image, threshold, engine, elapsedMs,
//    count, faces, error}
//
// `faces` has `count` places, null where a face has not landed yet; `count` is
// null until the first face or the result says it.  Functions return a new
// search and leave the old one alone.
const FINISHED = ["done", "failed", "dead"];
const RANK = { queued: 0, running: 1, failed: 2, dead: 2, done: 3 };

export function emptySearch(id) {
  return {
    id,
    status: "queued",
    created: null,
    attempt: 0,
    image: null,
    threshold: null,
    engine: null,
    elapsedMs: null,
    count: null,
    faces: [],
    error: null,
  };
}

export const isFinished = (search) => FINISHED.includes(search.status);

function withResult(search, result) {
  return {
    ...search,
    status: "done",
    image: result.image ?? search.image,
    threshold: result.threshold ?? null,
    engine: result.engine ?? null,
    elapsedMs: result.elapsed_ms ?? null,
    count: result.faces.length,
    faces: result.faces,
    error: null,
  };
}

export function searchOfJob(job) {
  const search = {
    ...emptySearch(job.id),
    status: job.status,
    created: job.created,
    attempt: job.attempts ?? 0,
    error: job.error ?? null,
  };

  return job.result ? withResult(search, job.result) : search;
}

// The face takes its place; the others keep theirs.
function withFace(search, { index, count, ...face }) {
  const faces = Array.from(
    { length: Math.max(count, index + 1) },
    (_, place) => search.faces[place] ?? null,
  );

  faces[index] = face;
  return { ...search, status: "running", count: faces.length, faces };
}

export function searchAfter(search, { event, time, data }) {
  switch (event) {
    case "job.queued":
      // Again: somebody had a failed search replayed.
      if (search.status === "failed" || search.status === "dead")
        return { ...search, status: "queued", error: null };
      return {
        ...search,
        created: search.created ?? time,
        image: search.image ?? data.image ?? null,
      };
    case "job.started":
      return isFinished(search)
        ? search
        : { ...search, status: "running", attempt: data.attempt ?? 1 };
    case "search.face":
      return isFinished(search) ? search : withFace(search, data);
    case "search.completed":
      return withResult({ ...search, created: search.created ?? time }, data);
    case "job.failed":
      return { ...search, status: data.status, error: data.error };
    default:
      return search;
  }
}

// The one that knows more, where the same search came to us twice.
export function furtherOf(one, other) {
  if (!one || !other) return one ?? other ?? null;
  const landed = (search) => search.faces.filter(Boolean).length;
  const lead = RANK[one.status] - RANK[other.status];
  const further =
    lead > 0 || (lead === 0 && landed(one) >= landed(other)) ? one : other;

  return {
    ...further,
    created: one.created ?? other.created,
    image: further.image ?? one.image ?? other.image,
  };
}
