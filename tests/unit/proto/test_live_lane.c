#include "queue_stage.h"

#include "done.h"
#include "text.h"

/*
 * What the queue knows of the live lane: sessions "s1" and so on of the servers
 * "east" and "west", and the workers "ann" and "bob".  Each test begins with an
 * empty Redis.
 */
static struct redis *redis; /* to look at what servers are told */
static bool is_redis_up;

static struct {
    bool is_there;
    int error;
    int64_t number;
    char text[64];
    char told[4][64]; /* what a server was, the newest first */
    size_t told_count;
} reply;

static void on_redis_state(void *owner, bool is_up)
{
    (void)owner;
    is_redis_up = is_up;
}

static int start(void **state)
{
    struct redis_options options = {
        .url = server.url, .name = "look", .limit_ms = 5000, .pending_max = 8};
    char problem[256];

    start_queue(state);
    redis = redis_create(&loop, &options, on_redis_state, NULL, problem);
    assert_non_null(redis);
    turn_until(&is_redis_up);
    return 0;
}

static int stop(void **state)
{
    redis_destroy(redis);
    return stop_queue(state);
}

static void on_reply(void *owner, int error, const struct redis_reply *answer)
{
    (void)owner;
    memset(&reply, 0, sizeof reply);
    reply.is_there = true;
    reply.error = error;
    reply.number = redis_reply_integer(answer);
    text_copy(reply.text, sizeof reply.text, redis_reply_text(answer));
    for (size_t i = 0; i < redis_reply_count(answer); i++, reply.told_count++) {
        const struct redis_reply *fields =
            redis_reply_at(redis_reply_at(answer, i), 1);

        assert_true(i < COUNT(reply.told));
        text_copy(reply.told[i], sizeof reply.told[i],
                  redis_reply_text(redis_reply_at(fields, 1)));
    }
}

static void wait_reply(int result)
{
    assert_int_equal(result, PENDING);
    reply.is_there = false;
    turn_until(&reply.is_there);
    if (reply.error)
        fail_msg("%s", reply.text);
}

/* The worker that is named. */
static const char *offer(const char *session, const char *from)
{
    wait_reply(queue_offer(queue, session, from, 2, on_reply, NULL));
    return reply.text;
}

/* How many frames are called for. */
static int64_t await(const char *consumer, size_t room)
{
    wait_reply(queue_await_frames(queue, consumer, room, on_reply, NULL));
    return reply.number;
}

static void look_at(const char *from)
{
    char key[64];

    snprintf(key, sizeof key, "facewire:{0}:live:out:%s", from);
    wait_reply(redis_send(
        redis,
        (struct redis_text[]){redis_text("XREVRANGE"), redis_text(key),
                              redis_text("+"), redis_text("-")},
        4, 0, on_reply, NULL));
}

static void a_worker_that_waits_is_named_at_once(void **state)
{
    (void)state;
    assert_int_equal(await("ann", 1), 0);
    assert_string_equal(offer("s1", "east"), "ann");
    assert_string_equal(offer("s1", "east"), ""); /* it had room for one */
}

static void workers_that_wait_take_turns(void **state)
{
    (void)state;
    await("ann", 2);
    await("bob", 1);
    assert_string_equal(offer("s1", "east"), "ann");
    assert_string_equal(offer("s2", "east"), "ann");
    assert_string_equal(offer("s3", "west"), "bob");
    assert_string_equal(offer("s4", "west"), "");
}

/* Room is told as it is, not added up. */
static void who_says_it_again_has_no_more_room(void **state)
{
    (void)state;
    await("ann", 1);
    await("ann", 1);
    assert_string_equal(offer("s1", "east"), "ann");
    assert_string_equal(offer("s2", "east"), "");
    await("bob", 3);
    assert_int_equal(await("bob", 0), 0);
    assert_string_equal(offer("s3", "east"), "");
}

static void what_has_waited_longest_is_called_for(void **state)
{
    (void)state;
    offer("s1", "east");
    offer("s2", "west");
    offer("s1", "east"); /* it waits already */
    assert_int_equal(await("ann", 1), 1);
    look_at("east");
    assert_int_equal(reply.told_count, 1);
    assert_string_equal(reply.told[0], "{\"give\":\"s1\",\"to\":\"ann\"}");
    assert_int_equal(await("bob", 2), 1);
    look_at("west");
    assert_string_equal(reply.told[0], "{\"give\":\"s2\",\"to\":\"bob\"}");
    assert_string_equal(offer("s3", "west"), "bob"); /* the rest of its room */
}

static void of_too_many_that_wait_the_oldest_is_dropped(void **state)
{
    (void)state;
    offer("s1", "east");
    offer("s2", "east");
    offer("s3", "east");
    assert_int_equal(await("ann", 3), 2);
    look_at("east");
    assert_int_equal(reply.told_count, 2);
    assert_string_equal(reply.told[0], "{\"give\":\"s3\",\"to\":\"ann\"}");
    assert_string_equal(reply.told[1], "{\"give\":\"s2\",\"to\":\"ann\"}");
}

static void nobody_hears_a_frame_for_a_worker_that_is_gone(void **state)
{
    (void)state;
    wait_reply(
        queue_give_frame(queue, "ghost", "{}\nimage", 8, on_reply, NULL));
    assert_int_equal(reply.number, 0);
}

/* Neither who waits nor what a server was told outlives them for long. */
static void all_of_it_is_forgotten_soon(void **state)
{
    static const char *const keys[] = {"facewire:{0}:live:free",
                                       "facewire:{0}:live:out:east"};

    (void)state;
    offer("s1", "east");
    await("ann", 2);
    for (size_t i = 0; i < COUNT(keys); i++) {
        wait_reply(redis_send(
            redis,
            (struct redis_text[]){redis_text("TTL"), redis_text(keys[i])}, 2, 0,
            on_reply, NULL));
        assert_in_range(reply.number, 1, 60);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_worker_that_waits_is_named_at_once,
                               empty_redis),
        cmocka_unit_test_setup(workers_that_wait_take_turns, empty_redis),
        cmocka_unit_test_setup(who_says_it_again_has_no_more_room, empty_redis),
        cmocka_unit_test_setup(what_has_waited_longest_is_called_for,
                               empty_redis),
        cmocka_unit_test_setup(of_too_many_that_wait_the_oldest_is_dropped,
                               empty_redis),
        cmocka_unit_test_setup(nobody_hears_a_frame_for_a_worker_that_is_gone,
                               empty_redis),
        cmocka_unit_test_setup(all_of_it_is_forgotten_soon, empty_redis),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
