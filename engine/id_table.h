#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"

/*
 * From face ids to rows: a hash table with open addressing.  All zero is empty.
 * Ids are UUIDs in text.
 */
struct id_table {
    struct id_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

enum { ID_TABLE_NONE = -1 };

void id_table_finish(struct id_table *table);

/* The id's row; ID_TABLE_NONE if it is not there. */
ptrdiff_t id_table_find(const struct id_table *table, const char *id);

/* Puts the id in, or gives it another row. */
void id_table_set(struct id_table *table, const char *id, size_t row);

/* Takes the id out; it must be there. */
void id_table_remove(struct id_table *table, const char *id);
