/*
 * story_live_cut.c - a live client is cut off a hundred times, in the middle of
 * whatever it hears
 *
 * It comes back each time with the last offset that it heard whole, and in the
 * end it has heard what somebody heard who was never cut off: every event, in
 * order, none twice.
 */
#include "unit.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "clock.h"
#include "live.h"
#include "png.h"
#include "raw_client.h"
#include "stack.h"
#include "talk.h"
#include "text.h"
#include "xalloc.h"

enum {
    EVENTS = 2000, /* at least */
    JOBS = 640,
    GROUP_EACH = 20, /* every so many jobs have faces; the others have none */
    SIDE = 80,       /* of a picture, in pixels: the least that is taken */
    CUTS = 100,
    BUDGET_MOST = 10000, /* bytes between two cuts */
    EVENT_MS = 60000,
    QUIET_MS = 1500,
    OFFSET_TEXT = 80,
    OPCODE_PING = 9,
    PONG = 0x8a, /* a whole frame */
};

static struct stack stack;
static unsigned seed;
static int jobs = JOBS, cuts = CUTS;
static size_t events = EVENTS;

/* A client that reads bytes as they come, and not one more than its budget. */
static struct {
    int fd;
    int64_t connected_ms;
    size_t budget;
    struct buffer input;
    char offset[LIVE_OFFSET_BYTES]; /* where it is */
    char first[LIVE_OFFSET_BYTES];  /* where it was behind the first event */
    char (*heard)[OFFSET_TEXT];
    size_t count;
    size_t replays;
    int cuts;
} client = {.fd = -1};

static int start(void **state)
{
    const char *text = getenv("FACEWIRE_SEED");

    (void)state;
    seed = text ? (unsigned)strtoul(text, NULL, 10)
                : (unsigned)clock_wall_ms() % 1000000;
    print_message("FACEWIRE_SEED=%u\n", seed);
    srand(seed);
    client.heard = calloc((size_t)JOBS * 16, OFFSET_TEXT);
    stack_start(&stack);
    if (stack.has_cluster) { /* the same once more: a part of it will do */
        jobs /= 4;
        cuts /= 4;
        events /= 4;
    }
    stack_start_engine(&stack);
    stack_start_worker(&stack);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    close(client.fd);
    buffer_finish(&client.input);
    free(client.heard);
    stack_stop(&stack);
    return 0;
}

/* ---- hearing ---- */

static void subscribe(void)
{
    char *after =
        client.offset[0] ? xprintf(",\"after\":\"%s\"", client.offset) : NULL;
    char *text = xprintf("{\"type\":\"subscribe\",\"id\":1,\"topics\":["
                         "\"searches\"]%s}",
                         after ? after : "");

    client.fd = raw_websocket(stack.port, "/v1/live",
                              "Sec-WebSocket-Protocol: facewire.v1\r\n");
    if (client.fd < 0)
        fail_msg("no live connection");
    client.connected_ms = clock_steady_ms();
    raw_text(client.fd, text);
    client.budget =
        client.cuts < cuts ? 1 + (size_t)rand() % BUDGET_MOST : SIZE_MAX;
    buffer_clear(&client.input);
    free(text);
    free(after);
}

/* Without a word, and without reading what is on its way. */
static void cut(void)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(client.fd);
    client.cuts++;
    subscribe();
}

static void take(const char *text, size_t len)
{
    struct json *message = json_parse(text, len);
    const char *offset = json_get_text(message, "offset", "");

    if (live_is(message, "type", "event")) {
        text_copy(client.heard[client.count++], OFFSET_TEXT, offset);
        client.replays += json_get_bool(message, "replay", false);
    } else if (!live_is(message, "type", "reply") ||
               !json_get_bool(message, "ok", false)) {
        fail_msg("not an event: %.*s", (int)len, text);
    }
    /* Before the first event the place is what the first reply says. */
    if (live_is(message, "type", "event") || !client.offset[0])
        live_move(client.offset, offset);
    if (client.count == 1 && !client.first[0])
        text_copy(client.first, sizeof client.first, client.offset);
    json_destroy(message);
}

