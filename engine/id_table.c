/*
 * id_table.c - from face ids to rows
 *
 * A key that finds its slot taken lies in the next free one, so a search ends
 * at the first free slot.  Removing closes the gap by moving back those behind
 * it that would no longer be found.
 */
#include <stdlib.h>
#include <string.h>

#include "id_table.h"
#include "xalloc.h"

/* An id's 128 bits. */
struct key {
    uint64_t high, low;
};

struct id_slot {
    struct key key;
    size_t row_after; /* the row plus one; 0: free */
};

static struct key read_key(const char *id)
{
    struct key key = {0, 0};

    for (; *id; id++) {
        unsigned digit = (unsigned char)*id;

        if (digit == '-')
            continue;
        digit = digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
        key.high = key.high << 4 | key.low >> 60;
        key.low = key.low << 4 | (digit & 15);
    }
    return key;
}

/* Where the key belongs.  Its low half is random in the ids we make; the
 * multiplication spreads those that others have made. */
static size_t home(const struct id_table *table, struct key key)
{
    uint64_t hash = (key.low ^ key.high) * UINT64_C(0x9e3779b97f4a7c15);

    return (size_t)(hash >> 32) & (table->capacity - 1);
}

static size_t next(const struct id_table *table, size_t slot)
{
    return (slot + 1) & (table->capacity - 1);
}

/* The key's slot, or the free one where it would go. */
static size_t seek(const struct id_table *table, struct key key)
{
    size_t slot = home(table, key);

    while (table->slots[slot].row_after &&
           (table->slots[slot].key.low != key.low ||
            table->slots[slot].key.high != key.high))
        slot = next(table, slot);
    return slot;
}

void id_table_finish(struct id_table *table)
{
    free(table->slots);
    *table = (struct id_table){0};
}

ptrdiff_t id_table_find(const struct id_table *table, const char *id)
{
    if (table->count == 0)
        return ID_TABLE_NONE;
    return (ptrdiff_t)table->slots[seek(table, read_key(id))].row_after - 1;
}

static void grow(struct id_table *table)
{
    struct id_table larger = {.count = table->count};

    larger.capacity = table->capacity ? table->capacity * 2 : 16;
    larger.slots = xcalloc(larger.capacity, sizeof *larger.slots);
    for (size_t i = 0; i < table->capacity; i++)
        if (table->slots[i].row_after)
            larger.slots[seek(&larger, table->slots[i].key)] = table->slots[i];
    free(table->slots);
    *table = larger;
}

void id_table_set(struct id_table *table, const char *id, size_t row)
{
    struct key key = read_key(id);
    struct id_slot *slot;

    /* Half full is full: longer chains cost more than the memory. */
    if (2 * (table->count + 1) > table->capacity)
        grow(table);
    slot = &table->slots[seek(table, key)];
    table->count += slot->row_after == 0;
    *slot = (struct id_slot){key, row + 1};
}

void id_table_remove(struct id_table *table, const char *id)
{
    size_t gap = seek(table, read_key(id));
    size_t slot = next(table, gap);

    assert(table->slots[gap].row_after);
    for (; table->slots[slot].row_after; slot = next(table, slot)) {
        size_t away = (slot - home(table, table->slots[slot].key)) &
                      (table->capacity - 1);

        /* It stays if its home lies behind the gap. */
        if (away >= ((slot - gap) & (table->capacity - 1))) {
            table->slots[gap] = table->slots[slot];
            gap = slot;
        }
    }
    table->slots[gap] = (struct id_slot){0};
    table->count--;
}
