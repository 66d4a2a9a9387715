// People, over HTTP: proto/http.md, "People".
import { boxText } from "../basics/box.js";
import { multipartOf, spanProgress } from "./multipart.js";
import { request } from "./request.js";
import { withToken } from "./token.js";
import { upload, uploadType } from "./upload.js";

export const PHOTOS_MOST = 20;

const pathOf = (id) => `/v1/people/${id}`;

export const personImage = (id) => withToken(`${pathOf(id)}/image`);

export const faceImage = (id, faceId) =>
  withToken(`${pathOf(id)}/faces/${faceId}/image`);

export const listPeople = (query, signal) =>
  request("GET", "/v1/people", { query, signal });

export const readPerson = (id, signal) => request("GET", pathOf(id), { signal });

export const changePerson = (id, changes) =>
  request("PATCH", pathOf(id), { json: changes });

export const erasePerson = (id) => request("DELETE", pathOf(id));

export const eraseFace = (id, faceId) =>
  request("DELETE", `${pathOf(id)}/faces/${faceId}`);

// The person and all photos in one request, because nothing is to be saved half.
// `onProgress` gets how far each photo is, 0 to 1, in their order.
export function enrolPerson(fields, photos, { key, onProgress }) {
  const { body, type, spans } = multipartOf(
    Object.entries(fields).filter(([, text]) => text),
    photos.map((blob) => ({ name: "image", blob })),
    // The key is random enough to occur in no photo.
    `facewire-${key}`,
  );

  return upload("/v1/people", {
    body,
    type,
    key,
    onProgress: (sent) => onProgress(spans.map((span) => spanProgress(span, sent))),
  });
}

// One more photo; `box` says which of several faces is meant.
export function addFace(id, file, { box, key, onProgress }) {
  return upload(`${pathOf(id)}/faces`, {
    query: { box: box && boxText(box) },
    body: file,
    type: uploadType(file),
    key,
    onProgress: (sent) => onProgress(file.size ? sent / file.size : 1),
  });
}
