// Boxes are ratios of the upright picture.  A face that the picture's edge cuts
// may reach past 0 and 1.

// How the API takes a box in a query.
export function boxText({ left, top, width, height }) {
  return [left, top, width, height].map((ratio) => ratio.toFixed(6)).join(",");
}

// The part of the picture around a face, in pixels of the picture: the box with
// `margin` times its size on each side, kept inside the picture.
export function cropAround(box, picture, margin) {
  const side = (start, length, whole) => {
    const from = Math.max(0, Math.round((start - length * margin) * whole));
    const to = Math.min(whole, Math.round((start + length * (1 + margin)) * whole));
    return [from, Math.max(1, to - from)];
  };
  const [x, width] = side(box.left, box.width, picture.width);
  const [y, height] = side(box.top, box.height, picture.height);

  return { x, y, width, height };
}

// The square around a face, in pixels of the picture, with `margin` times the
// face's size in all; kept inside the picture, as far as that is large enough.
export function squareAround(box, picture, margin) {
  const face = Math.max(box.width * picture.width, box.height * picture.height);
  const side = Math.min(face * (1 + margin), picture.width, picture.height);
  const start = (from, length, whole) =>
    Math.max(0, Math.min(whole - side, (from + length / 2) * whole - side / 2));

  return {
    x: start(box.left, box.width, picture.width),
    y: start(box.top, box.height, picture.height),
    side,
  };
}

// Where a picture that covers a frame of another shape is to be held so that
// what `boxes` show is in the middle, as far as that goes: {x, y}, each 0 to 1,
// as CSS means them by object-position.  `frame` is width / height.
export function focusOf(boxes, picture, frame) {
  const shape = picture.width / picture.height;
  const hold = (starts, lengths, seen) => {
    if (seen >= 1) return 0.5;
    const ends = starts.map((start, index) => start + lengths[index]);
    const middle = (Math.min(...starts) + Math.max(...ends)) / 2;

    return Math.max(0, Math.min(1, (middle - seen / 2) / (1 - seen)));
  };

  return {
    x: hold(
      boxes.map(({ left }) => left),
      boxes.map(({ width }) => width),
      frame / shape,
    ),
    y: hold(
      boxes.map(({ top }) => top),
      boxes.map(({ height }) => height),
      shape / frame,
    ),
  };
}

// The same box, told in ratios of a crop instead of the picture.
export function boxInCrop(box, picture, crop) {
  return {
    left: (box.left * picture.width - crop.x) / crop.width,
    top: (box.top * picture.height - crop.y) / crop.height,
    width: (box.width * picture.width) / crop.width,
    height: (box.height * picture.height) / crop.height,
  };
}

// How much two boxes have in common: 0 apart, 1 the same.
export function overlapOf(one, other) {
  const shared = (startOne, lengthOne, startOther, lengthOther) =>
    Math.max(
      0,
      Math.min(startOne + lengthOne, startOther + lengthOther) -
        Math.max(startOne, startOther),
    );
  const both =
    shared(one.left, one.width, other.left, other.width) *
    shared(one.top, one.height, other.top, other.height);
  const all = one.width * one.height + other.width * other.height - both;

  return all > 0 ? both / all : 0;
}

// The index of the box that overlaps most with `wanted`; -1 if none does.
export function closestBox(boxes, wanted) {
  const overlaps = boxes.map((box) => overlapOf(box, wanted));
  const most = Math.max(0, ...overlaps);

  return most > 0 ? overlaps.indexOf(most) : -1;
}
