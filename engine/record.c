/*
 * record.c - what is kept of an indexed face
 */
#include <stdlib.h>

#include "record.h"
#include "xalloc.h"

struct record record_copy(const struct record *record)
{
    struct record copy = *record;

    copy.external_id = xstrdup(record->external_id);
    copy.user_id = xstrdup(record->user_id);
    return copy;
}

void record_finish(struct record *record)
{
    free((char *)record->external_id);
    free((char *)record->user_id);
    *record = (struct record){0};
}
