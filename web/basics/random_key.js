// A new key for one request, so that sending it again does not do it twice.
// crypto.randomUUID would be shorter, but exists only on secure origins.
export function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));

  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
