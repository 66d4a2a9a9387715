/*
 * conversation.c - what a client says, and what it hears until the end
 */
#include <errno.h>
#include <fnmatch.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "conversation.h"
#include "json.h"
#include "raw_client.h"
#include "unit.h"
#include "utf8.h"

enum {
    SILENCE_MS = 10000,   /* that a server may take for anything */
    SHORT_BYTES = 512,    /* a conversation that is also sent byte by byte */
    PAUSE_NS = 50 * 1000, /* so that each byte is a segment of its own */
    CLOSE_OPCODE = 8,
    RUN_LEAST = 5, /* equal bytes that are written as one and their number */
};

/* ---- saying ---- */

static void add_frame(struct buffer *out, const struct piece *piece)
{
    static const unsigned char mask[4] = {0xa1, 0x5e, 0x07, 0xfc};
    size_t len = piece->filled > piece->len ? piece->filled : piece->len;
    size_t length_bytes = len < 126 ? 0 : len <= UINT16_MAX ? 2 : 8;

    buffer_add_byte(out, (char)piece->first);
    buffer_add_byte(out, (char)(0x80 | (length_bytes == 0   ? len
                                        : length_bytes == 2 ? 126
                                                            : 127)));
    for (size_t i = length_bytes; i-- > 0;)
        buffer_add_byte(out, (char)((uint64_t)len >> (8 * i)));
    buffer_add(out, mask, sizeof mask);
    for (size_t i = 0; i < len; i++) {
        char byte = ' ';

        if (i < piece->len)
            byte = piece->bytes[i];
        buffer_add_byte(out, (char)(byte ^ mask[i % 4]));
    }
}

/* All that the client says; whether it says goodbye itself. */
static bool write_pieces(const struct piece *pieces, struct buffer *out)
{
    bool has_closed = false;

    for (size_t i = 0; i < PIECES_MAX && pieces[i].kind; i++) {
        if (pieces[i].kind == PIECE_FRAME)
            add_frame(out, &pieces[i]);
        else
            buffer_add(out, pieces[i].bytes, pieces[i].len);
        has_closed |= pieces[i].first == CLOSE;
    }
    return has_closed;
}

