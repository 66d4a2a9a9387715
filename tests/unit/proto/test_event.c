#include "unit.h"

#include "event.h"

static void assert_written(const struct event *event, bool is_replay,
                           const char *wanted)
{
    struct buffer out = {0};

    event_write(event, is_replay, &out);
    assert_string_equal(buffer_text(&out), wanted);
    buffer_finish(&out);
}

static const struct event landed = {
    .offset = "k3v9-1763715240123-0",
    .time = "2026-11-21T08:54:00.123Z",
    .topic = "searches",
    .name = "search.face",
    .job = "0199c1de-7f3a-7000-8000-0123456789ab",
    .data = "{\"index\":0}",
};

static void an_event_is_one_line(void **state)
{
    (void)state;
    assert_written(&landed, false,
                   "{\"type\":\"event\",\"offset\":\"k3v9-1763715240123-0\","
                   "\"time\":\"2026-11-21T08:54:00.123Z\","
                   "\"topic\":\"searches\",\"event\":\"search.face\","
                   "\"job\":\"0199c1de-7f3a-7000-8000-0123456789ab\","
                   "\"replay\":false,\"data\":{\"index\":0}}");
}

static void a_replayed_event_says_so(void **state)
{
    struct buffer out = {0};

    (void)state;
    event_write(&landed, true, &out);
    assert_non_null(strstr(buffer_text(&out), "\"replay\":true"));
    buffer_finish(&out);
}

static void what_an_event_has_not_is_null(void **state)
{
    const struct event stats = {
        .time = "2026-11-21T08:54:00.123Z",
        .topic = "stats",
        .name = "stats",
        .data = "{}",
    };

    (void)state;
    assert_written(&stats, false,
                   "{\"type\":\"event\",\"offset\":null,"
                   "\"time\":\"2026-11-21T08:54:00.123Z\","
                   "\"topic\":\"stats\",\"event\":\"stats\",\"job\":null,"
                   "\"replay\":false,\"data\":{}}");
}

static void only_what_gets_stale_says_when(void **state)
{
    struct event live = landed;

    (void)state;
    live.offset = NULL;
    live.expires_at = "2026-11-21T08:54:02.000Z";
    assert_written(&live, false,
                   "{\"type\":\"event\",\"offset\":null,"
                   "\"time\":\"2026-11-21T08:54:00.123Z\","
                   "\"topic\":\"searches\",\"event\":\"search.face\","
                   "\"job\":\"0199c1de-7f3a-7000-8000-0123456789ab\","
                   "\"expires_at\":\"2026-11-21T08:54:02.000Z\","
                   "\"replay\":false,\"data\":{\"index\":0}}");
}

static void events_are_added_behind_each_other(void **state)
{
    struct buffer out = {0};
    size_t len;

    (void)state;
    event_write(&landed, false, &out);
    len = out.len;
    event_write(&landed, false, &out);
    assert_int_equal(out.len, 2 * len);
    assert_memory_equal(out.bytes, out.bytes + len, len);
    buffer_finish(&out);
}

static void topics_of_the_page_are_known(void **state)
{
    static const char *const known[] = {
        "searches",
        "people",
        "alerts",
        "stats",
        "job:0199c1de-7f3a-7000-8000-0123456789ab",
        "attendance:math_101.a-2",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(known); i++)
        if (!topic_is_known(known[i]))
            fail_msg("not known: %s", known[i]);
}

/* Topics go into envelopes as they are: nothing may pass that JSON escapes. */
static void all_other_topics_are_refused(void **state)
{
    static const char *const unknown[] = {
        "",
        "search",
        "searches ",
        "Searches",
        "stats\"",
        "job:",
        "job:17",
        "job:0199C1DE-7F3A-7000-8000-0123456789AB",
        "job:0199c1de-7f3a-7000-8000-0123456789ab\"",
        "job:0199c1de-7f3a-7000-8000-0123456789a",
        "attendance",
        "attendance:",
        "attendance:a b",
        "attendance:\"",
        "attendance:\\",
        "attendance:\xc3\xa4",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(unknown); i++)
        if (topic_is_known(unknown[i]))
            fail_msg("known: \"%s\"", unknown[i]);
}

static void a_course_has_64_characters_at_most(void **state)
{
    char topic[] = "attendance:"
                   "0123456789012345678901234567890123456789012345678901234567"
                   "8901234";

    (void)state;
    assert_false(topic_is_known(topic));
    topic[strlen(topic) - 1] = '\0';
    assert_true(topic_is_known(topic));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_one_line),
        cmocka_unit_test(a_replayed_event_says_so),
        cmocka_unit_test(what_an_event_has_not_is_null),
        cmocka_unit_test(only_what_gets_stale_says_when),
        cmocka_unit_test(events_are_added_behind_each_other),
        cmocka_unit_test(topics_of_the_page_are_known),
        cmocka_unit_test(all_other_topics_are_refused),
        cmocka_unit_test(a_course_has_64_characters_at_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
