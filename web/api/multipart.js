// A multipart body of our own making.  A browser's FormData draws a new boundary
// each time, but a request that is sent again under the same Idempotency-Key
// must have the same bytes; and our own knows where each file begins, which
// tells the progress of each.

const quote = (text) => text.replace(/[\r\n"]/g, " ");

// `fields` is a list of [name, text]; `files` of {name, blob}.  Returns {body,
// type, spans}: the Blob, its content type, and for each file {start, end} in it.
export function multipartOf(fields, files, boundary) {
  const encoder = new TextEncoder();
  const parts = [];
  const spans = [];
  let length = 0;

  const add = (part) => {
    const bytes = typeof part === "string" ? encoder.encode(part) : part;
    parts.push(bytes);
    length += bytes.size ?? bytes.byteLength;
  };
  const head = (name, more = "") =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${quote(name)}"${more}\r\n`;

  for (const [name, text] of fields) add(`${head(name)}\r\n${text}\r\n`);
  files.forEach(({ name, blob }, index) => {
    // The name that the file has at home is nobody's business.
    add(head(name, `; filename="photo-${index + 1}"`));
    add("Content-Type: application/octet-stream\r\n\r\n");
    const start = length;
    add(blob);
    spans.push({ start, end: length });
    add("\r\n");
  });
  add(`--${boundary}--\r\n`);
  return {
    body: new Blob(parts),
    type: `multipart/form-data; boundary=${boundary}`,
    spans,
  };
}

// How far a file is when `sent` bytes of the body have left: 0 to 1.
export function spanProgress({ start, end }, sent) {
  if (end === start) return sent >= end ? 1 : 0;
  return Math.max(0, Math.min(1, (sent - start) / (end - start)));
}
