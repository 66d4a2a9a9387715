// What one page gives the next to begin with, once: a name that was searched in
// vain, or a face cut out of a photo with its box in it.
let handed = null;

export function handOver(things) {
  handed = things;
}

export function takeOver() {
  const things = handed;

  handed = null;
  return things;
}
