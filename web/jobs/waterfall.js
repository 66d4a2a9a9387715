// Where the time of a job went, as rows that can be drawn.
const STAGES = [
  "received",
  "stored",
  "inserted",
  "queued",
  "taken",
  "recognized",
  "looked_up",
  "committed",
  "published",
  "delivered",
];

const TICKS_MOST = 5;

// What a job that is not over does now: it waits, or its photo is looked at.  The
// worker tells its part when it is done.
const UNDER_WAY = { queued: "taken", running: "recognized" };

// {rows, totalUs}: a row for each stage, `startUs` and `tookUs` null where it was
// not seen.  Until the first is known there are no rows.
export function waterfallOf(job) {
  const known = new Map((job.stages ?? []).map((stage) => [stage.name, stage]));
  const totalUs = Math.max(0, ...(job.stages ?? []).map((stage) => stage.at_us));
  const longest = Math.max(0, ...(job.stages ?? []).map((stage) => stage.took_us));

  if (known.size === 0) return { rows: [], totalUs };
  return {
    totalUs,
    rows: STAGES.map((name) => {
      const stage = known.get(name);

      return {
        name,
        startUs: stage ? stage.at_us - stage.took_us : null,
        tookUs: stage?.took_us ?? null,
        atUs: stage?.at_us ?? null,
        isUnderWay: !stage && UNDER_WAY[job.status] === name,
        isLongest: stage !== undefined && stage.took_us === longest,
      };
    }),
  };
}

// Marks of the scale, at round numbers: 0, 50, 100 … and none at the very end,
// where its label would stick out.
export function ticksOf(totalUs) {
  if (totalUs <= 0) return [];
  const least = totalUs / TICKS_MOST;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= least) * power;
  const ticks = [];

  for (let us = 0; us <= totalUs * 0.94; us += step) ticks.push(us);
  return ticks;
}
