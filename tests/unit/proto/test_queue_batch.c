#include "queue_stage.h"

#include "done.h"
#include "errors.h"
#include "text.h"

/*
 * What one worker asks of the queue in one turn of the loop.  Each test begins
 * with an empty Redis.
 */
enum { JOBS = 8 };

/* An answer that is waited for, and how many came before it. */
struct answer {
    bool is_there;
    int error;
    int64_t number;
    size_t place;
    char text[64];
};

static size_t answers_so_far;
static struct lease leases[JOBS];
static size_t lease_count;
static int64_t log_events;

static int empty(void **state)
{
    redis_server_say(&server, "CONFIG RESETSTAT");
    return empty_redis(state);
}

static void on_answer(void *owner, int error, const struct redis_reply *reply)
{
    struct answer *answer = owner;

    *answer = (struct answer){.is_there = true,
                              .error = error,
                              .number = redis_reply_integer(reply),
                              .place = ++answers_so_far};
    text_copy(answer->text, sizeof answer->text, redis_reply_text(reply));
}

static void wait_for(const struct answer *answer)
{
    turn_until(&answer->is_there);
}

static void on_leases(void *owner, int error, const struct redis_reply *reply)
{
    lease_count =
        queue_read_leases(reply, redis_reply_count(reply) % 4, leases, JOBS);
    on_answer(owner, error, reply);
}

static void on_log(void *owner, int error, const struct redis_reply *reply)
{
    log_events = redis_reply_integer(redis_reply_at(reply, 2));
    on_answer(owner, error, reply);
}

static int64_t events(void)
{
    struct answer answer = {0};

    assert_int_equal(queue_log(queue, "0-0", on_log, &answer), PENDING);
    wait_for(&answer);
    return log_events;
}

static void add(const char *id, const char *account, struct answer *answer)
{
    static const struct queue_event queued = {"job.queued", "searches", "{}",
                                              NULL};
    struct queued_job job = {.priority = PRIORITY_INTERACTIVE};

    text_copy(job.id, sizeof job.id, id);
    text_copy(job.account, sizeof job.account, account);
    assert_int_equal(queue_add(queue, &job, &queued, on_answer, answer),
                     PENDING);
}

static void finish(const struct lease *lease, const char *event,
                   struct answer *answer)
{
    struct queue_event ended = {event, "searches", "{}", NULL};

    assert_int_equal(queue_finish(queue, lease, &ended, on_answer, answer),
                     PENDING);
}

static size_t take(size_t cap)
{
    struct answer answer = {0};

    assert_int_equal(queue_take(queue, "ann", JOBS, cap, on_leases, &answer),
                     PENDING);
    wait_for(&answer);
    return lease_count;
}

static void add_some(size_t count, const char *account)
{
    struct answer answers[JOBS] = {{0}};
    char id[32];

    for (size_t i = 0; i < count; i++) {
        snprintf(id, sizeof id, "%s%zu", account, i);
        add(id, account, &answers[i]);
    }
    for (size_t i = 0; i < count; i++) {
        wait_for(&answers[i]);
        assert_int_equal(answers[i].number, 1);
    }
}

static void what_comes_in_one_turn_is_one_call(void **state)
{
    struct answer answers[JOBS] = {{0}};

    (void)state;
    add_some(JOBS, "ann");
    assert_true(redis_says("info commandstats", "fcall:calls=1,"));
    assert_int_equal(take(JOBS), JOBS);
    for (size_t i = 0; i < JOBS; i++)
        finish(&leases[i], "search.completed:1", &answers[i]);
    wait_for(&answers[JOBS - 1]);
    assert_true(redis_says("info commandstats", "fcall:calls=3,"));
    for (size_t i = 0; i < JOBS; i++) {
        assert_int_equal(answers[i].number, 1);
        assert_int_equal(answers[i].place,
                         answers[JOBS - 1].place - JOBS + 1 + i);
    }
    assert_int_equal(events(), 2 * JOBS);
}

static void each_is_told_its_own_answer(void **state)
{
    struct answer first = {0}, again = {0}, other = {0};

    (void)state;
    add("job1", "local", &first);
    add("job1", "local", &again);
    add("job2", "local", &other);
    wait_for(&other);
    assert_int_equal(first.number, 1);
    assert_int_equal(again.number, 0);
    assert_int_equal(other.number, 1);
    assert_int_equal(take(JOBS), 2);

    first = again = other = (struct answer){0};
    finish(&leases[0], "search.completed:1", &first);
    finish(&leases[0], "search.completed:1", &again);
    finish(&leases[1], "job.failed:1", &other);
    wait_for(&other);
    assert_int_equal(first.number, 1);
    assert_int_equal(again.number, 0);
    assert_int_equal(other.number, 1);
    assert_int_equal(events(), 4);
}

/* The room that they leave is each account's own. */
static void accounts_end_together(void **state)
{
    struct answer answers[3] = {{0}};

    (void)state;
    add_some(4, "a");
    add_some(4, "b");
    assert_int_equal(take(2), 4); /* a0, a1, b0, b1 */
    finish(&leases[0], "search.completed:1", &answers[0]);
    finish(&leases[1], "search.completed:1", &answers[1]);
    finish(&leases[2], "search.completed:1", &answers[2]);
    wait_for(&answers[2]);
    assert_int_equal(take(2), 3);
    assert_true(redis_says("HGET facewire:{0}:inflight a", "2"));
    assert_true(redis_says("HGET facewire:{0}:inflight b", "2"));
}

