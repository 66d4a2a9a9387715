#pragma once

#include "face.h"
#include "gallery.h"
#include "json.h"
#include "record.h"

/* How faces are told: the structures Face, FaceDetail and ComparedFace. */

struct json *face_box_json(const struct box *box) MUST_CHECK;

/* Of a stored face.  `model_version` is its collection's. */
struct json *face_record_json(const struct record *record,
                              const char *model_version) MUST_CHECK;

/* Of a face in a picture: what is told of it by default.  A compared face has
 * the same members. */
struct json *face_detail_json(const struct face *face) MUST_CHECK;

/* The same, with the attributes that were asked for and measured. */
struct json *face_detail_json_with(const struct face *face,
                                   unsigned asked) MUST_CHECK;

/* FaceMatches of a search. */
struct json *face_matches_json(const struct matches *matches,
                               size_t vector_length,
                               const char *model_version) MUST_CHECK;
