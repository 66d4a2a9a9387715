#pragma once

#include "basics.h"
#include "json.h"
#include "recognition.h"

/*
 * Readers of what several answers have, for recognition_answer.c alone.  Each
 * gives 0, or E_PROTOCOL if the value is missing or not what it should be.
 */

/* A member from 0 to 100. */
int recognition_read_percent(const struct json *object, const char *name,
                             double *percent) MUST_CHECK;
int recognition_read_box(const struct json *value,
                         struct picture_area *box) MUST_CHECK;
int recognition_read_face_id(const struct json *value,
                             char face_id[static UUID_BYTES]) MUST_CHECK;

/* A member that is a text or missing (NULL). */
int recognition_read_text(const struct json *object, const char *name,
                          const char **text) MUST_CHECK;

/* Whether it is an array of at most that many elements. */
bool recognition_is_list(const struct json *list, size_t most);

/* A member that is such an array or missing (NULL). */
int recognition_read_list(const struct json *object, const char *name,
                          size_t most, const struct json **list) MUST_CHECK;

/* The first of a list of reasons; NULL if there is none. */
int recognition_read_reason(const struct json *reasons,
                            const char **reason) MUST_CHECK;

/* A FaceDetail, into a struct that is all zero. */
int recognition_read_face(const struct json *detail,
                          struct recognition_face *face) MUST_CHECK;
