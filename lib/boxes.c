/*
 * boxes.c - the boxes of HEIF files
 */
#include "boxes.h"

bool box_next(struct reader *list, struct box *box)
{
    uint64_t len, head = 8;

    if (list->len == 0 || list->ended)
        return false;
    len = reader_number(list, 4);
    box->type = reader_number(list, 4);
    if (len == 1) {
        len = (uint64_t)reader_number(list, 4) << 32;
        len |= reader_number(list, 4);
        head = 16;
    } else if (len == 0) {
        len = head + list->len; /* up to the list's end */
    }
    if (list->ended || len < head) {
        list->ended = true;
        return false;
    }
    box->body = reader_part(list, len - head);
    return !list->ended;
}

bool box_find(struct reader list, uint32_t type, struct box *box)
{
    while (box_next(&list, box))
        if (box->type == type)
            return true;
    return false;
}

uint32_t box_version(struct reader *body)
{
    uint32_t version = reader_number(body, 1);

    reader_skip(body, 3);
    return version;
}

void box_open_items(struct reader *body)
{
    uint32_t version = box_version(body);

    reader_skip(body, version == 0 ? 2 : 4); /* how many there are */
}

/* Entries before version 2 have no type, and are not allowed in HEIF. */
bool box_next_item(struct reader *list, struct box_item *item)
{
    struct box entry;
    uint32_t version;

    do {
        if (!box_next(list, &entry))
            return false;
        version = box_version(&entry.body);
    } while (entry.type != BOX_TYPE('i', 'n', 'f', 'e') || version < 2);
    item->id = reader_number(&entry.body, version == 2 ? 2 : 4);
    reader_skip(&entry.body, 2);
    item->type = reader_number(&entry.body, 4);
    if (entry.body.ended)
        list->ended = true;
    return !list->ended;
}
