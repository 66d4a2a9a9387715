// The stages of a job as a waterfall.  It is a table, so that it can be heard row
// by row; the bars only show what the numbers say.
import { formatDuration } from "../basics/format.js";
import { isEnded } from "../live/job_watch.js";
import { html } from "../parts/preact.js";
import { strings } from "../strings.js";
import { ticksOf, waterfallOf } from "./waterfall.js";

const text = strings.job;

function Scale({ totalUs, hasLabels }) {
  return ticksOf(totalUs).map(
    (us) => html`
      <span key=${us} class="tick" style=${{ left: `${(us / totalUs) * 100}%` }}>
        ${hasLabels && (us === 0 ? "0" : formatDuration(us))}
      </span>
    `,
  );
}

function Bar({ row, totalUs }) {
  if (row.tookUs === null) return null;
  return html`
    <span
      class="bar-of-stage"
      data-kind=${row.name === "taken" ? "waiting" : "work"}
      style=${{
        left: `${(row.startUs / totalUs) * 100}%`,
        width: `${(row.tookUs / totalUs) * 100}%`,
      }}
    ></span>
  `;
}

const numberOf = (us, isUnderWay) =>
  us === null ? (isUnderWay ? text.underWay : "–") : formatDuration(us);

function Row({ row, totalUs }) {
  const { name, what } = text.stages[row.name];

  return html`
    <tr
      data-testid="stage"
      data-stage=${row.name}
      data-known=${row.tookUs !== null}
      data-longest=${row.isLongest}
    >
      <th scope="row">
        ${name}
        <span class="stage-what soft">${what}</span>
      </th>
      <td class="course">
        <span class="course-ground" aria-hidden="true">
          <${Scale} totalUs=${totalUs} />
          <${Bar} row=${row} totalUs=${totalUs} />
        </span>
      </td>
      <td class="took">${numberOf(row.tookUs, row.isUnderWay)}</td>
      <td class="at soft">${numberOf(row.atUs, false)}</td>
    </tr>
  `;
}

export function StageTable({ job }) {
  const { rows, totalUs } = waterfallOf(job);

  if (rows.length === 0)
    return html`<p class="soft" data-testid="no-stages">${text.noStages}</p>`;
  return html`
    <table class="waterfall" data-testid="waterfall">
      <caption class="only-heard">${text.caption(formatDuration(totalUs))}</caption>
      <thead>
        <tr>
          <th scope="col">${text.stage}</th>
          <td class="course">
            <span class="course-ground" aria-hidden="true">
              <${Scale} totalUs=${totalUs} hasLabels />
            </span>
          </td>
          <th scope="col" class="took">${text.took}</th>
          <th scope="col" class="at">${text.at}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) => html`<${Row} key=${row.name} row=${row} totalUs=${totalUs} />`,
        )}
      </tbody>
    </table>
    ${isEnded(job) && rows.some((row) => row.tookUs === null) && html`<p class="hint">${text.unseen}</p>`}
  `;
}
