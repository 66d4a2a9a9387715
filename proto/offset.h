#pragma once

#include <stdint.h>

#include "basics.h"

/*
 * A place in a part of the event log: "<epoch>-<ms>-<sequence>", and before it
 * "<part>." unless it is the first.  The epoch is the part's name, new when
 * Redis was emptied; the rest is the id in the stream.  Clients are not meant
 * to look further than the point.
 */
enum { EPOCH_BYTES = 24, OFFSET_BYTES = 76, PARTS_MAX = 128 };

struct offset {
    unsigned part;           /* 0 to PARTS_MAX - 1 */
    char epoch[EPOCH_BYTES]; /* letters and digits; "": no position */
    uint64_t ms;
    uint64_t sequence;
};

/* E_INVALID if the text is no offset. */
int offset_read(const char *text, struct offset *offset) MUST_CHECK;
void offset_write(const struct offset *offset, char text[static OFFSET_BYTES]);

/* Reads a stream id ("1700000000000-0") into ms and sequence; the rest stays.
 */
int offset_read_id(const char *id, struct offset *offset) MUST_CHECK;

/* Whether they lie in one part, and in one epoch of it. */
bool offset_is_same_log(const struct offset *one, const struct offset *other);

/* Whether `one` lies behind `other` in the same log. */
bool offset_is_after(const struct offset *one, const struct offset *other);
