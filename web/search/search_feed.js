// Connects the feed of searches: reads the list, then listens from there on.
import { listSearches, readJob } from "../api/jobs.js";
import { createStore } from "../basics/store.js";
import { live } from "../live/live.js";
import {
  emptyFeed,
  feedAfterEvent,
  feedAfterJob,
  feedAfterOpen,
  feedAfterPage,
  newestFirst,
} from "./feed.js";
import { isFinished } from "./search.js";

const PAGE = 24;

export const searchFeed = createStore(emptyFeed);

// Why the list could not be read; null when it was.
export const feedProblem = createStore(null);

// The newest search that began while this page was open: {id, isMissed}, where a
// missed one arrived afterwards, because the connection was away.
export const arrival = createStore(null);

let isListening = false;

function onEvent(event) {
  // A frame of somebody's camera is no search to come back to.
  if (event.expires_at) return;
  searchFeed.update((feed) => feedAfterEvent(feed, event));
  if (event.event === "job.queued")
    arrival.set({ id: event.job, isMissed: event.replay });
}

async function readList(query) {
  try {
    const { body, offset } = await listSearches({ limit: PAGE, ...query });

    feedProblem.set(null);
    searchFeed.update((feed) => feedAfterPage(feed, body));
    return offset;
  } catch (problem) {
    feedProblem.set(problem);
    throw problem;
  }
}

// After events were lost: the beginning of the list again, and what was going on
// beyond it.
function refresh() {
  const open = newestFirst(searchFeed.get()).filter((search) => !isFinished(search));

  readList().catch(() => {});
  for (const { id } of open)
    readJob(id).then(
      ({ body }) => noteSearch(body),
      () => {},
    );
}

// Begins once; called again, it tries again what failed.
export async function startFeed() {
  if (isListening) {
    if (feedProblem.get()) refresh();
    return;
  }
  try {
    const offset = await readList();

    if (isListening) return;
    isListening = true;
    live.subscribe("searches", {
      after: offset,
      onEvent,
      onGap: refresh,
    });
  } catch {
    // feedProblem says it, and the strip offers to try again.
  }
}

export const readOlder = () =>
  readList({ after: searchFeed.get().next }).catch(() => {});

// Reads one search whole.  Rejects with a Problem.
export async function openSearch(id) {
  const { body } = await readJob(id);

  searchFeed.update((feed) => feedAfterOpen(feed, body));
}

// A job that was read for another reason.
export function noteSearch(job) {
  searchFeed.update((feed) => feedAfterJob(feed, job));
}

export function noteReplay(id) {
  onEvent({ event: "job.queued", job: id, replay: false, data: {} });
}
