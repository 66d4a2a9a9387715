// What can go wrong with a request, as one kind of error: a problem document of
// the server (RFC 9457), or a network that gave no answer at all.
export class Problem extends Error {
  constructor({ status = 0, code = "internal", title = "", detail, retryAfter }) {
    super(detail || title || code);
    this.status = status; // 0: no answer came
    this.code = code;
    this.detail = detail || title;
    this.retryAfter = retryAfter ?? null; // seconds
  }

  // It may well work when it is sent again unchanged.
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export const NO_ANSWER = "no_answer";

export function noAnswer() {
  return new Problem({ code: NO_ANSWER });
}

// `text` is the body of an answer that was not a 2xx, whatever it is: a proxy
// in between may answer in its own words.
export function problemOf(status, text, retryAfterHeader) {
  let document = {};

  try {
    document = JSON.parse(text) ?? {};
  } catch {
    // The status is all we know.
  }
  const seconds = Number.parseInt(retryAfterHeader ?? "", 10);

  return new Problem({
    status,
    code: document.code,
    title: document.title,
    detail: document.detail,
    retryAfter: Number.isNaN(seconds) ? null : seconds,
  });
}
