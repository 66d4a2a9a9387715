#pragma once

#include "call.h"
#include "recognizer.h"

/*
 * A picture that an operation is given: the member Image, SourceImage or
 * TargetImage of its input.
 */
struct image {
    struct blob bytes;
    struct {
        const char *bucket;
        const char *name;
        const char *version;
    } s3;

    /* While it is fetched. */
    struct call *call;
    struct recognition *recognition;
};

enum { IMAGE_MEMBERS = 2 };
extern const struct member image_members[IMAGE_MEMBERS];

/* The row of an input's table. */
#define IMAGE_ROW(wire_name, type, field)                                      \
    {                                                                          \
        .name = (wire_name), .kind = MEMBER_STRUCTURE,                         \
        .offset = offsetof(type, field), .is_required = true,                  \
        .members = image_members, .member_count = IMAGE_MEMBERS                \
    }

/*
 * Whether the image is exactly one, and then, as far as it is known before an
 * object is fetched, whether that one can be had and is a JPEG or PNG, not too
 * small.  False: the call was refused.
 */
bool image_keeps_rule(struct call *call, const struct image *image) MUST_CHECK;
bool image_can_be_had(struct call *call, const struct image *image) MUST_CHECK;

/* What an error of the recognizer is to the one who asked. */
enum exception image_exception(int error);

/* Gives the image, fetched first if it is an object, to the recognizer, with
 * `recognition` as the caller has set it up.  Where that goes wrong, now or
 * later, the call is refused, and the recognition is never done. */
void image_submit(struct call *call, struct image *image,
                  struct recognition *recognition);
