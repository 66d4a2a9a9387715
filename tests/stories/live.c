/*
 * live.c - a client of the live API
 */
#include <poll.h>
#include <unistd.h>

#include "clock.h"
#include "live.h"
#include "position.h"
#include "raw_client.h"
#include "text.h"
#include "unit.h"

enum {
    REPLY_MS = 60000,
    OPCODE_TEXT = 1,
    OPCODE_CLOSE = 8,
    OPCODE_PING = 9,
    PONG = 0x8a, /* a whole frame */
};

void live_open(struct live *live, int port)
{
    live->fd = raw_websocket(port, "/v1/live",
                             "Sec-WebSocket-Protocol: facewire.v1\r\n");
    if (live->fd < 0)
        fail_msg("no live connection");
}

void live_cut(struct live *live)
{
    if (live->fd >= 0)
        close(live->fd);
    live->fd = -1;
}

void live_finish(struct live *live)
{
    live_cut(live);
    buffer_finish(&live->payload);
}

void live_move(char place[static LIVE_OFFSET_BYTES], const char *offset)
{
    struct position *old = NULL, *news;
    char *text;

    if (position_read(offset, &news) < 0)
        fail_msg("no offset: %s", offset);
    if (place[0] && position_read(place, &old) < 0)
        fail_msg("no place: %s", place);
    for (unsigned part = 0; old && part < position_parts(news); part++)
        if (position_at(news, part))
            position_set(old, position_at(news, part));
    text = position_write(old ? old : news);
    assert_true(text_copy(place, LIVE_OFFSET_BYTES, text));
    free(text);
    position_unref(old);
    position_unref(news);
}

bool live_is(const struct json *message, const char *member, const char *text)
{
    return strcmp(json_get_text(message, member, ""), text) == 0;
}

void live_say(struct live *live, const char *json)
{
    raw_text(live->fd, json);
}

void live_subscribe(struct live *live, const char *topic)
{
    struct json *wish = json_object();
    struct json *message = NULL;
    char *text;

    json_add_text(wish, "type", "subscribe");
    json_add_number(wish, "id", 1);
    json_append(json_add(wish, "topics", json_array()), json_new_text(topic));
    if (live->offset[0])
        json_add_text(wish, "after", live->offset);
    text = json_print_and_destroy(wish);
    live_say(live, text);
    free(text);
    do {
        json_destroy(message);
        message = live_next(live, REPLY_MS);
        if (!message)
            fail_msg("no reply to subscribe");
    } while (!live_is(message, "type", "reply"));
    if (!json_get_bool(message, "ok", false))
        fail_msg("subscribe was refused");
    if (!live->offset[0])
        live_move(live->offset, json_get_text(message, "offset", ""));
    json_destroy(message);
}

bool live_has(const struct live *live, int limit_ms)
{
    struct pollfd waits = {.fd = live->fd, .events = POLLIN};

    return poll(&waits, 1, limit_ms) == 1;
}

static struct json *read_message(struct live *live)
{
    struct json *message = json_parse(live->payload.bytes, live->payload.len);
    const char *offset;

    if (!message)
        fail_msg("no JSON: %s", live->payload.bytes);
    offset = json_get_text(message, "offset", NULL);
    if (live_is(message, "type", "event") && offset)
        live_move(live->offset, offset);
    return message;
}

static int read_frame(struct live *live, int limit_ms)
{
    int opcode = raw_read_frame(live->fd, &live->payload, limit_ms);

    if (opcode == OPCODE_PING)
        raw_frame(live->fd, PONG, live->payload.bytes, live->payload.len);
    else if (opcode == OPCODE_CLOSE)
        live_cut(live);
    return opcode;
}

struct json *live_next(struct live *live, int limit_ms)
{
    int64_t end_ms = clock_steady_ms() + limit_ms;
    int opcode;

    do {
        int64_t left_ms = end_ms - clock_steady_ms();

        opcode = read_frame(live, left_ms > 0 ? (int)left_ms : 0);
    } while (opcode == OPCODE_PING);
    return opcode == OPCODE_TEXT ? read_message(live) : NULL;
}

struct json *live_take(struct live *live)
{
    int opcode = read_frame(live, REPLY_MS);

    if (opcode < 0)
        live_cut(live);
    return opcode == OPCODE_TEXT ? read_message(live) : NULL;
}

struct json *live_await(struct live *live, const char *event, const char *job,
                        int limit_ms)
{
    int64_t end_ms = clock_steady_ms() + limit_ms;

    for (;;) {
        int64_t left_ms = end_ms - clock_steady_ms();
        struct json *message =
            left_ms > 0 ? live_next(live, (int)left_ms) : NULL;

        if (!message)
            fail_msg("no %s of job %s in time", event, job ? job : "any");
        if (live_is(message, "event", event) &&
            (!job || live_is(message, "job", job)))
            return message;
        json_destroy(message);
    }
}
