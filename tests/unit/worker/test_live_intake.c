#include "redis_stage.h"

#include "live_intake.h"

/*
 * A worker "ann" with room for one frame at a time.  Its frames are too old to
 * be worked on, and so done with at once.
 */
static struct live_intake *intake;
static struct tools tools;
static size_t parts_up, rests;
static char named[CONSUMER_BYTES];
static bool has_reply;

static void on_state(void *owner, unsigned part, bool is_up)
{
    (void)owner;
    (void)part;
    parts_up += is_up;
}

static void on_rest(void *owner)
{
    (void)owner;
    rests++;
}

static int open_parts(unsigned parts)
{
    static struct worker_settings settings;
    struct queue_options options = {
        .url = server.url, .name = "test", .parts = parts};
    char problem[256];

    redis_server_say(&server, "FLUSHALL");
    settings.redis_url = server.url;
    settings.live_frames = 1;
    uv_loop_init(&loop);
    parts_up = rests = 0;
    tools =
        (struct tools){.loop = &loop, .settings = &settings, .consumer = "ann"};
    tools.queues = queues_create(&loop, &options, on_state, NULL, problem);
    while (parts_up < parts)
        uv_run(&loop, UV_RUN_ONCE);
    intake = live_intake_create(&tools, on_rest, NULL);
    return 0;
}

static int open_one(void **state)
{
    (void)state;
    return open_parts(1);
}

static int open_two(void **state)
{
    (void)state;
    return open_parts(2);
}

static int close_parts(void **state)
{
    (void)state;
    live_intake_destroy(intake);
    queues_destroy(tools.queues);
    close_loop();
    return 0;
}

static void on_named(void *owner, int error, const struct redis_reply *reply)
{
    (void)owner;
    assert_int_equal(error, 0);
    snprintf(named, sizeof named, "%s", redis_reply_text(reply));
    has_reply = true;
}

/* Who is named for a frame, which does not wait if nobody is. */
static const char *offer(unsigned part)
{
    has_reply = false;
    assert_int_equal(queue_offer(queues_at(tools.queues, part), "s1", "east", 0,
                                 on_named, NULL),
                     PENDING);
    turn_until(&has_reply);
    return named;
}

static void give(unsigned part, const char *frame)
{
    assert_int_equal(queue_give_frame(queues_at(tools.queues, part), "ann",
                                      frame, strlen(frame), NULL, NULL),
                     PENDING);
}

/* Offers until the worker has said that it has room. */
static void offer_until_named(unsigned part)
{
    while (strcmp(offer(part), "ann") != 0)
        continue;
}

static void a_worker_has_room_again_when_a_frame_is_done(void **state)
{
    (void)state;
    for (size_t i = 1; i <= 3; i++) {
        offer_until_named(0);
        assert_string_equal(offer(0), "");
        give(0, "{\"expires_ms\":1}\nimage");
        while (rests < i)
            uv_run(&loop, UV_RUN_ONCE);
    }
    assert_int_equal(live_intake_working(intake), 0);
}

static void of_a_frame_that_is_gone_there_is_room_for_another(void **state)
{
    (void)state;
    offer_until_named(0);
    give(0, "");
    offer_until_named(0);
    assert_int_equal(rests, 0);
}

/* Its name, or the frame, may have been lost. */
static void room_is_told_anew_each_second(void **state)
{
    (void)state;
    offer_until_named(0); /* and nothing is given */
    live_intake_tick(intake);
    offer_until_named(0);
}

static void who_said_in_between_that_it_has_none_has_room_again(void **state)
{
    (void)state;
    offer_until_named(0);
    give(0, "{\"expires_ms\":1}\nimage");
    while (live_intake_working(intake) == 0)
        uv_run(&loop, UV_RUN_NOWAIT);
    live_intake_tick(intake);
    offer_until_named(0);
    assert_int_equal(rests, 1);
}

static void frames_that_come_together_are_done_one_by_one(void **state)
{
    (void)state;
    offer_until_named(0);
    offer_until_named(1);
    give(0, "{\"expires_ms\":1}\none");
    give(1, "{\"expires_ms\":1}\ntwo");
    give(1, "{\"expires_ms\":1}\nthree");
    while (rests < 3)
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(live_intake_working(intake), 0);
    offer_until_named(0);
    offer_until_named(1);
}

static void who_stops_has_no_room(void **state)
{
    (void)state;
    offer_until_named(0);
    live_intake_tick(intake);
    live_intake_stop(intake);
    assert_string_equal(offer(0), "");
    give(0, "{\"expires_ms\":1}\nlast");
    while (rests < 1)
        uv_run(&loop, UV_RUN_ONCE);
    assert_string_equal(offer(0), "");
}

#define TEST(name, open)                                                       \
    cmocka_unit_test_setup_teardown(name, open, close_parts)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_worker_has_room_again_when_a_frame_is_done, open_one),
        TEST(of_a_frame_that_is_gone_there_is_room_for_another, open_one),
        TEST(room_is_told_anew_each_second, open_one),
        TEST(who_said_in_between_that_it_has_none_has_room_again, open_one),
        TEST(frames_that_come_together_are_done_one_by_one, open_two),
        TEST(who_stops_has_no_room, open_one),
    };

    return cmocka_run_group_tests(tests, start_redis, stop_redis);
}
