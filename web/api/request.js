// Asks the server for JSON.  Resolves to {body, offset}, where offset is the
// place in the event log up to which the answer is complete; rejects with a
// Problem, or with an AbortError where the asker lost interest.
import { noAnswer, problemOf } from "./problem.js";
import { noteLetIn, token, wishForToken } from "./token.js";

export function addressOf(path, query = {}) {
  const given = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );

  return given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
}

export function headersOf(more = {}) {
  const text = token.get();

  return text ? { ...more, Authorization: `Bearer ${text}` } : more;
}

export async function request(method, path, { query, json, signal } = {}) {
  let response;
  let text;

  try {
    response = await fetch(addressOf(path, query), {
      method,
      signal,
      headers: headersOf(json ? { "Content-Type": "application/json" } : {}),
      body: json ? JSON.stringify(json) : undefined,
    });
    text = await response.text();
  } catch (error) {
    throw error.name === "AbortError" ? error : noAnswer();
  }
  if (response.status === 401) wishForToken();
  if (!response.ok)
    throw problemOf(response.status, text, response.headers.get("Retry-After"));
  noteLetIn();
  return {
    body: text ? JSON.parse(text) : null,
    offset: response.headers.get("Facewire-Offset"),
  };
}
