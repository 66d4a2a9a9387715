#include "redis_stage.h"

#include "counters.h"
#include "live_desk.h"
#include "text.h"

/* A worker as a desk sees it: a name, and perhaps somebody who hears. */
struct ear {
    const char *name;
    struct redis *redis;
    bool is_open;
    size_t frames;
    char last[64];
};

static struct counters counters;
static struct services services;
static struct live_desk *desk;
static struct ear ann = {.name = "ann"}, bob = {.name = "bob"};
static bool is_queue_up, has_reply;

static void on_queue_state(void *owner, unsigned part, bool is_up)
{
    (void)owner;
    (void)part;
    is_queue_up = is_up;
}

static void on_message(void *owner, const char *bytes, size_t len)
{
    struct ear *ear = owner;

    ear->frames += ear->is_open;
    ear->is_open = true;
    snprintf(ear->last, sizeof ear->last, "%.*s", (int)len, bytes);
}

static void on_state(void *owner, bool is_up)
{
    struct ear *ear = owner;
    char *name = xprintf("live:to:%s", ear->name);
    char *key = queue_key(0, name);

    if (is_up)
        assert_int_equal(redis_listen(ear->redis, key, on_message, ear), 0);
    free(name);
    free(key);
}

static void open_ear(struct ear *ear)
{
    struct redis_options options = {
        .url = server.url, .name = "test", .limit_ms = 5000, .pending_max = 8};
    char problem[256];

    *ear = (struct ear){.name = ear->name};
    ear->redis = redis_create(&loop, &options, on_state, ear, problem);
    turn_until(&ear->is_open);
}

static int open_desk(void **state)
{
    struct queue_options options = {
        .url = server.url, .name = "test", .parts = 1};
    char problem[256];

    empty_redis(state);
    uv_loop_init(&loop);
    is_queue_up = false;
    counters = (struct counters){0};
    services =
        (struct services){.loop = &loop, .name = "east", .counters = &counters};
    services.wheel = wheel_create(&loop, 50);
    services.queues =
        queues_create(&loop, &options, on_queue_state, NULL, problem);
    desk = services.desk = live_desk_create(&services);
    open_ear(&ann);
    open_ear(&bob);
    turn_until(&is_queue_up);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    redis_destroy(ann.redis);
    redis_destroy(bob.redis);
    queues_destroy(services.queues);
    wheel_destroy(services.wheel);
    live_desk_destroy(desk);
    close_loop();
    return 0;
}

static void on_awaited(void *owner, int error, const struct redis_reply *reply)
{
    (void)owner;
    (void)reply;
    assert_int_equal(error, 0);
    has_reply = true;
}

/* A worker says that it has room for one frame.  What is called for is not read
 * from the log here: see call. */
static void await(const char *consumer)
{
    has_reply = false;
    assert_int_equal(queue_await_frames(queues_at(services.queues, 0), consumer,
                                        1, on_awaited, NULL),
                     PENDING);
    turn_until(&has_reply);
}

static void call(const char *session, const char *consumer)
{
    char *text = xprintf("{\"give\":\"%s\",\"to\":\"%s\"}", session, consumer);

    assert_true(live_desk_hear(desk, text, strlen(text)));
    free(text);
}

static void offer(const char *session, const char *frame)
{
    struct buffer bytes = {0};

    buffer_add_text(&bytes, frame);
    assert_int_equal(live_desk_offer(desk, session, &bytes), PENDING);
    assert_null(bytes.bytes);
}

static void await_frame(const struct ear *ear, size_t number)
{
    while (ear->frames < number)
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(ear->frames, number);
}

static void a_frame_goes_to_the_worker_that_waits(void **state)
{
    (void)state;
    await("bob");
    offer("s1", "frame");
    await_frame(&bob, 1);
    assert_string_equal(bob.last, "frame");
    assert_int_equal(ann.frames, 0);
    assert_int_equal(counters.dropped_frames, 0);
}

