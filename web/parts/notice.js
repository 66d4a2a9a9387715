// Says inline what happened, what is safe, and what to do.
import { Icon } from "./icon.js";
import { useEffect, useState, html } from "./preact.js";
import { NO_ANSWER } from "../api/problem.js";
import { live } from "../live/live.js";
import { strings } from "../strings.js";

export function Notice({ kind = "info", title, children, testid = "notice" }) {
  return html`
    <div
      class="notice"
      data-kind=${kind}
      data-testid=${testid}
      role=${kind === "error" ? "alert" : undefined}
    >
      ${kind === "error" && html`<${Icon} name="alert" />`}
      <div class="notice-text">
        <p class="notice-title">${title}</p>
        ${children}
      </div>
    </div>
  `;
}

function titleOf(problem) {
  if (problem.code === NO_ANSWER) return strings.problem.noAnswer;
  if (problem.status === 429 || problem.status === 503) return strings.problem.busy;
  return problem.status < 500 ? strings.problem.refused : strings.problem.failed;
}

const detailOf = (problem) =>
  problem.code === NO_ANSWER ? strings.problem.noAnswerDetail : problem.detail;

// Counts down what the server asked for in Retry-After, then calls `retry`.
function useCountdown(problem, retry) {
  const [left, setLeft] = useState(problem.retryAfter);

  useEffect(() => setLeft(problem.retryAfter), [problem]);
  useEffect(() => {
    if (left === null || !retry) return undefined;
    const timer = setTimeout(() => (left > 1 ? setLeft(left - 1) : retry()), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return left;
}

// What found no answer goes out again when the live connection is back.
function useRetryWhenBack(problem, retry) {
  useEffect(() => {
    if (problem.code !== NO_ANSWER || !retry) return undefined;
    return live.status.subscribe(({ state }) => state === "open" && retry());
  }, [problem]);
}

// A Problem with its way out.  `safe` says what was not lost.
export function ProblemNotice({ problem, title, safe, retry, children }) {
  const left = useCountdown(problem, retry);

  useRetryWhenBack(problem, retry);
  return html`
    <${Notice} kind="error" title=${title ?? titleOf(problem)} testid="problem">
      <p>${[detailOf(problem), safe].filter(Boolean).join(" ")}</p>
      ${
        left !== null &&
        retry &&
        html`<p>${strings.problem.retryIn(left)}</p>`
      }
      ${
        problem.code === NO_ANSWER &&
        retry &&
        html`<p>${strings.problem.retryWhenBack}</p>`
      }
      <div class="actions">
        ${
          retry &&
          html`
            <button class="button" data-testid="retry" onClick=${() => retry()}>
              ${strings.tryAgain}
            </button>
          `
        }
        ${children}
      </div>
    <//>
  `;
}

// What an empty page says, and what to do first.
export function EmptyState({ icon, title, detail, children }) {
  return html`
    <div class="empty" data-testid="empty">
      <${Icon} name=${icon} />
      <p class="empty-title">${title}</p>
      ${detail && html`<p class="soft">${detail}</p>`}
      <div class="actions">${children}</div>
    </div>
  `;
}