static void a_lease_that_ends_twice_leaves_room_once(void **state)
{
    struct answer first = {0}, again = {0};

    (void)state;
    add_some(3, "a");
    assert_int_equal(take(2), 2);
    finish(&leases[0], "search.completed:1", &first);
    finish(&leases[0], "search.completed:1", &again);
    wait_for(&again);
    assert_true(redis_says("HGET facewire:{0}:inflight a", "1"));
    assert_int_equal(take(2), 1);
}

static void other_calls_go_behind_what_was_gathered(void **state)
{
    struct answer added = {0}, taken = {0};

    (void)state;
    add("job1", "local", &added);
    assert_int_equal(queue_take(queue, "ann", 1, 1, on_leases, &taken),
                     PENDING);
    wait_for(&taken);
    assert_true(added.is_there && added.place < taken.place);
    assert_int_equal(lease_count, 1);
}

static void more_than_a_batch_holds_goes_in_several(void **state)
{
    enum { MANY = 200 };
    struct answer answers[MANY] = {{0}};
    char id[32];

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "job%zu", i);
        add(id, "local", &answers[i]);
    }
    wait_for(&answers[MANY - 1]);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(answers[i].number, 1);
    assert_true(redis_says("info commandstats", "fcall:calls=4,"));
    assert_true(redis_says("LLEN facewire:{0}:wait:0:local", "200"));
}

static void whoever_leaves_work_wakes_the_next(void **state)
{
    (void)state;
    add_some(JOBS, "a");
    add_some(1, "b");
    assert_true(redis_says("LLEN facewire:{0}:bell", "^2$"));
    redis_server_say(&server, "DEL 'facewire:{0}:bell'");
    assert_int_equal(take(100), JOBS); /* one is left */
    assert_true(redis_says("LLEN facewire:{0}:bell", "^1$"));
    redis_server_say(&server, "DEL 'facewire:{0}:bell'");
    assert_int_equal(take(100), 1);
    assert_true(redis_says("LLEN facewire:{0}:bell", "^0$"));
}

static void a_batch_goes_on_when_redis_was_emptied(void **state)
{
    struct answer answers[2] = {{0}};
    struct answer beaten = {0};

    (void)state;
    add_some(2, "a");
    assert_int_equal(take(2), 2);
    redis_server_say(&server, "FLUSHALL");
    /* One is known again, the other is not. */
    assert_int_equal(queue_beat(queue, "ann", leases, 1, on_answer, &beaten),
                     PENDING);
    finish(&leases[0], "search.completed:1", &answers[0]);
    finish(&leases[1], "search.completed:1", &answers[1]);
    wait_for(&answers[1]);
    assert_int_equal(answers[0].number, 1);
    assert_int_equal(answers[1].number, 1);
    assert_int_equal(events(), 2);
    assert_true(redis_says("HGET facewire:{0}:inflight a", "1"));
}

static void a_refusal_is_told_to_all(void **state)
{
    struct answer answers[2] = {{0}};

    (void)state;
    redis_server_say(&server, "config set maxmemory 1");
    add("job1", "local", &answers[0]);
    add("job2", "local", &answers[1]);
    wait_for(&answers[1]);
    redis_server_say(&server, "config set maxmemory 0");
    for (size_t i = 0; i < COUNT(answers); i++) {
        assert_int_equal(answers[i].error, E_REFUSED);
        assert_true(text_begins(answers[i].text, "OOM"));
    }
    add_some(2, "a");
}

static void a_connection_that_is_lost_is_told_to_all(void **state)
{
    struct answer answers[2] = {{0}};

    (void)state;
    redis_server_say(&server, "client kill type normal");
    add("job1", "local", &answers[0]); /* nobody has noticed yet */
    add("job2", "local", &answers[1]);
    wait_for(&answers[1]);
    assert_int_equal(answers[0].error, E_CONNECTION);
    assert_int_equal(answers[1].error, E_CONNECTION);
    assert_false(is_queue_up);
    turn_until(&is_queue_up);
}

static void what_was_gathered_is_cancelled_at_the_end(void **state)
{
    struct answer answer = {0};

    (void)state;
    add("job1", "local", &answer);
    queue_destroy(queue);
    assert_true(answer.is_there);
    assert_int_equal(answer.error, E_CANCELLED);
    close_loop();
    open_queue(); /* for the tests behind this one */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_comes_in_one_turn_is_one_call, empty),
        cmocka_unit_test_setup(each_is_told_its_own_answer, empty),
        cmocka_unit_test_setup(accounts_end_together, empty),
        cmocka_unit_test_setup(a_lease_that_ends_twice_leaves_room_once, empty),
        cmocka_unit_test_setup(other_calls_go_behind_what_was_gathered, empty),
        cmocka_unit_test_setup(more_than_a_batch_holds_goes_in_several, empty),
        cmocka_unit_test_setup(whoever_leaves_work_wakes_the_next, empty),
        cmocka_unit_test_setup(a_batch_goes_on_when_redis_was_emptied, empty),
        cmocka_unit_test_setup(a_refusal_is_told_to_all, empty),
        cmocka_unit_test_setup(a_connection_that_is_lost_is_told_to_all, empty),
        cmocka_unit_test_setup(what_was_gathered_is_cancelled_at_the_end,
                               empty),
    };

    return cmocka_run_group_tests(tests, start_queue, stop_queue);
}
