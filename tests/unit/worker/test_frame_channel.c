#include "queue_stage.h"

#include <signal.h>

#include "frame_channel.h"

enum { IMAGE_BYTES = 300000 };

static struct frame_channel *channel;
static size_t openings, frames;
static char meta[64];
static char *image;
static size_t image_bytes;

static void on_open(void *owner)
{
    (void)owner;
    openings++;
}

static void on_frame(void *owner, const char *said, size_t said_len,
                     const void *bytes, size_t len)
{
    (void)owner;
    frames++;
    snprintf(meta, sizeof meta, "%.*s", (int)said_len, said);
    free(image);
    image = xmemdup(bytes, len);
    image_bytes = len;
}

static int start(void **state)
{
    static const struct frame_channel_events events = {on_open, on_frame};
    char problem[256];

    start_queue(state);
    channel = frame_channel_create(&loop, server.url, 0, "ann", &events, NULL,
                                   problem);
    while (!frame_channel_is_open(channel))
        uv_run(&loop, UV_RUN_ONCE);
    return 0;
}

static int stop(void **state)
{
    frame_channel_destroy(channel);
    free(image);
    return stop_queue(state);
}

static void give(const char *consumer, const char *frame, size_t len)
{
    assert_int_equal(queue_give_frame(queue, consumer, frame, len, NULL, NULL),
                     PENDING);
}

static void await_frame(size_t number)
{
    while (frames < number)
        uv_run(&loop, UV_RUN_ONCE);
}

static void a_frame_comes_as_it_was_given(void **state)
{
    char *frame = xmalloc(4 + IMAGE_BYTES);

    (void)state;
    frames = 0;
    memcpy(frame, (const char[4]){'{', '1', '}', '\n'}, 4);
    for (size_t i = 0; i < IMAGE_BYTES; i++)
        frame[4 + i] = (char)(i * 7); /* zeros and line feeds, too */
    give("bob", "{2}\nhis", 7);
    give("ann", frame, 4 + IMAGE_BYTES);
    await_frame(1);
    assert_string_equal(meta, "{1}");
    assert_int_equal(image_bytes, IMAGE_BYTES);
    assert_memory_equal(image, frame + 4, IMAGE_BYTES);
    free(frame);
}

static void of_a_frame_that_is_gone_nothing_comes(void **state)
{
    (void)state;
    frames = 0;
    give("ann", "", 0);
    await_frame(1);
    assert_string_equal(meta, "");
    assert_int_equal(image_bytes, 0);
    give("ann", "{}\nx", 4);
    await_frame(2);
    assert_int_equal(image_bytes, 1);
}

static void a_channel_that_is_opened_anew_hears(void **state)
{
    (void)state;
    frames = openings = 0;
    frame_channel_reopen(channel);
    assert_false(frame_channel_is_open(channel));
    while (openings == 0)
        uv_run(&loop, UV_RUN_ONCE);
    give("ann", "{3}\nx", 5);
    await_frame(1);
    assert_string_equal(meta, "{3}");
}

static void a_lost_channel_comes_back(void **state)
{
    (void)state;
    frames = openings = 0;
    child_signal(&server.child, SIGKILL);
    while (frame_channel_is_open(channel) || is_queue_up)
        uv_run(&loop, UV_RUN_ONCE);
    redis_server_restart(&server);
    while (openings == 0 || !is_queue_up)
        uv_run(&loop, UV_RUN_ONCE);
    give("ann", "{4}\nx", 5);
    await_frame(1);
    assert_string_equal(meta, "{4}");
}

static void a_url_that_is_none_is_refused(void **state)
{
    char problem[256];

    (void)state;
    assert_null(frame_channel_create(&loop, "http://localhost", 0, "ann", NULL,
                                     NULL, problem));
    assert_non_null(strstr(problem, "no URL"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_comes_as_it_was_given),
        cmocka_unit_test(of_a_frame_that_is_gone_nothing_comes),
        cmocka_unit_test(a_channel_that_is_opened_anew_hears),
        cmocka_unit_test(a_lost_channel_comes_back),
        cmocka_unit_test(a_url_that_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
