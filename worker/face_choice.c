/*
 * face_choice.c - which face of a photo is to be enrolled
 */
#include <stdio.h>

#include "box.h"
#include "face_choice.h"

/* The face that the box overlaps most; NULL if none, or if there is no box. */
static const struct recognition_face *
choose_by_box(const struct recognition_faces *found, const struct json *options)
{
    const struct recognition_face *chosen = NULL;
    struct picture_area box;
    double best = 0;

    if (!box_read(json_get(options, "box"), &box))
        return NULL;
    for (size_t i = 0; i < found->count; i++) {
        double overlap = box_overlap(&box, &found->faces[i].box);

        if (overlap > best) {
            best = overlap;
            chosen = &found->faces[i];
        }
    }
    return chosen;
}

static void check_size(struct face_choice *choice, uint32_t height)
{
    double pixels = choice->face.box.height * height;

    if (pixels >= FACE_PIXELS_LEAST)
        return;
    choice->problem = PROBLEM_FACE_TOO_SMALL;
    snprintf(choice->detail, sizeof choice->detail,
             "The face is %d pixels high; it must be at least %d.", (int)pixels,
             FACE_PIXELS_LEAST);
}

static void refuse_several(struct face_choice *choice,
                           const struct recognition_faces *found)
{
    choice->problem = PROBLEM_SEVERAL_FACES;
    snprintf(choice->detail, sizeof choice->detail,
             "There are %zu faces: say which one is meant.", found->count);
    choice->boxes = json_array();
    for (size_t i = 0; i < found->count; i++)
        json_append(choice->boxes, box_json(&found->faces[i].box));
}

void face_choice_make(struct face_choice *choice,
                      const struct recognition_faces *found,
                      const struct json *options, uint32_t height)
{
    const struct recognition_face *chosen =
        found->count == 1 ? &found->faces[0] : choose_by_box(found, options);

    if (chosen) {
        choice->face = *chosen;
        choice->face.detail = NULL; /* it goes with the answer */
        check_size(choice, height);
    } else if (found->count == 0) {
        choice->problem = PROBLEM_NO_FACE;
    } else {
        refuse_several(choice, found);
    }
}

void face_choice_finish(struct face_choice *choice)
{
    json_destroy(choice->boxes);
    choice->boxes = NULL;
}
