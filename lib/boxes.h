#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"
#include "sniff_parts.h"

/*
 * The boxes that HEIF files are made of (ISO/IEC 14496-12, 23008-12): a length,
 * a type of four letters, and a body, which may be a list of boxes again.
 */
struct box {
    uint32_t type;
    struct reader body;
};

/* The type that is written with these letters. */
#define BOX_TYPE(a, b, c, d)                                                   \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 |          \
     (uint32_t)(d))

/* Cuts off the next box.  False at the list's end; a box that is longer than
 * the list marks the list as ended. */
bool box_next(struct reader *list, struct box *box);

/* Finds the first box of a type. */
bool box_find(struct reader list, uint32_t type, struct box *box);

/* Reads the version that a body begins with, and passes over its flags. */
uint32_t box_version(struct reader *body);

/* Cuts off the next item of an `iinf` whose head was read.  False at the end,
 * or, with the list marked as ended, at one that is damaged. */
struct box_item {
    uint32_t id;
    uint32_t type; /* of four letters, as boxes have */
};
bool box_next_item(struct reader *list, struct box_item *item);

/* Reads the head of an `iinf`. */
void box_open_items(struct reader *body);
