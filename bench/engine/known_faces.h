#pragma once

#include "engine_stage.h"
#include "uuid.h"

/*
 * The faces that a photo is searched among: ten thousand in the collection
 * "people", the last of them of whom the photo shows.
 */
enum { KNOWN_FACES = 10000 };

struct known_faces {
    char ids[KNOWN_FACES][UUID_BYTES]; /* in the order of the file `vectors` */
};

/* Fills the stage's engine, which must run and is stopped, and writes the file
 * `vectors`, KNOWN_FACES times 256 floats.  `photo` is a JPEG; the face that
 * is kept comes from a smaller and coarser copy of it. */
void known_faces_make(struct known_faces *known, struct engine_stage *stage,
                      const struct buffer *photo);
