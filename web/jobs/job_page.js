// One job: what came of it, and where its time went, while it goes.
import { jobImage, readJob, replayJob } from "../api/jobs.js";
import { Problem } from "../api/problem.js";
import { formatSeconds } from "../basics/format.js";
import { isEnded, watchJob } from "../live/job_watch.js";
import { live } from "../live/live.js";
import { announce } from "../parts/announcer.js";
import { useHeld, useTitle } from "../parts/hooks.js";
import { Icon } from "../parts/icon.js";
import { Moment } from "../parts/moment.js";
import { EmptyState, ProblemNotice } from "../parts/notice.js";
import { Portrait } from "../parts/portrait.js";
import { html, useEffect, useState } from "../parts/preact.js";
import { strings } from "../strings.js";
import { outcomeOf, pageOf } from "./outcome.js";
import { StageTable } from "./stage_table.js";

const text = strings.job;

const SKELETON_AFTER_MS = 150;

// Reads the job, and again with each of its events.
function useJob(id) {
  const [job, setJob] = useState(null);
  const [problem, setProblem] = useState(null);

  const reload = () =>
    readJob(id).then(
      ({ body, offset }) => {
        setProblem(null);
        setJob(body);
        return offset;
      },
      (refusal) => {
        setProblem(refusal);
        return null;
      },
    );

  useEffect(() => {
    let hasLeft = false;
    const topic = `job:${id}`;
    const watch = watchJob(id, setJob);

    reload().then((after) => {
      if (!hasLeft) live.subscribe(topic, { after, onEvent: reload, onGap: reload });
    });
    return () => {
      hasLeft = true;
      watch.stop();
      live.unsubscribe(topic);
    };
  }, [id]);
  return { job, problem, reload };
}

// Said once it is over, to whoever cannot see it.
function useSpokenEnd(job) {
  const [wasOpen, setWasOpen] = useState(false);

  useEffect(() => {
    if (!job) return;
    if (!isEnded(job)) setWasOpen(true);
    else if (wasOpen) announce(outcomeOf(job) ?? text.status[job.status]);
  }, [job?.status]);
}

const STATUS_ICONS = { done: "check", failed: "alert", dead: "alert" };

function Status({ status }) {
  return html`
    <span class="job-status" data-testid="job-status" data-status=${status}>
      ${
        STATUS_ICONS[status]
          ? html`<${Icon} name=${STATUS_ICONS[status]} />`
          : html`<span class="job-dot" aria-hidden="true"></span>`
      }
      ${text.status[status]}
    </span>
  `;
}

function Fact({ name, testid, isLong = false, children }) {
  return html`
    <div class=${isLong ? "is-long" : undefined}>
      <dt>${name}</dt>
      <dd data-testid=${testid}>${children}</dd>
    </div>
  `;
}

// From the whole request to the last event, or as far as it is known.
function wholeMs(job) {
  const at = (name) => job.stages?.find((stage) => stage.name === name)?.at_us;
  const end = at("published") ?? at("looked_up");

  return isEnded(job) && end !== undefined
    ? (end - (at("received") ?? 0)) / 1000
    : null;
}

function Facts({ job }) {
  const ms = wholeMs(job);

  return html`
    <dl class="job-facts">
      <${Fact} name=${text.created}><${Moment} time=${job.created} /><//>
      ${
        ms !== null &&
        html`<${Fact} name=${text.whole} testid="job-whole">${formatSeconds(ms)}<//>`
      }
      <${Fact} name=${text.attempts} testid="job-attempts">${job.attempts}<//>
      ${
        job.result?.engine &&
        html`<${Fact} name=${text.engine}>${job.result.engine}<//>`
      }
      ${
        job.trace &&
        html`
          <${Fact} name=${text.trace} testid="job-trace" isLong>
            <code>${job.trace}</code>
          <//>
        `
      }
    </dl>
  `;
}

function JobHead({ job }) {
  const page = pageOf(job);

  return html`
    <header class="job-head">
      ${
        job.image &&
        html`
          <${Portrait}
            key=${job.status}
            isLarge
            name=${text.kinds[job.kind]}
            src=${jobImage(job.id, "thumb")}
          />
        `
      }
      <div class="job-head-text">
        <div class="job-title">
          <h1>${text.kinds[job.kind]}</h1>
          <${Status} status=${job.status} />
        </div>
        <p class="job-outcome">
          <span data-testid="job-outcome">${outcomeOf(job) ?? text.waiting[job.status]}</span>
          ${
            page &&
            html`${" "}<a class="tall-link" data-testid="job-result" href=${page.href}>${page.label}</a>`
          }
        </p>
        <${Facts} job=${job} />
      </div>
    </header>
  `;
}

function FailedJob({ job, onReplayed }) {
  const [refusal, setRefusal] = useState(null);
  const replay = () => replayJob(job.id).then(onReplayed, setRefusal);
  const problem = refusal ?? new Problem({ ...job.error, status: 500 });

  return html`
    <${ProblemNotice}
      problem=${problem}
      title=${refusal ? null : text.failure[job.status]}
      safe=${job.image && strings.search.failedSafe}
    >
      <button class="button" data-testid="retry" onClick=${replay}>${text.again[job.status]}</button>
    <//>
  `;
}

function JobSkeleton() {
  return html`
    <div class="job-head" aria-hidden="true">
      <span class="portrait skeleton" data-size="large"></span>
      <div class="job-head-text">
        <span class="skeleton line"></span>
        <span class="skeleton line is-short"></span>
      </div>
    </div>
  `;
}

export function JobPage({ id }) {
  const { job, problem, reload } = useJob(id);
  const isSlow = useHeld(!job && !problem, SKELETON_AFTER_MS);
  const isLost = job?.status === "failed" || job?.status === "dead";

  useTitle(job ? text.kinds[job.kind] : text.title);
  useSpokenEnd(job);
  if (problem?.status === 404)
    return html`
      <${EmptyState} icon="search" title=${text.missing} detail=${text.missingDetail} />
    `;
  if (!job)
    return html`
      ${
        problem &&
        html`<${ProblemNotice} problem=${problem} title=${text.loadFailed} retry=${reload} />`
      }
      ${isSlow && html`<${JobSkeleton} />`}
    `;
  return html`
    <${JobHead} job=${job} />
    ${isLost && html`<${FailedJob} job=${job} onReplayed=${reload} />`}
    <section class="section" aria-label=${text.stagesTitle}>
      <h2>${text.stagesTitle}</h2>
      <${StageTable} job=${job} />
    </section>
  `;
}
