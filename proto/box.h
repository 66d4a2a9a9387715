#pragma once

#include "basics.h"
#include "json.h"
#include "picture.h"

/* A box as it goes over wires: {"left","top","width","height"}. */
struct json *box_json(const struct picture_area *box) MUST_CHECK;

/* Reads one; false if it is none. */
bool box_read(const struct json *value, struct picture_area *box);

/* How much two boxes have in common, of all that they cover: 0 to 1. */
double box_overlap(const struct picture_area *one,
                   const struct picture_area *other);
