// Sends an image, or several in one body, and tells how far it is: fetch cannot
// tell the progress of a body, so this is what XMLHttpRequest is still for.
import { noAnswer, problemOf } from "./problem.js";
import { addressOf, headersOf } from "./request.js";
import { wishForToken } from "./token.js";

const IMAGE_TYPES = ["image/jpeg", "image/png", "image/webp", "image/heic"];

// The server reads from the first bytes what the image is; the type only has to
// be one that it takes.
export function uploadType(file) {
  return IMAGE_TYPES.includes(file.type) ? file.type : "application/octet-stream";
}

// `key` makes sending again safe: the server does the same request once.
// `onProgress` gets the bytes that have left.
export function upload(path, { query, body, type, key, onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const exchange = new XMLHttpRequest();
    const headers = headersOf({ "Content-Type": type, "Idempotency-Key": key });

    exchange.open("POST", addressOf(path, query));
    for (const [name, value] of Object.entries(headers))
      exchange.setRequestHeader(name, value);
    exchange.upload.onprogress = (event) => onProgress?.(event.loaded);
    exchange.onload = () => {
      if (exchange.status === 401) wishForToken();
      if (exchange.status >= 200 && exchange.status < 300)
        resolve(JSON.parse(exchange.responseText));
      else
        reject(
          problemOf(
            exchange.status,
            exchange.responseText,
            exchange.getResponseHeader("Retry-After"),
          ),
        );
    };
    exchange.onerror = () => reject(noAnswer());
    exchange.onabort = () =>
      reject(new DOMException("The upload was stopped.", "AbortError"));
    signal?.addEventListener("abort", () => exchange.abort());
    exchange.send(body);
  });
}
