/*
 * frame.c - bytes as they go on the wire, shared by everyone they are sent to
 */
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "xalloc.h"

enum {
    FINAL_TEXT = 0x81,
    LEN_16 = 126, /* the length follows in two bytes */
    LEN_64 = 127, /* the length follows in eight */
};

static struct frame *make(size_t len)
{
    struct frame *frame = xmalloc(sizeof *frame + len);

    *frame = (struct frame){.references = 1, .len = len};
    return frame;
}

/* The head of a server's frame: no mask.  Returns its length. */
static size_t write_head(char head[static 10], size_t len)
{
    size_t size = len < LEN_16 ? 0 : len <= UINT16_MAX ? 2 : 8;

    head[0] = (char)FINAL_TEXT;
    head[1] = (char)(size == 0 ? len : size == 2 ? LEN_16 : LEN_64);
    for (size_t i = 0; i < size; i++)
        head[2 + i] = (char)((uint64_t)len >> (8 * (size - 1 - i)));
    return 2 + size;
}

struct frame *frame_text(const char *text, size_t len)
{
    char head[10];
    size_t head_len = write_head(head, len);
    struct frame *frame = make(head_len + len);

    memcpy(frame->bytes, head, head_len);
    memcpy(frame->bytes + head_len, text, len);
    return frame;
}

struct frame *frame_raw(const void *bytes, size_t len)
{
    struct frame *frame = make(len);

    memcpy(frame->bytes, bytes, len);
    return frame;
}

struct frame *frame_ref(struct frame *frame)
{
    frame->references++;
    return frame;
}

void frame_unref(struct frame *frame)
{
    if (frame && --frame->references == 0)
        free(frame);
}
