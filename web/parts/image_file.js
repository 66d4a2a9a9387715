// Photos as files: what they measure, and parts cut out of them.

// Resolves to {width, height} of the upright picture, or null if this browser
// cannot show it (HEIC in most of them).
export function measureImage(url) {
  return new Promise((resolve) => {
    const image = new Image();

    image.onload = () =>
      resolve({ width: image.naturalWidth, height: image.naturalHeight });
    image.onerror = () => resolve(null);
    image.src = url;
  });
}

const JPEG_QUALITY = 0.92;

function canvasFile(canvas, name) {
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) =>
        blob
          ? resolve(new File([blob], name, { type: "image/jpeg" }))
          : reject(new Error("the picture could not be drawn")),
      "image/jpeg",
      JPEG_QUALITY,
    );
  });
}

// `source` is anything that can be drawn, a video frame for instance.
export function drawFile(source, width, height, name) {
  const canvas = Object.assign(document.createElement("canvas"), {
    width,
    height,
  });

  canvas.getContext("2d").drawImage(source, 0, 0, width, height);
  return canvasFile(canvas, name);
}

// `cropOf` is asked for {x, y, width, height} once the picture's size is known.
// Resolves to {file, crop, picture}.
export async function cutOut(blob, cropOf, name) {
  const bitmap = await createImageBitmap(blob);
  const picture = { width: bitmap.width, height: bitmap.height };
  const crop = cropOf(picture);
  const canvas = Object.assign(document.createElement("canvas"), {
    width: crop.width,
    height: crop.height,
  });

  canvas
    .getContext("2d")
    .drawImage(
      bitmap,
      crop.x,
      crop.y,
      crop.width,
      crop.height,
      0,
      0,
      crop.width,
      crop.height,
    );
  bitmap.close();
  return { file: await canvasFile(canvas, name), crop, picture };
}
