// What happens to people: enrolments and erasures, as they end.
import { createStore } from "../basics/store.js";
import { isEnded, watchJob } from "../live/job_watch.js";
import { live } from "../live/live.js";

// The latest event of the topic; pages look at it with subscribe.
export const peopleEvent = createStore(null);

// Counts the times at which events were lost: read again what you show.
export const peopleGaps = createStore(0);

// An answer to an upload may come after the event that ends its job, so the last
// ends are kept: id of job → job.
const ENDS_KEPT = 200;
const ends = new Map();

let isListening = false;

function jobOfEvent({ event, job: id, data }) {
  if (event === "job.failed")
    return { id, status: data.status, result: null, error: data.error };
  if (event === "person.enrolled" || event === "person.erased")
    return { id, status: "done", result: data, error: null };
  return null;
}

function onEvent(event) {
  const job = jobOfEvent(event);

  if (job) ends.set(job.id, job);
  if (ends.size > ENDS_KEPT) ends.delete(ends.keys().next().value);
  peopleEvent.set(event);
}

// `after` is the offset of the first answer that was shown, if there was one.
export function startPeopleFeed(after = null) {
  if (isListening) return;
  isListening = true;
  live.subscribe("people", {
    after,
    onEvent,
    onGap: () => peopleGaps.update((gaps) => gaps + 1),
  });
}

// The person an event is about; null if it names none.
export function personOf({ data }) {
  return data.person?.id ?? data.person ?? null;
}

// Whether the event may have changed the person, or ended them.  The erasure of
// one face and that of a whole person look the same: only reading tells.
export function isChange({ event, data }) {
  return (
    event === "person.enrolled" ||
    event === "person.erased" ||
    (event === "job.queued" && data.kind === "erase")
  );
}

// The job is done once more, so how it ended before is not its end.
export const forgetEnd = (id) => ends.delete(id);

// Calls onEnd once, with the job.  Returns the function that stops waiting.
export function whenEnded(id, onEnd) {
  let isOver = false;
  const leave = [];

  function stop() {
    isOver = true;
    for (const one of leave) one();
  }
  function settle(job) {
    if (isOver || !isEnded(job)) return;
    stop();
    onEnd(job);
  }
  const watch = watchJob(id, settle);

  leave.push(watch.stop, peopleGaps.subscribe(watch.readNow));
  function look() {
    const job = ends.get(id);

    // The boxes to choose from may stand in the job alone.
    if (job?.error?.code === "several_faces" && !job.error.faces) watch.readNow();
    else if (job) settle(job);
  }
  leave.push(peopleEvent.subscribe((event) => event.job === id && look()));
  look();
  return stop;
}
