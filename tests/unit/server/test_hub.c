#include "entries.h"

#include "hub.h"

#define JOB "0199c1de-7f3a-7000-8000-000000000001"
#define OTHER_JOB "0199c1de-7f3a-7000-8000-000000000002"

/* Somebody who counts what they hear, and may leave at once. */
struct ear {
    struct subscriber subscriber;
    int heard;
    bool leaves;
    struct ear *sends_away;
};

static void on_entry(struct subscriber *subscriber,
                     const struct log_entry *entry)
{
    struct ear *ear = container_of(subscriber, struct ear, subscriber);

    (void)entry;
    ear->heard++;
    if (ear->leaves)
        hub_leave(subscriber);
    if (ear->sends_away)
        hub_leave(&ear->sends_away->subscriber);
}

static struct ear ear_open(void)
{
    return (struct ear){.subscriber = {.on_entry = on_entry}};
}

static void subscribe(struct hub *hub, struct ear *ear, const char *topic)
{
    hub_subscribe(hub, &ear->subscriber, topic, 0, NULL);
}

static void publish(struct hub *hub, const char *topic, const char *job)
{
    static uint64_t serial = 1;
    struct log_entry *entry = entry_make(serial, topic, "search.face", job, 1);

    entry->serial = serial++;
    hub_publish(hub, entry);
    log_entry_free(entry);
}

static void an_event_comes_to_those_who_want_it(void **state)
{
    struct hub *hub = hub_create();
    struct ear one = ear_open(), other = ear_open();

    (void)state;
    subscribe(hub, &one, "searches");
    subscribe(hub, &other, "people");
    publish(hub, "searches", JOB);
    publish(hub, "alerts", "");
    assert_int_equal(one.heard, 1);
    assert_int_equal(other.heard, 0);
    hub_leave(&one.subscriber);
    hub_leave(&other.subscriber);
    publish(hub, "searches", JOB);
    assert_int_equal(one.heard, 1);
    hub_destroy(hub);
}

static void an_event_of_two_topics_comes_once(void **state)
{
    struct hub *hub = hub_create();
    struct ear ear = ear_open();

    (void)state;
    subscribe(hub, &ear, "searches");
    subscribe(hub, &ear, "job:" JOB);
    subscribe(hub, &ear, "job:" JOB);
    publish(hub, "searches", JOB);
    assert_int_equal(ear.heard, 1);
    assert_int_equal(ear.subscriber.count, 2);
    publish(hub, "searches", OTHER_JOB);
    assert_int_equal(ear.heard, 2);
    hub_unsubscribe(&ear.subscriber, "searches");
    publish(hub, "searches", JOB);
    assert_int_equal(ear.heard, 3);
    hub_leave(&ear.subscriber);
    hub_destroy(hub);
}

static void whoever_leaves_in_the_middle_is_not_missed(void **state)
{
    struct hub *hub = hub_create();
    struct ear ears[5];

    (void)state;
    for (size_t i = 0; i < COUNT(ears); i++) {
        ears[i] = ear_open();
        subscribe(hub, &ears[i], "searches");
        subscribe(hub, &ears[i], "job:" JOB);
    }
    /* They are told the newest first. */
    ears[4].leaves = true;
    ears[3].sends_away = &ears[2];
    publish(hub, "searches", JOB);
    assert_int_equal(ears[4].heard, 1);
    assert_int_equal(ears[3].heard, 1);
    assert_int_equal(ears[2].heard, 0);
    assert_int_equal(ears[1].heard, 1);
    assert_int_equal(ears[0].heard, 1);
    for (size_t i = 0; i < COUNT(ears); i++)
        hub_leave(&ears[i].subscriber);
    hub_destroy(hub);
}

