#pragma once

#include "problem.h"
#include "recognition.h"

/*
 * Which face of a photo is to be enrolled: the only one, or the one that the
 * job's box means; and whether it is large enough.
 */
enum { FACE_PIXELS_LEAST = 80 }; /* high */

struct face_choice {
    enum problem problem; /* PROBLEM_NONE: `face` is chosen */
    char detail[128];     /* "": the problem's own sentence will do */
    struct json *boxes;   /* of several faces; NULL: none */
    struct recognition_face face;
};

/* Fills a choice that is all zero.  `options` are the job's, perhaps with a
 * "box"; `height` is the photo's in pixels. */
void face_choice_make(struct face_choice *choice,
                      const struct recognition_faces *found,
                      const struct json *options, uint32_t height);
void face_choice_finish(struct face_choice *choice);
