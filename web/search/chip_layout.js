// Where the chips with the names go: above, below or inside their box, where they
// hide no other chip and no other face.  One that finds no place is drawn as a
// number until its face is looked at.
const GAP = 5;
const EDGE = 2;

// How far a chip may move from the middle of its box, in parts of its width.
const SHIFTS = [0, -0.2, 0.2, -0.4, 0.4];

// If no place leaves all boxes free, hiding hair and shoulders is allowed: this
// part of a box on each side.
const RIM = 0.25;

// Inside its box a chip may hide at most this part of the face.
const HIDDEN_MOST = 1 / 3;

// In a crowd where fewer find a place, names here and numbers there would only
// confuse: all get numbers.
const NAMED_LEAST = 2 / 3;

const meet = (one, other) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

const coreOf = ({ x, y, width, height }) => ({
  x: x + width * RIM,
  y: y + height * RIM,
  width: width * (1 - 2 * RIM),
  height: height * (1 - 2 * RIM),
});

const freeOf = (things) => (place) => !things.some((thing) => meet(thing, place));

const clamp = (value, least, most) => Math.max(least, Math.min(value, most));

function chipPlaces({ box, chipWidth }, stage, height) {
  const width = Math.min(chipWidth, stage.width - 2 * EDGE);
  const bottom = box.y + box.height;
  const levels = [box.y - height - GAP, bottom + GAP];

  if (height + GAP <= box.height * HIDDEN_MOST) levels.push(bottom - height - GAP);
  return SHIFTS.flatMap((shift) => {
    const middle = box.x + box.width / 2 + width * (shift - 0.5);
    const x = clamp(middle, EDGE, stage.width - width - EDGE);

    return levels
      .filter((y) => y >= EDGE && y + height <= stage.height - EDGE)
      .map((y) => ({ x, y, width, height }));
  });
}

// On the corners of the box, where a number can only mean this one.
function numberPlaces({ box }, stage, height) {
  const half = height / 2;

  return [box.x, box.x + box.width].flatMap((x) =>
    [box.y, box.y + box.height].map((y) => ({
      x: clamp(x - half, EDGE, stage.width - height - EDGE),
      y: clamp(y - half, EDGE, stage.height - height - EDGE),
      width: height,
      height,
    })),
  );
}

function placeChip(face, others, taken, stage, height) {
  const places = chipPlaces(face, stage, height).filter(freeOf(taken));

  return places.find(freeOf(others)) ?? places.find(freeOf(others.map(coreOf)));
}

function placeNumber(face, others, taken, stage, height) {
  const places = numberPlaces(face, stage, height);

  return places.find(freeOf([...taken, ...others.map(coreOf)])) ?? places[0];
}

function placeAll(faces, stage, height, isNumbered) {
  const taken = [];

  return faces.map((face, index) => {
    if (!face) return null;
    const others = faces
      .filter((other, place) => other && place !== index)
      .map(({ box }) => box);
    const chip = isNumbered ? null : placeChip(face, others, taken, stage, height);
    const place = chip ?? placeNumber(face, others, taken, stage, height);

    taken.push(place);
    return { x: place.x, y: place.y, isFull: Boolean(chip) };
  });
}

// `faces` are {box, chipWidth} in pixels of the stage, null where none landed;
// `height` is that of a chip.  Returns for each {x, y, isFull}; one that is not
// full shows its number.
export function layOutChips(faces, stage, height) {
  const places = placeAll(faces, stage, height, false).filter(Boolean);
  const full = places.filter(({ isFull }) => isFull);
  const isCrowd = full.length < places.length * NAMED_LEAST;

  return placeAll(faces, stage, height, isCrowd);
}
