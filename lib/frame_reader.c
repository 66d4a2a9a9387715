/*
 * frame_reader.c - WebSocket frames as clients send them
 *
 * A frame's head is judged as soon as there is enough of it: what breaks the
 * rules, or is too large, ends the reading before any of its payload was kept.
 * The payload is unmasked on its way to where it is kept.
 */
#include <string.h>

#include "frame_reader.h"
#include "utf8.h"

enum {
    FINAL = 0x80,
    RESERVED = 0x70,
    OPCODE = 0x0f,
    IS_CONTROL = 0x08,
    MASKED = 0x80,
    LENGTH = 0x7f,
    LENGTH_16 = 126, /* it follows in two bytes */
    LENGTH_64 = 127, /* it follows in eight */
    MASK_BYTES = 4,
    KEEP_BYTES = 64 * 1024, /* of a message's memory, for the next one */
};

enum opcode {
    CONTINUATION = 0,
    TEXT = 1,
    BINARY = 2,
    CLOSE = 8,
    PING = 9,
    PONG = 10,
};

/* One call of frame_reader_read. */
struct reading {
    struct frame_reader *reader;
    const struct frame_events *events;
    void *owner;
    const char *problem;
};

static uint16_t refuse(struct reading *reading, uint16_t code,
                       const char *problem)
{
    reading->problem = problem;
    return code;
}

static uint16_t break_rule(struct reading *reading, const char *problem)
{
    return refuse(reading, CLOSE_PROTOCOL, problem);
}

static enum opcode opcode_of(const struct frame_reader *reader)
{
    return (enum opcode)(reader->head[0] & OPCODE);
}

static bool is_control(const struct frame_reader *reader)
{
    return reader->head[0] & IS_CONTROL;
}

static bool is_final(const struct frame_reader *reader)
{
    return reader->head[0] & FINAL;
}

/* ---- the head ---- */

static size_t length_bytes(const struct frame_reader *reader)
{
    unsigned length = reader->head[1] & LENGTH;

    return length == LENGTH_64 ? 8 : length == LENGTH_16 ? 2 : 0;
}

static size_t head_bytes(const struct frame_reader *reader)
{
    return reader->head_len < 2 ? 2 : 2 + length_bytes(reader) + MASK_BYTES;
}

/* What the first two bytes can tell. */
static uint16_t judge_beginning(struct reading *reading)
{
    const struct frame_reader *reader = reading->reader;
    enum opcode opcode = opcode_of(reader);

    if (reader->head[0] & RESERVED)
        return break_rule(reading, "reserved bits");
    if (!(reader->head[1] & MASKED))
        return break_rule(reading, "unmasked frame");
    if ((opcode > BINARY && opcode < CLOSE) || opcode > PONG)
        return break_rule(reading, "unknown opcode");
    if (is_control(reader) && !is_final(reader))
        return break_rule(reading, "control frame in fragments");
    if (is_control(reader) && length_bytes(reader))
        return break_rule(reading, "control frame too long");
    if (opcode == CONTINUATION && !reader->is_inside)
        return break_rule(reading, "continuation of nothing");
    if (!is_control(reader) && opcode != CONTINUATION && reader->is_inside)
        return break_rule(reading, "message inside a message");
    return 0;
}

/* Reads the length, which must be written as short as it can be. */
static uint16_t read_length(struct reading *reading, uint64_t *length)
{
    const struct frame_reader *reader = reading->reader;
    size_t size = length_bytes(reader);

    *length = size ? 0 : reader->head[1] & LENGTH;
    for (size_t i = 0; i < size; i++)
        *length = *length << 8 | reader->head[2 + i];
    if ((size == 2 && *length < LENGTH_16) ||
        (size == 8 && *length <= UINT16_MAX))
        return break_rule(reading, "length not in its shortest form");
    if (*length >> 63)
        return break_rule(reading, "length without end");
    return 0;
}

/* The head is whole: the payload may come. */
static uint16_t judge_head(struct reading *reading)
{
    struct frame_reader *reader = reading->reader;
    uint64_t length;
    uint16_t code = read_length(reading, &length);
    size_t limit;

    if (code)
        return code;
    reader->at = 0;
    if (!is_control(reader)) {
        if (opcode_of(reader) != CONTINUATION)
            reader->is_binary = opcode_of(reader) == BINARY;
        limit = reader->is_binary ? reader->binary_bytes : reader->text_bytes;
        if (length > limit || reader->message.len + length > limit)
            return refuse(reading, CLOSE_TOO_LARGE, "message too large");
        reader->is_inside = true;
    }
    reader->left = (size_t)length;
    return 0;
}

/* ---- the payload ---- */

