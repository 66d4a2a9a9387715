// Waits for the end of one job whose events come over the live connection, and
// does not rely on it: while it is away, or after events were lost, the job is
// read over HTTP.
import { readJob } from "../api/jobs.js";
import { live } from "./live.js";

const READ_EVERY_MS = 2000;

export const isEnded = (job) => ["done", "failed", "dead"].includes(job.status);

// onJob gets the job each time it was read.  Returns {stop, readNow}; it stops by
// itself when the job has ended.
export function watchJob(id, onJob) {
  let timer = null;
  let isStopped = false;

  async function read() {
    clearTimeout(timer);
    try {
      const { body } = await readJob(id);

      if (isStopped) return;
      if (isEnded(body)) stop();
      onJob(body);
    } catch {
      // No answer: the next one tells.
    }
    if (!isStopped && live.status.get().state !== "open")
      timer = setTimeout(read, READ_EVERY_MS);
  }

  // Each change may have hidden events from us: also "open", where the first
  // subscription begins with what happens from then on.
  const leave = live.status.subscribe(read);

  function stop() {
    isStopped = true;
    clearTimeout(timer);
    leave();
  }
  if (live.status.get().state !== "open") read();
  return { stop, readNow: read };
}
