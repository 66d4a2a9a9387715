#pragma once

#include <stddef.h>

#include "offset.h"

/*
 * A client's position in the event log: the newest offset of each part that it
 * knows, as one text with commas between them.  In a log of one part it is that
 * part's offset.
 */
struct position;

/* One that knows no part yet; one user. */
struct position *position_create(void) MUST_CHECK;

/* E_INVALID, and NULL in `position`, if the text is none. */
int position_read(const char *text, struct position **position) MUST_CHECK;

/* The text, parts in order; "" where none is known.  To be freed. */
char *position_write(const struct position *position) MUST_CHECK;

/* One more user, and one less; the last frees it.  NULL is no position. */
struct position *position_ref(struct position *position);
void position_unref(struct position *position);

/* How many parts a log must have that this is a position in. */
size_t position_parts(const struct position *position);

/* The offset that it knows of a part; NULL: none. */
const struct offset *position_at(const struct position *position,
                                 unsigned part);

/* From now on this is what it knows of the offset's part. */
void position_set(struct position *position, const struct offset *offset);

/* Whether an offset is news to it: not known to be seen.  A part in another
 * epoch is news from its beginning. */
bool position_is_before(const struct position *position,
                        const struct offset *offset);