static void a_followed_job_is_forgotten_at_its_end(void **state)
{
    struct hub *hub = hub_create();
    struct ear ear = ear_open();

    (void)state;
    hub_follow(hub, &ear.subscriber, JOB, 0);
    assert_int_equal(ear.subscriber.count, 0); /* it asked for no topic */
    assert_true(subscriber_has(&ear.subscriber, "job:" JOB));
    publish(hub, "searches", JOB);
    assert_int_equal(ear.heard, 1);
    hub_end_following(&ear.subscriber, OTHER_JOB);
    hub_end_following(&ear.subscriber, JOB);
    assert_false(hub_has(hub, "job:" JOB));
    publish(hub, "searches", JOB);
    assert_int_equal(ear.heard, 1);
    hub_destroy(hub);
}

static void a_followed_job_that_was_asked_for_stays(void **state)
{
    struct hub *hub = hub_create();
    struct ear ear = ear_open();

    (void)state;
    hub_follow(hub, &ear.subscriber, JOB, 0);
    subscribe(hub, &ear, "job:" JOB);
    assert_int_equal(ear.subscriber.count, 1);
    hub_end_following(&ear.subscriber, JOB);
    assert_true(subscriber_has(&ear.subscriber, "job:" JOB));

    hub_follow(hub, &ear.subscriber, JOB, 0); /* the other order */
    hub_end_following(&ear.subscriber, JOB);
    assert_true(subscriber_has(&ear.subscriber, "job:" JOB));
    hub_leave(&ear.subscriber);
    assert_int_equal(ear.subscriber.count, 0);
    hub_destroy(hub);
}

static struct log_entry *entry_at(uint64_t serial, const char *offset)
{
    struct log_entry *entry = entry_make(0, "searches", "x", JOB, 1);

    entry->serial = serial;
    assert_int_equal(offset_read(offset, &entry->offset), 0);
    return entry;
}

static void a_topic_is_wanted_from_where_it_begins(void **state)
{
    struct hub *hub = hub_create();
    struct ear ear = ear_open();
    struct log_entry *early = entry_at(10, "log-10-0");
    struct log_entry *late = entry_at(11, "log-11-0");

    (void)state;
    hub_subscribe(hub, &ear.subscriber, "searches", 11, NULL);
    assert_false(subscriber_wants(&ear.subscriber, early));
    assert_true(subscriber_wants(&ear.subscriber, late));
    hub_subscribe(hub, &ear.subscriber, "job:" JOB, 0, NULL);
    assert_true(subscriber_wants(&ear.subscriber, early));
    subscriber_advance(&ear.subscriber, 12);
    assert_false(subscriber_wants(&ear.subscriber, late));
    hub_leave(&ear.subscriber);
    hub_destroy(hub);
    log_entry_free(early);
    log_entry_free(late);
}

static void what_is_known_of_each_part_is_not_wanted_again(void **state)
{
    static const struct {
        const char *offset;
        bool is_wanted;
    } cases[] = {
        {"log-10-0", false},  {"log-11-0", true},    {"1.log-20-0", false},
        {"1.log-21-0", true}, {"1.other-1-0", true}, {"2.log-1-0", true},
    };
    struct hub *hub = hub_create();
    struct ear ear = ear_open();
    struct position *after;

    (void)state;
    assert_int_equal(position_read("log-10-0,1.log-20-0", &after), 0);
    hub_subscribe(hub, &ear.subscriber, "searches", 0, after);
    hub_subscribe(hub, &ear.subscriber, "searches", 0, after); /* once more */
    position_unref(after);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct log_entry *entry = entry_at(i + 1, cases[i].offset);

        if (subscriber_wants(&ear.subscriber, entry) != cases[i].is_wanted)
            fail_msg("%s", cases[i].offset);
        log_entry_free(entry);
    }
    subscriber_arrive(&ear.subscriber);
    hub_leave(&ear.subscriber);
    hub_destroy(hub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_comes_to_those_who_want_it),
        cmocka_unit_test(an_event_of_two_topics_comes_once),
        cmocka_unit_test(whoever_leaves_in_the_middle_is_not_missed),
        cmocka_unit_test(a_followed_job_is_forgotten_at_its_end),
        cmocka_unit_test(a_followed_job_that_was_asked_for_stays),
        cmocka_unit_test(a_topic_is_wanted_from_where_it_begins),
        cmocka_unit_test(what_is_known_of_each_part_is_not_wanted_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
