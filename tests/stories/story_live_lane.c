/*
 * story_live_lane.c - frames of a webcam over the live API
 *
 * The newest wins: while one is searched, those behind it replace each other,
 * and what is too late is given up without a word.
 */
#include "unit.h"

#include <math.h>
#include <signal.h>
#include <unistd.h>

#include "buffer.h"
#include "clock.h"
#include "live.h"
#include "raw_client.h"
#include "stack.h"
#include "talk.h"
#include "text.h"
#include "xalloc.h"

enum { FRAMES = 30, EVENT_MS = 20000, QUIET_MS = 2500, TOO_LATE_MS = 2000 };

static struct stack stack;
static struct live live;
static char *frame; /* the bytes of one */
static size_t frame_bytes;
static int next_id = 100;

static int start(void **state)
{
    (void)state;
    setenv("FACEWIRE_LIVE_FRAMES", "1", 1);
    stack_start_all(&stack);
    json_destroy(
        talk_enrol(stack.port, "mom",
                   unit_shared("FACEWIRE_PHOTOS", "photos", "f1-mom-1.jpg")));
    frame = unit_read_file(
        unit_shared("FACEWIRE_PHOTOS", "photos", "f1-mom-2.jpg"), &frame_bytes);
    live_open(&live, stack.port);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    free(frame);
    live_finish(&live);
    stack_stop(&stack);
    return 0;
}

/* Sends a frame; the id of its message. */
static int send_frame(void)
{
    char *text = xprintf("{\"type\":\"search\",\"id\":%d,\"bytes\":%zu,"
                         "\"lane\":\"live\"}",
                         next_id, frame_bytes);

    live_say(&live, text);
    free(text);
    assert_true(raw_frame(live.fd, 0x82, frame, frame_bytes));
    return next_id++;
}

/* The job of a reply. */
static void hear_reply(int id, char job[static 40])
{
    struct json *reply = live_next(&live, EVENT_MS);

    assert_non_null(reply);
    assert_true(live_is(reply, "type", "reply"));
    assert_int_equal(json_get_number(reply, "id", -1), id);
    assert_true(json_get_bool(reply, "ok", false));
    text_copy(job, 40, json_get_text(reply, "job", ""));
    json_destroy(reply);
}

static double metric(const char *name)
{
    struct raw_answer answer;
    int fd = raw_connect(stack.port);
    char line[80];
    const char *place;
    double value;

    raw_ask(fd, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", &answer);
    snprintf(line, sizeof line, "\nfacewire_%s ", name);
    place = strstr(buffer_text(&answer.body), line);
    if (!place)
        fail_msg("there is no metric %s", name);
    value = place ? strtod(place + strlen(line), NULL) : NAN;
    raw_answer_finish(&answer);
    close(fd);
    return value;
}

static void a_frame_is_answered_to_who_sent_it(void **state)
{
    int64_t before_ms = clock_wall_ms();
    char job[40], topic[48], expires[CLOCK_TEXT_BYTES];
    const struct json *face;
    struct json *event;

    (void)state;
    hear_reply(send_frame(), job);
    event = live_await(&live, "search.completed", job, EVENT_MS);
    snprintf(topic, sizeof topic, "job:%s", job);
    assert_true(live_is(event, "topic", topic));
    assert_null(json_get(event, "offset"));
    assert_false(json_get_bool(event, "replay", true));
    clock_text(before_ms, expires);
    assert_true(strcmp(json_get_text(event, "expires_at", ""), expires) > 0);
    face = json_first(json_get(json_get(event, "data"), "faces"));
    assert_string_equal(
        json_get_text(json_get(json_first(json_get(face, "matches")), "person"),
                      "external_id", ""),
        "mom");
    json_destroy(event);
}

static void nothing_of_it_is_kept(void **state)
{
    struct json *list = talk_get(stack.port, "/v1/jobs?kind=search");

    (void)state;
    assert_int_equal(json_count(json_get(list, "items")), 0);
    json_destroy(list);
}

/* Notes results until nothing comes for a while; the last one's job. */
static size_t hear_results(char last[static 40])
{
    size_t count = 0;

    last[0] = '\0';
    while (live_has(&live, QUIET_MS)) {
        struct json *message = live_next(&live, EVENT_MS);

        if (live_is(message, "event", "search.completed")) {
            assert_false(live_is(message, "job", last));
            text_copy(last, 40, json_get_text(message, "job", ""));
            count++;
        }
        json_destroy(message);
    }
    return count;
}

static void the_newest_of_many_frames_wins(void **state)
{
    double dropped = metric("live_frames_dropped_total");
    char last[40] = "", answered[40];
    size_t results, replaced;

    (void)state;
    for (int i = 0; i < FRAMES; i++)
        send_frame();
    /* Replies and results come in between each other. */
    for (int replies = 0; replies < FRAMES;) {
        struct json *message = live_next(&live, EVENT_MS);

        assert_non_null(message);
        if (live_is(message, "type", "reply")) {
            text_copy(last, sizeof last, json_get_text(message, "job", ""));
            replies++;
        }
        json_destroy(message);
    }
    results = hear_results(answered);
    replaced = (size_t)(metric("live_frames_dropped_total") - dropped);
    print_message("%zu of %d frames were replaced\n", replaced, FRAMES);
    assert_in_range(replaced, FRAMES / 2, FRAMES - 1);
    assert_true(results >= 1);
    assert_string_equal(answered, last);
}

static void a_frame_that_is_too_late_gets_no_answer(void **state)
{
    char first[40], late[40], fresh[40];
    struct json *event;

    (void)state;
    child_signal(&stack.engine, SIGSTOP);
    hear_reply(send_frame(), first);
    hear_reply(send_frame(), late);
    assert_false(live_has(&live, TOO_LATE_MS));
    child_signal(&stack.engine, SIGCONT);
    hear_reply(send_frame(), fresh);
    event = live_next(&live, EVENT_MS);
    assert_non_null(event);
    assert_true(live_is(event, "event", "search.completed"));
    assert_true(live_is(event, "job", fresh));
    json_destroy(event);
    assert_false(live_has(&live, QUIET_MS));
}

static void somebody_else_hears_nothing_of_it(void **state)
{
    struct live other = {.fd = -1};
    char job[40];

    (void)state;
    live_open(&other, stack.port);
    live_subscribe(&other, "searches");
    hear_reply(send_frame(), job);
    json_destroy(live_await(&live, "search.completed", job, EVENT_MS));
    assert_false(live_has(&other, 300));
    live_finish(&other);
}

static void a_frame_that_is_no_picture_is_refused_at_once(void **state)
{
    struct json *reply;
    char *text = xprintf("{\"type\":\"search\",\"id\":7,\"bytes\":5,"
                         "\"lane\":\"live\"}");

    (void)state;
    live_say(&live, text);
    free(text);
    assert_true(raw_frame(live.fd, 0x82, "hello", 5));
    reply = live_next(&live, EVENT_MS);
    assert_non_null(reply);
    assert_false(json_get_bool(reply, "ok", true));
    assert_string_equal(json_get_text(json_get(reply, "error"), "code", ""),
                        "unsupported_image");
    json_destroy(reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_answered_to_who_sent_it),
        cmocka_unit_test(nothing_of_it_is_kept),
        cmocka_unit_test(the_newest_of_many_frames_wins),
        cmocka_unit_test(a_frame_that_is_too_late_gets_no_answer),
        cmocka_unit_test(somebody_else_hears_nothing_of_it),
        cmocka_unit_test(a_frame_that_is_no_picture_is_refused_at_once),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
