// How large a photo is drawn: its own shape, at most as high as its surroundings
// say (--stage-height), and never blown up to mush.
const USUAL_SHAPE = { width: 3, height: 2 };
const BLOWN_UP_MOST = 2;

export function photoShape(image) {
  const { width, height } = image ?? USUAL_SHAPE;
  const most = image ? `${width * BLOWN_UP_MOST}px` : "100%";

  return {
    aspectRatio: `${width} / ${height}`,
    width: `min(100%, ${most}, calc(var(--stage-height) * ${width / height}))`,
  };
}

// Where a box is on a photo of any size.
export function boxPlace({ left, top, width, height }) {
  const percent = (ratio) => `${ratio * 100}%`;

  return {
    left: percent(left),
    top: percent(top),
    width: percent(width),
    height: percent(height),
  };
}
