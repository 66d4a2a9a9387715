/*
 * position.c - a client's position in the event log
 *
 * Offsets stand at the index of their part; an epoch of "" means that nothing
 * is known of it.
 */
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "errors.h"
#include "position.h"
#include "xalloc.h"

struct position {
    size_t users;
    size_t parts; /* room, and one more than the highest part that is known */
    struct offset *offsets;
};

struct position *position_create(void)
{
    struct position *position = xcalloc(1, sizeof *position);

    position->users = 1;
    return position;
}

struct position *position_ref(struct position *position)
{
    if (position)
        position->users++;
    return position;
}

void position_unref(struct position *position)
{
    if (!position || --position->users > 0)
        return;
    free(position->offsets);
    free(position);
}

size_t position_parts(const struct position *position)
{
    return position->parts;
}

const struct offset *position_at(const struct position *position, unsigned part)
{
    if (part >= position->parts || !position->offsets[part].epoch[0])
        return NULL;
    return &position->offsets[part];
}

void position_set(struct position *position, const struct offset *offset)
{
    assert(offset->part < PARTS_MAX && offset->epoch[0]);
    if (offset->part >= position->parts) {
        size_t parts = offset->part + 1;
        struct offset *offsets = xcalloc(parts, sizeof *offsets);

        if (position->parts)
            memcpy(offsets, position->offsets,
                   position->parts * sizeof *offsets);
        free(position->offsets);
        position->offsets = offsets;
        position->parts = parts;
    }
    position->offsets[offset->part] = *offset;
}

bool position_is_before(const struct position *position,
                        const struct offset *offset)
{
    const struct offset *known = position_at(position, offset->part);

    return !known || !offset_is_same_log(known, offset) ||
           offset_is_after(offset, known);
}

/* Reads one offset of the text, which no comma is left in. */
static int read_one(struct position *position, const char *text)
{
    struct offset offset;
    int error = offset_read(text, &offset);

    if (error)
        return error;
    if (position_at(position, offset.part))
        return E_INVALID;
    position_set(position, &offset);
    return 0;
}

int position_read(const char *text, struct position **position)
{
    char one[OFFSET_BYTES];
    int error;

    *position = position_create();
    do {
        size_t len = strcspn(text, ",");

        error = len < sizeof one ? 0 : E_INVALID;
        if (error)
            break;
        memcpy(one, text, len);
        one[len] = '\0';
        error = read_one(*position, one);
        text += len;
    } while (error == 0 && *text++ == ',');
    if (error) {
        position_unref(*position);
        *position = NULL;
    }
    return error;
}

char *position_write(const struct position *position)
{
    struct buffer text = {0};
    char one[OFFSET_BYTES];

    for (unsigned part = 0; part < position->parts; part++) {
        if (!position_at(position, part))
            continue;
        offset_write(&position->offsets[part], one);
        buffer_printf(&text, text.len ? ",%s" : "%s", one);
    }
    return buffer_take(&text);
}
