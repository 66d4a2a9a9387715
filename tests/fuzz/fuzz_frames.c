/*
 * fuzz_frames.c - what a client sends on a WebSocket
 *
 * However it is cut on its way, the same is read from it.
 */
#include "frame_reader.h"
#include "fuzz.h"
#include "utf8.h"

enum { TEXT_BYTES = 300, BINARY_BYTES = 70000 };

static void on_message(void *owner, const char *bytes, size_t len,
                       bool is_binary)
{
    MUST(len <= (is_binary ? BINARY_BYTES : TEXT_BYTES));
    MUST(is_binary || utf8_is_valid(bytes, len));
    MUST(bytes[len] == '\0');
    buffer_printf(owner, is_binary ? "<binary " : "<text ");
    buffer_add(owner, bytes, len);
}

static void on_ping(void *owner, const char *bytes, size_t len)
{
    MUST(len <= FRAME_CONTROL_BYTES_MAX);
    buffer_add_text(owner, "<ping ");
    buffer_add(owner, bytes, len);
}

static void on_pong(void *owner)
{
    buffer_add_text(owner, "<pong ");
}

static void on_close(void *owner, uint16_t code)
{
    MUST(code >= 1000 && code < 5000);
    buffer_printf(owner, "<close %u", code);
}

/* Reads the bytes in pieces of that size; what is read goes to `heard`. */
static void read_bytes(const char *bytes, size_t len, size_t size,
                       struct buffer *heard)
{
    static const struct frame_events events = {on_message, on_ping, on_pong,
                                               on_close};
    struct frame_reader reader = {.text_bytes = TEXT_BYTES,
                                  .binary_bytes = BINARY_BYTES};
    uint16_t code = 0;

    for (size_t at = 0; at < len && !code; at += size) {
        size_t piece_len = len - at < size ? len - at : size;
        char *piece = xmalloc(piece_len); /* so that reading past it shows */
        const char *problem;

        memcpy(piece, bytes + at, piece_len);
        code = frame_reader_read(&reader, &events, heard, piece, piece_len,
                                 &problem);
        MUST(!code == !problem);
        free(piece);
    }
    buffer_printf(heard, "<end %u", code);
    frame_reader_finish(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const size_t sizes[] = {1, 2, 5, 64};
    struct buffer whole = {0};

    read_bytes((const char *)bytes, len, len + 1, &whole);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct buffer cut = {0};

        read_bytes((const char *)bytes, len, sizes[i], &cut);
        MUST(whole.len == cut.len &&
             memcmp(whole.bytes, cut.bytes, whole.len) == 0);
        buffer_finish(&cut);
    }
    buffer_finish(&whole);
    return 0;
}