bool send_slowly(int fd, const char *bytes, size_t len)
{
    static const struct timespec pause = {0, PAUSE_NS};

    for (size_t i = 0; i < len; i++) {
        if (!raw_send(fd, bytes + i, 1))
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

/* ---- hearing ---- */

/* Why nothing more is heard. */
enum ending { GOES_ON, ENDED, SILENT };

static enum ending read_bytes(int fd, void *bytes, size_t len)
{
    char *place = bytes;

    while (len) {
        struct pollfd waits = {.fd = fd, .events = POLLIN};
        ssize_t got;

        if (poll(&waits, 1, SILENCE_MS) == 0)
            return SILENT;
        got = recv(fd, place, len, 0);
        if (got <= 0)
            return ENDED;
        place += got;
        len -= (size_t)got;
    }
    return GOES_ON;
}

/* A frame of the server, and what is wrong with it; NULL: nothing. */
struct heard {
    unsigned char first;
    struct buffer payload;
    const char *fault;
};

static enum ending read_length(int fd, struct heard *heard, uint64_t *length)
{
    unsigned char byte, more[8];
    size_t size;
    enum ending ending = read_bytes(fd, &byte, 1);

    if (ending != GOES_ON)
        return ending;
    if (byte & 0x80)
        heard->fault = "masked";
    *length = byte & 0x7f;
    size = *length == 127 ? 8 : *length == 126 ? 2 : 0;
    if (size == 0)
        return GOES_ON;
    ending = read_bytes(fd, more, size);
    *length = 0;
    for (size_t i = 0; i < size; i++)
        *length = *length << 8 | more[i];
    if (*length < 126 || (size == 8 && *length <= UINT16_MAX))
        heard->fault = "length";
    return ending;
}

static enum ending read_frame(int fd, struct heard *heard)
{
    uint64_t length = 0;
    enum ending ending = read_bytes(fd, &heard->first, 1);

    heard->fault = NULL;
    buffer_clear(&heard->payload);
    if (ending == GOES_ON)
        ending = read_length(fd, heard, &length);
    if (ending != GOES_ON)
        return ending;
    if (heard->first & 0x70)
        heard->fault = "rsv";
    if ((heard->first & 0x08) && (length > 125 || !(heard->first & 0x80)))
        heard->fault = "control";
    ending =
        read_bytes(fd, buffer_reserve(&heard->payload, (size_t)length), length);
    heard->payload.len = (size_t)length;
    buffer_add(&heard->payload, "", 0); /* puts the zero byte behind it */
    return ending;
}

/* Readable bytes as they are, others as numbers, and runs by their length. */
static void add_payload(struct buffer *out, const struct buffer *payload)
{
    for (size_t i = 0; i < payload->len;) {
        unsigned char byte = (unsigned char)payload->bytes[i];
        size_t count = 1;

        while (i + count < payload->len &&
               (unsigned char)payload->bytes[i + count] == byte)
            count++;
        if (count < RUN_LEAST)
            count = 1;
        if (byte >= ' ' && byte < 0x7f)
            buffer_add_byte(out, (char)byte);
        else
            buffer_printf(out, "<%02x>", byte);
        if (count > 1)
            buffer_printf(out, "*%zu", count);
        i += count;
    }
}

static void add_text(struct buffer *out, const struct buffer *payload)
{
    struct json *message = json_parse(payload->bytes, payload->len);

    if (!message)
        buffer_add_text(out, "broken:json");
    else if (json_get_bool(message, "ok", false))
        buffer_printf(out, "reply:%.0f", json_get_number(message, "id", -1));
    else
        buffer_printf(
            out, "refused:%s",
            json_get_text(json_get(message, "error"), "code", "nothing"));
    json_destroy(message);
}

static void add_close(struct buffer *out, const struct buffer *payload)
{
    buffer_add_text(out, "close");
    if (payload->len >= 2)
        buffer_printf(out, ":%d",
                      (unsigned char)payload->bytes[0] << 8 |
                          (unsigned char)payload->bytes[1]);
    if (payload->len == 1 ||
        (payload->len > 2 &&
         !utf8_is_valid(payload->bytes + 2, payload->len - 2)))
        buffer_add_text(out, " broken:close");
}

static void add_word(struct buffer *out, const struct heard *heard)
{
    if (out->len)
        buffer_add_byte(out, ' ');
    if (heard->fault) {
        buffer_printf(out, "broken:%s", heard->fault);
        return;
    }
    switch (heard->first) {
    case TEXT:
        add_text(out, &heard->payload);
        break;
    case PING:
        buffer_add_text(out, "ping");
        break;
    case PONG:
        buffer_add_text(out, "pong:");
        add_payload(out, &heard->payload);
        break;
    case CLOSE:
        add_close(out, &heard->payload);
        break;
    default:
        buffer_printf(out, "broken:%02x", heard->first);
    }
}

/* Hears everything until the end. */
static void hear(int fd, bool has_closed, struct buffer *out)
{
    struct heard heard = {0};
    enum ending ending;

    while ((ending = read_frame(fd, &heard)) == GOES_ON) {
        add_word(out, &heard);
        if (heard.first == CLOSE && !has_closed)
            raw_frame(fd, CLOSE, buffer_text(&heard.payload),
                      heard.payload.len < 2 ? 0 : 2);
        has_closed |= heard.first == CLOSE;
    }
    buffer_printf(out, "%s%s", out->len ? " " : "",
                  ending == ENDED ? "end" : "silence");
    buffer_finish(&heard.payload);
}

/* ---- a case ---- */

static void run(struct tally *tally, const struct conversation *conversation,
                const struct buffer *said, bool has_closed, bool is_slow)
{
    int fd = raw_websocket(tally->port, "/v1/live",
                           "Sec-WebSocket-Protocol: facewire.v1\r\n");
    struct buffer heard = {0};

    if (fd < 0)
        fail_msg("no websocket");
    if (is_slow)
        send_slowly(fd, said->bytes, said->len);
    else
        raw_send(fd, said->bytes, said->len);
    hear(fd, has_closed, &heard);
    close(fd);
    tally->run++;
    if (fnmatch(conversation->heard, buffer_text(&heard), 0) == 0)
        tally->passed++;
    else
        printf("%s: %s%s\n    wanted %s\n    heard  %s\n",
               conversation->section, conversation->sentence,
               is_slow ? " (byte by byte)" : "", conversation->heard,
               buffer_text(&heard));
    buffer_finish(&heard);
}

void conversation_run(struct tally *tally,
                      const struct conversation *conversation)
{
    struct buffer said = {0};
    bool has_closed = write_pieces(conversation->pieces, &said);

    run(tally, conversation, &said, has_closed, false);
    if (said.len <= SHORT_BYTES)
        run(tally, conversation, &said, has_closed, true);
    buffer_finish(&said);
}
