#pragma once

#include "basics.h"
#include "face.h"
#include "member.h"
#include "recognizer.h"

/*
 * Which faces are good enough to be indexed or searched for.  Each filter is a
 * bar (docs/recognition.md has them); AUTO is the lowest one, under which a
 * vector says little about a person.
 */
enum quality_filter {
    QUALITY_NONE,
    QUALITY_AUTO,
    QUALITY_LOW,
    QUALITY_MEDIUM,
    QUALITY_HIGH,
};

extern const struct member_words quality_filter_words;

/* The row of an input's table. */
#define QUALITY_FILTER_ROW(type, field, usual)                                 \
    {                                                                          \
        .name = "QualityFilter", .kind = MEMBER_WORD,                          \
        .offset = offsetof(type, field), .words = &quality_filter_words,       \
        .fallback = (usual)                                                    \
    }

/* Why a face is not indexed or not searched with: bits, by the place of their
 * words. */
enum face_reason {
    REASON_EXCEEDS_MAX_FACES = 1,
    REASON_EXTREME_POSE = 2,
    REASON_LOW_BRIGHTNESS = 4,
    REASON_LOW_SHARPNESS = 8,
    REASON_LOW_CONFIDENCE = 16,
    REASON_SMALL_BOUNDING_BOX = 32,
    REASON_NOT_LARGEST = 64,
};

/* Their words. */
struct json *quality_filter_reasons_json(unsigned reasons) MUST_CHECK;

/* What keeps a face of a picture of that size under the filter's bar; 0:
 * nothing. */
unsigned quality_filter_reasons(enum quality_filter filter,
                                const struct face *face, uint32_t width,
                                uint32_t height);

/* The largest face of a photo that passes; NULL: none does. */
const struct face *
quality_filter_largest(enum quality_filter filter,
                       const struct recognition *recognition);
