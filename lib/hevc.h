#pragma once

#include <stdint.h>

#include "basics.h"
#include "sniff_parts.h"

/* What an HEVC stream says of itself (ITU-T H.265), in units ("NAL"). */
enum hevc_unit {
    HEVC_SLICES_END = 32, /* units below it are parts of pictures */
    HEVC_SEQUENCE = 33,   /* the sequence's parameters */
};

/* The type of a unit, 0 to 63; an empty one has 63. */
unsigned hevc_unit_type(struct reader unit);

/* Whether a part of a picture is the first one of its picture. */
bool hevc_begins_picture(struct reader unit);

/* How many pixels the pictures of a sequence have; 0 if the unit is damaged. */
uint64_t hevc_pixels(struct reader unit);
