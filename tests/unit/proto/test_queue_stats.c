#include "queue_talk.h"

/* What is counted of the queue and its workers. */

static void what_there_is_to_do_is_counted(void **state)
{
    (void)state;
    add("a", "local", PRIORITY_INTERACTIVE);
    add("b", "local", PRIORITY_BACKFILL);
    add("c", "local", PRIORITY_BACKFILL);
    add("d", "other", PRIORITY_INTERACTIVE);
    take("ann", 1, 1);
    wait_reply(queue_beat(queue, "ann", NULL, 0, on_reply, NULL));
    wait_reply(queue_stats(queue, on_reply, NULL));
    assert_int_equal(reply.numbers[0], 1);
    assert_int_equal(reply.numbers[1], 2);
    assert_int_equal(reply.numbers[2], 0);
    assert_int_equal(reply.numbers[3], 1);
    assert_int_equal(reply.numbers[4], 0);
    assert_int_equal(reply.numbers[5], 1);
}

static void the_last_word_about_recognition_is_told(void **state)
{
    (void)state;
    wait_reply(queue_workers(queue, on_reply, NULL));
    assert_int_equal(reply.numbers[0], 0);
    assert_int_equal(reply.numbers[1], 0); /* nobody has told */
    wait_reply(queue_beat(queue, "ann", NULL, 0, on_reply, NULL));
    wait_reply(queue_beat(queue, "bob", NULL, 0, on_reply, NULL));
    wait_reply(queue_tell_recognition(queue, "timeout", on_reply, NULL));
    wait_reply(queue_workers(queue, on_reply, NULL));
    assert_int_equal(reply.numbers[0], 2);
    assert_int_equal(reply.numbers[1], 1);
    assert_string_equal(reply.last, "timeout");
    wait_reply(queue_tell_recognition(queue, "", on_reply, NULL));
    wait_reply(queue_workers(queue, on_reply, NULL));
    assert_int_equal(reply.numbers[1], 1);
    assert_string_equal(reply.last, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_there_is_to_do_is_counted, empty_redis),
        cmocka_unit_test_setup(the_last_word_about_recognition_is_told,
                               empty_redis),
    };

    return cmocka_run_group_tests(tests, start_queue, stop_queue);
}
