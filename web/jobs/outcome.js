// What came of a job, in a few words, and the page that shows it.
import { formatSimilarity } from "../basics/format.js";
import { personPath, searchPath } from "../basics/route.js";
import { countFaces, THRESHOLD_USUAL, thresholdFor } from "../basics/threshold.js";
import { strings } from "../strings.js";

const text = strings.job;
const { faces, photos } = strings.counts;

const OUTCOMES = {
  search({ result }) {
    const { landed, known } = countFaces(
      result,
      thresholdFor(result, THRESHOLD_USUAL),
    );

    return landed === 0 ? text.noFace : text.known(landed, known);
  },
  enroll: ({ result }) => text.enrolled(result.person?.name ?? strings.search.erased),
  analyze: ({ result }) =>
    result.faces.length === 0 ? text.noFace : faces(result.faces.length),
  compare({ result }) {
    const best = Math.max(...result.faces.map((face) => face.similarity ?? -1));

    return best < 0 ? text.noMatch : text.bestMatch(formatSimilarity(best));
  },
  erase: ({ result }) => text.erased(faces(result.faces), photos(result.images)),
};

// Null until the job is done.
export const outcomeOf = (job) =>
  job.status === "done" && job.result ? OUTCOMES[job.kind](job) : null;

// {href, label}, or null: not every kind of job has a page that shows its result.
export function pageOf(job) {
  if (job.kind === "search")
    return { href: searchPath(job.id), label: text.openSearch };
  if (job.kind === "enroll" && job.person)
    return { href: personPath(job.person), label: text.openPerson };
  return null;
}