/* The length of the whole frame that the input begins with, and where its
 * payload is; 0: more must come. */
static size_t frame_len(size_t *head)
{
    const unsigned char *bytes = (const unsigned char *)client.input.bytes;
    size_t have = client.input.len, payload;

    if (have < 4)
        return 0;
    payload = bytes[1];
    *head = 2;
    if (payload == 126) {
        payload = (size_t)(bytes[2] << 8 | bytes[3]);
        *head = 4;
    } else if (payload == 127) {
        fail_msg("a frame of more than 64 KB");
    }
    return have >= *head + payload ? *head + payload : 0;
}

/* Reads what is there; false if nothing came in time. */
static bool hear(int limit_ms)
{
    struct live waiting = {.fd = client.fd};
    size_t len, head, most;
    ssize_t got;

    if (!live_has(&waiting, limit_ms))
        return false;
    most = client.budget < 65536 ? client.budget : 65536;
    got = recv(client.fd, buffer_reserve(&client.input, most), most, 0);
    if (got <= 0)
        fail_msg("the server hung up after %zu events and %lld ms: %s",
                 client.count,
                 (long long)(clock_steady_ms() - client.connected_ms),
                 got < 0 ? strerror(errno) : "end");
    client.input.len += (size_t)got;
    client.budget -= (size_t)got;
    while ((len = frame_len(&head)) > 0) {
        if ((client.input.bytes[0] & 0x0f) == OPCODE_PING)
            raw_frame(client.fd, PONG, client.input.bytes + head, len - head);
        else
            take(client.input.bytes + head, len - head);
        buffer_drop(&client.input, len);
    }
    if (client.budget == 0)
        cut();
    return true;
}

/* ---- the story ---- */

/* A small grey picture is the cheapest search that there is. */
static void search_nobody(void)
{
    static const unsigned char pixels[SIDE * SIDE];
    struct buffer png = {0};
    int status;

    png_write(&png, SIDE, SIDE, 8, PNG_GREY, pixels);
    json_destroy(talk_with(stack.port, "POST", "/v1/searches",
                           "Content-Type: image/png\r\n", png.bytes, png.len,
                           &status));
    assert_int_equal(status, 202);
    buffer_finish(&png);
}

static void a_client_that_is_cut_off_hears_everything_in_the_end(void **state)
{
    (void)state;
    subscribe();
    while (!client.offset[0])
        hear(EVENT_MS);
    for (int i = 0; i < jobs; i++) {
        if (i % GROUP_EACH)
            search_nobody();
        else
            json_destroy(talk_search(stack.port, "f1-group.jpg"));
        while (hear(0))
            ;
    }
    while (hear(client.count < events ? EVENT_MS : QUIET_MS))
        ;
    print_message("%zu events, %zu of them replays, %d cuts\n", client.count,
                  client.replays, client.cuts);
    assert_true(client.count >= events);
    assert_int_equal(client.cuts, cuts);
}

static void it_has_heard_what_everybody_else_has_once_and_in_order(void **state)
{
    struct live other = {.fd = -1};
    size_t count = 0;

    (void)state;
    live_open(&other, stack.port);
    text_copy(other.offset, sizeof other.offset, client.first);
    live_subscribe(&other, "searches");
    while (count + 1 < client.count) {
        struct json *message = live_next(&other, EVENT_MS);

        if (!message || !live_is(message, "type", "event"))
            fail_msg("event %zu does not come", count);
        count++;
        assert_true(live_is(message, "offset", client.heard[count]));
        json_destroy(message);
    }
    assert_false(live_has(&other, 200));
    live_finish(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_that_is_cut_off_hears_everything_in_the_end),
        cmocka_unit_test(
            it_has_heard_what_everybody_else_has_once_and_in_order),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
