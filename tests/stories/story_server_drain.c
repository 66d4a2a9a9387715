/*
 * story_server_drain.c - a server that is told to stop tells everybody,
 * finishes what it is at, and loses nothing
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "live.h"
#include "patience.h"
#include "plain_photo.h"
#include "port.h"
#include "raw_client.h"
#include "stack.h"
#include "stream.h"
#include "talk.h"
#include "unit.h"

enum { DRAIN_MS = 4000, AT_ONCE_MS = 3000 };

static struct stack stack;

/* A search whose body comes in two parts. */
struct upload {
    int fd;
    struct buffer photo;
};

static void begin_upload(struct upload *upload, const char *headers,
                         unsigned char shade)
{
    char head[256];

    *upload = (struct upload){.fd = raw_connect(stack.port)};
    plain_photo_write(&upload->photo, shade);
    snprintf(head, sizeof head,
             "POST /v1/searches HTTP/1.1\r\nHost: localhost\r\n"
             "Content-Type: image/png\r\n%sContent-Length: %zu\r\n\r\n",
             headers, upload->photo.len);
    raw_say(upload->fd, head);
    raw_send(upload->fd, upload->photo.bytes, 1000);
}

static void end_upload(struct upload *upload)
{
    raw_send(upload->fd, upload->photo.bytes + 1000, upload->photo.len - 1000);
    buffer_finish(&upload->photo);
}

/* It is accepted, and its job is there; the id is the answer. */
static void expect_accepted(struct upload *upload, char id[static 64])
{
    struct raw_answer answer;
    struct json *job;

    raw_hear(upload->fd, &answer);
    if (answer.status != 202)
        fail_msg("an upload in the drain got %d", answer.status);
    assert_string_equal(raw_header(&answer, "connection"), "close");
    job = json_parse(answer.body.bytes, answer.body.len);
    snprintf(id, 64, "%s", json_get_text(job, "id", "?"));
    json_destroy(job);
    raw_answer_finish(&answer);
    close(upload->fd);
}

static void expect_goodbye(struct live *live)
{
    struct json *bye = live_next(live, AT_ONCE_MS);
    char reason[128];

    assert_true(live_is(bye, "type", "bye"));
    assert_true(live_is(bye, "reason", "drain"));
    assert_in_range(json_get_number(bye, "retry_ms", -1), 0, DRAIN_MS);
    json_destroy(bye);
    assert_int_equal(raw_close_code(live->fd, reason), 4201);
    assert_string_equal(reason, "drain");
}

static void expect_queued(const char *id)
{
    char target[96];
    struct json *job;

    snprintf(target, sizeof target, "/v1/jobs/%s", id);
    job = talk_get(stack.port, target);
    assert_string_equal(json_get_text(job, "status", ""), "queued");
    json_destroy(job);
}

static void everybody_is_told_and_what_began_is_finished(void **state)
{
    struct live live = {0};
    struct stream stream = {0};
    struct upload waiting, unfinished;
    struct raw_answer answer;
    char first[64], second[64];
    int idle = raw_connect(stack.port);
    int64_t began_ms;

    (void)state;
    raw_ask(idle, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", &answer);
    raw_answer_finish(&answer);
    live_open(&live, stack.port);
    live_subscribe(&live, "searches");
    stream_open(&stream, stack.port, "searches");
    begin_upload(&waiting, "Prefer: wait=60\r\n", 1);
    end_upload(&waiting); /* its job is never done: nobody works */
    json_destroy(live_await(&live, "job.queued", NULL, AT_ONCE_MS));
    json_destroy(stream_next(&stream));
    begin_upload(&unfinished, "", 2);

    began_ms = clock_steady_ms();
    child_signal(&stack.server, SIGTERM);
    assert_true(raw_is_closed(idle, AT_ONCE_MS));
    assert_null(stream_next(&stream));
    expect_accepted(&waiting, first); /* it waits no longer */
    assert_true(clock_steady_ms() - began_ms < AT_ONCE_MS);
    assert_false(port_answers(stack.port, 50));
    end_upload(&unfinished);
    expect_accepted(&unfinished, second);
    expect_goodbye(&live);
    assert_int_equal(child_wait(&stack.server, 2 * DRAIN_MS), 0);
    assert_true(clock_steady_ms() - began_ms < DRAIN_MS + AT_ONCE_MS);

    close(idle);
    stream_close(&stream);
    live_cut(&live);
    stack_start_server(&stack);
    expect_queued(first);
    expect_queued(second);
    live_open(&live, stack.port);
    live_subscribe(&live, "searches"); /* behind the last offset */
    json_destroy(live_await(&live, "job.queued", second, AT_ONCE_MS));
    live_finish(&live);
}

/* Who does not finish is cut off; the server ends well all the same. */
static void who_takes_too_long_is_cut_off(void **state)
{
    struct upload upload;
    int64_t began_ms;

    (void)state;
    begin_upload(&upload, "", 3);
    /* It is being read: the neighbour's answer came behind it. */
    json_destroy(talk_get(stack.port, "/healthz"));
    began_ms = clock_steady_ms();
    child_signal(&stack.server, SIGTERM);
    assert_int_equal(child_wait(&stack.server, 4 * DRAIN_MS), 0);
    assert_in_range(clock_steady_ms() - began_ms, DRAIN_MS - 100, 2 * DRAIN_MS);
    close(upload.fd);
    buffer_finish(&upload.photo);
    stack_start_server(&stack);
}

static int set_up(void **state)
{
    char text[16];

    snprintf(text, sizeof text, "%d", DRAIN_MS);
    setenv("FACEWIRE_DRAIN_MS", text, 1);
    (void)state;
    stack_start(&stack);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stack_stop(&stack);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_is_told_and_what_began_is_finished),
        cmocka_unit_test(who_takes_too_long_is_cut_off),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