static void two_workers_have_a_frame_each(void **state)
{
    (void)state;
    await("ann");
    await("bob");
    offer("s1", "one");
    offer("s2", "two");
    await_frame(&ann, 1);
    await_frame(&bob, 1);
    assert_string_equal(ann.last, "one");
    assert_string_equal(bob.last, "two");
}

static void a_newer_frame_takes_the_place_of_one_that_waits(void **state)
{
    (void)state;
    offer("s1", "old");
    offer("s1", "new");
    assert_int_equal(counters.dropped_frames, 1);
    call("s1", "ann");
    await_frame(&ann, 1);
    assert_string_equal(ann.last, "new");
}

/* A worker is called off where a session has nothing more to give. */
static void a_frame_is_given_once(void **state)
{
    (void)state;
    offer("s1", "frame");
    call("s1", "ann");
    call("s1", "bob");
    await_frame(&ann, 1);
    await_frame(&bob, 1);
    assert_string_equal(ann.last, "frame");
    assert_string_equal(bob.last, "");
}

static void a_worker_that_is_gone_loses_no_frame(void **state)
{
    (void)state;
    await("ghost");
    await("another ghost");
    await("bob");
    offer("s1", "frame");
    await_frame(&bob, 1);
    assert_string_equal(bob.last, "frame");
    assert_int_equal(counters.dropped_frames, 0);
}

/* Where nobody else waits, it waits on. */
static void what_nobody_heard_waits_on(void **state)
{
    (void)state;
    await("ghost");
    offer("s1", "frame");
    do { /* until it is back */
        call("s1", "ann");
        await_frame(&ann, ann.frames + 1);
    } while (strcmp(ann.last, "frame") != 0);
    assert_int_equal(counters.dropped_frames, 0);
}

static void a_frame_that_is_too_old_is_not_given(void **state)
{
    uint64_t end;

    (void)state;
    offer("s1", "frame");
    uv_update_time(&loop);
    end = uv_now(&loop) + LIVE_FRAME_MS + 200; /* some ticks of the wheel */
    while (uv_now(&loop) < end)
        uv_run(&loop, UV_RUN_ONCE);
    call("s1", "ann");
    await_frame(&ann, 1);
    assert_string_equal(ann.last, "");
}

static void a_session_that_ended_has_no_frame(void **state)
{
    (void)state;
    offer("s1", "frame");
    live_desk_forget(desk, "s1");
    live_desk_forget(desk, "s2");
    call("s1", "ann");
    await_frame(&ann, 1);
    assert_string_equal(ann.last, "");
}

static void of_too_many_frames_the_oldest_is_dropped(void **state)
{
    char session[8];

    (void)state;
    for (int i = 0; i < 65; i++) {
        snprintf(session, sizeof session, "s%d", i);
        offer(session, session);
    }
    assert_int_equal(counters.dropped_frames, 1);
    call("s0", "ann");
    call("s1", "bob");
    await_frame(&ann, 1);
    await_frame(&bob, 1);
    assert_string_equal(ann.last, "");
    assert_string_equal(bob.last, "s1");
}

static void other_news_are_not_for_the_desk(void **state)
{
    static const char result[] = "{\"session\":\"s1\",\"job\":\"1\"}";

    (void)state;
    assert_false(live_desk_hear(desk, result, strlen(result)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_frame_goes_to_the_worker_that_waits),
        TEST(two_workers_have_a_frame_each),
        TEST(a_newer_frame_takes_the_place_of_one_that_waits),
        TEST(a_frame_is_given_once),
        TEST(a_worker_that_is_gone_loses_no_frame),
        TEST(what_nobody_heard_waits_on),
        TEST(a_frame_that_is_too_old_is_not_given),
        TEST(a_session_that_ended_has_no_frame),
        TEST(of_too_many_frames_the_oldest_is_dropped),
        TEST(other_news_are_not_for_the_desk),
    };

    return cmocka_run_group_tests(tests, start_redis, stop_redis);
}
