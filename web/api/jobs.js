// Jobs, over HTTP: proto/http.md, "Reading jobs".
import { THRESHOLD_LEAST } from "../basics/threshold.js";
import { request } from "./request.js";
import { withToken } from "./token.js";
import { upload, uploadType } from "./upload.js";

const MATCHES_SHOWN = 5;

export const jobPath = (id) => `/v1/jobs/${id}`;

// `size` is "original", "thumb" or "view": see the contract.
export const jobImage = (id, size) => withToken(`${jobPath(id)}/image?size=${size}`);

export const readJob = (id, options) => request("GET", jobPath(id), options);

export const listSearches = (query) =>
  request("GET", "/v1/jobs", { query: { kind: "search", ...query } });

export const replayJob = (id) => request("POST", `${jobPath(id)}/replay`);

// The least threshold is asked for, so that the slider has all it can show.
export function startSearch(file, { key, onProgress, signal }) {
  return upload("/v1/searches", {
    query: { threshold: THRESHOLD_LEAST, max_matches: MATCHES_SHOWN },
    body: file,
    type: uploadType(file),
    key,
    onProgress,
    signal,
  });
}
