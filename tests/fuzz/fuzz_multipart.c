/*
 * fuzz_multipart.c - multipart bodies
 *
 * The first line is the Content-Type, the rest the body.  However the body is
 * cut on its way, the same parts come out of it.
 */
#include "buffer.h"
#include "fuzz.h"
#include "multipart.h"

enum { PARTS_MAX = 8, HEAD_BYTES_MAX = 512 };

static int on_part(void *owner, const struct multipart_part *part)
{
    MUST(part->name);
    buffer_printf(owner, "<%s|%s|%s>", part->name,
                  part->file_name ? part->file_name : "-",
                  part->content_type ? part->content_type : "-");
    return 0;
}

static int on_bytes(void *owner, const char *bytes, size_t len)
{
    buffer_add(owner, bytes, len);
    return 0;
}

static int on_part_end(void *owner)
{
    buffer_add_text(owner, "</>");
    return 0;
}

/* Reads the body in pieces of that size; the parts go to `parts`. */
static int read_body(const char *type, const struct rest *body, size_t size,
                     struct buffer *parts)
{
    static const struct multipart_limits limits = {PARTS_MAX, HEAD_BYTES_MAX};
    static const struct multipart_events events = {on_part, on_bytes,
                                                   on_part_end};
    struct multipart *multipart =
        multipart_create(type, &limits, &events, parts);
    int error = 0;

    if (!multipart)
        return 0;
    for (size_t at = 0; at < body->len && !error; at += size) {
        size_t left = body->len - at;
        size_t len = left < size ? left : size;
        char *piece = xmalloc(len); /* so that reading past it shows */

        memcpy(piece, body->bytes + at, len);
        error = multipart_read(multipart, piece, len);
        free(piece);
    }
    if (!error)
        error = multipart_end(multipart);
    MUST(!error || multipart_problem(multipart)[0]);
    multipart_destroy(multipart);
    return error;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const size_t sizes[] = {1, 2, 3, 7, 64};
    struct rest rest = {(const char *)bytes, len};
    char *type = rest_line(&rest);
    struct buffer whole = {0};
    int error = read_body(type, &rest, rest.len + 1, &whole);

    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct buffer cut = {0};
        int cut_error = read_body(type, &rest, sizes[i], &cut);

        MUST(error == cut_error);
        if (!error)
            MUST(whole.len == cut.len &&
                 (whole.len == 0 ||
                  memcmp(whole.bytes, cut.bytes, whole.len) == 0));
        buffer_finish(&cut);
    }
    buffer_finish(&whole);
    free(type);
    return 0;
}
