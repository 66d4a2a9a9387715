// Carries an unknown face over to the enrol page, cut out of its photo.
import { boxInCrop, cropAround } from "../basics/box.js";
import { announce } from "../parts/announcer.js";
import { handOver } from "../parts/handover.js";
import { cutOut } from "../parts/image_file.js";
import { goTo } from "../parts/navigation.js";
import { strings } from "../strings.js";
import { photoOf } from "./own_search.js";

// Enough hair and chin for a good vector, and few neighbours.
const MARGIN = 0.5;

export async function enrolFace(search, face) {
  try {
    const { file, crop, picture } = await cutOut(
      await photoOf(search),
      (whole) => cropAround(face.box, whole, MARGIN),
      `${search.id}.jpg`,
    );

    handOver({ file, box: boxInCrop(face.box, picture, crop) });
  } catch {
    // The photo is gone, or cannot be drawn: the page asks for one.
    announce(strings.photo.gone);
  }
  goTo("/enrol");
  scrollTo(0, 0);
}