/* Eight bytes at a time: a photo has millions of them. */
static void unmask(char *to, const char *from, size_t len,
                   const unsigned char mask[static MASK_BYTES], size_t at)
{
    unsigned char turned[8];
    uint64_t pattern, word;
    size_t i = 0;

    for (size_t k = 0; k < sizeof turned; k++)
        turned[k] = mask[(at + k) % MASK_BYTES];
    memcpy(&pattern, turned, sizeof pattern);
    for (; len - i >= sizeof word; i += sizeof word) {
        memcpy(&word, from + i, sizeof word);
        word ^= pattern;
        memcpy(to + i, &word, sizeof word);
    }
    for (; i < len; i++)
        to[i] = (char)(from[i] ^ turned[i % sizeof turned]);
}

static void take_payload(struct frame_reader *reader, const char *bytes,
                         size_t len)
{
    const unsigned char *mask = reader->head + 2 + length_bytes(reader);
    char *to = is_control(reader) ? reader->control + reader->at
                                  : buffer_reserve(&reader->message, len);

    unmask(to, bytes, len, mask, reader->at);
    if (!is_control(reader)) {
        reader->message.len += len;
        reader->message.bytes[reader->message.len] = '\0';
    }
    reader->at += len;
    reader->left -= len;
}

/* ---- whole frames ---- */

/* Codes that may stand in a close: those of the RFC, those registered since,
 * and those of applications. */
static bool is_close_code(unsigned code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static uint16_t take_close(struct reading *reading)
{
    const struct frame_reader *reader = reading->reader;
    const unsigned char *bytes = (const unsigned char *)reader->control;
    uint16_t code = CLOSE_NO_CODE;

    if (reader->at == 1)
        return break_rule(reading, "half a close code");
    if (reader->at) {
        code = (uint16_t)(bytes[0] << 8 | bytes[1]);
        if (!is_close_code(code))
            return break_rule(reading, "no close code");
        if (!utf8_is_valid(reader->control + 2, reader->at - 2))
            return refuse(reading, CLOSE_NOT_UTF8, "reason is not UTF-8");
    }
    frame_reader_stop(reading->reader);
    reading->events->on_close(reading->owner, code);
    return 0;
}

static uint16_t take_message(struct reading *reading)
{
    struct frame_reader *reader = reading->reader;
    struct buffer *message = &reader->message;

    if (!is_final(reader))
        return 0;
    reader->is_inside = false;
    if (!reader->is_binary &&
        !utf8_is_valid(buffer_text(message), message->len))
        return refuse(reading, CLOSE_NOT_UTF8, "text is not UTF-8");
    reading->events->on_message(reading->owner, buffer_text(message),
                                message->len, reader->is_binary);
    if (message->capacity > KEEP_BYTES)
        buffer_finish(message);
    else
        buffer_clear(message);
    return 0;
}

static uint16_t take_frame(struct reading *reading)
{
    struct frame_reader *reader = reading->reader;

    reader->head_len = 0;
    switch (opcode_of(reader)) {
    case CLOSE:
        return take_close(reading);
    case PING:
        reading->events->on_ping(reading->owner, reader->control, reader->at);
        return 0;
    case PONG:
        reading->events->on_pong(reading->owner);
        return 0;
    default:
        return take_message(reading);
    }
}

/* ---- reading ---- */

/* Takes a piece of the head, or of the payload; how much it was goes to `used`.
 */
static uint16_t take_piece(struct reading *reading, const char *bytes,
                           size_t len, size_t *used)
{
    struct frame_reader *reader = reading->reader;
    size_t wanted = head_bytes(reader) - reader->head_len;
    uint16_t code = 0;

    if (wanted) {
        *used = wanted < len ? wanted : len;
        memcpy(reader->head + reader->head_len, bytes, *used);
        reader->head_len += *used;
        if (*used < wanted)
            return 0;
        if (reader->head_len == 2)
            return judge_beginning(reading);
        code = judge_head(reading);
    } else {
        *used = reader->left < len ? reader->left : len;
        take_payload(reader, bytes, *used);
    }
    return !code && reader->left == 0 ? take_frame(reading) : code;
}

uint16_t frame_reader_read(struct frame_reader *reader,
                           const struct frame_events *events, void *owner,
                           const char *bytes, size_t len, const char **problem)
{
    struct reading reading = {reader, events, owner, NULL};
    uint16_t code = 0;

    while (len && !reader->is_done && !code) {
        size_t used;

        code = take_piece(&reading, bytes, len, &used);
        bytes += used;
        len -= used;
    }
    if (code)
        frame_reader_stop(reader);
    *problem = reading.problem;
    return code;
}

void frame_reader_stop(struct frame_reader *reader)
{
    reader->is_done = true;
}

void frame_reader_finish(struct frame_reader *reader)
{
    buffer_finish(&reader->message);
}
