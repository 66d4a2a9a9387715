/*
 * row_time.c - how times of rows are written for others
 */
#include <string.h>

#include "row_time.h"
#include "xalloc.h"

/* The servers write "2026-11-21 08:54:00.123"; every session is in UTC. */
char *row_time(const struct row *row, size_t column)
{
    const char *text = row_text(row, column);
    const char *blank = text ? strchr(text, ' ') : NULL;

    if (!blank)
        return NULL;
    return xprintf("%.*sT%sZ", (int)(blank - text), text, blank + 1);
}
