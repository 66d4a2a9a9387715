// Keys that mean something on the whole page must not be taken from somebody who
// is typing, nor arrows from what moves by them.
const TYPED_INTO =
  "input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]";

export const isTyping = (target) => Boolean(target.matches?.(TYPED_INTO));

// Whether arrows that are pressed here may walk the faces: nowhere in particular,
// or in the result itself, but not on its slider.
export const mayWalk = (target) =>
  !target.matches?.("input") &&
  (target.matches?.("body, main") || Boolean(target.closest?.(".result")));

// Which way a key walks through a list: 1, -1, or 0 if it does not.
export function stepOf(key) {
  if (key === "ArrowDown" || key === "ArrowRight") return 1;
  if (key === "ArrowUp" || key === "ArrowLeft") return -1;
  return 0;
}
