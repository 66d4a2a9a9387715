#include "unit.h"

#include "basics.h"
#include "clock.h"
#include "errors.h"
#include "offset.h"
#include "queue.h"
#include "redis_server.h"
#include "text.h"
#include "xalloc.h"

/*
 * Two workers, "ann" and "bob", share one queue.  Each test begins with an
 * empty Redis.
 */
static struct redis_server server;
static uv_loop_t loop;
static struct queue *queue;
static bool is_up;

/* The last reply, read out. */
static struct {
    bool is_there;
    int error;
    int64_t number;
    int64_t numbers[8];
    char text[128];
    char second[128]; /* of a list */
    char last[32];    /* element, where there are several */
    struct lease leases[64];
    size_t lease_count;
    size_t count;
} reply;

static void on_state(void *owner, bool up)
{
    (void)owner;
    is_up = up;
}

static int start(void **state)
{
    struct queue_options options = {
        .url = server.url, .name = "test", .parts = 1};
    char problem[256];

    (void)state;
    redis_server_start(&server, false);
    uv_loop_init(&loop);
    queue = queue_create(&loop, &options, on_state, NULL, problem);
    assert_non_null(queue);
    while (!is_up)
        uv_run(&loop, UV_RUN_ONCE);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    queue_destroy(queue);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    redis_server_stop(&server);
    return 0;
}

static int empty(void **state)
{
    (void)state;
    redis_server_say(&server, "FLUSHALL");
    return 0;
}

static void on_reply(void *owner, int error, const struct redis_reply *answer)
{
    size_t first = redis_reply_count(answer) % 4;

    (void)owner;
    memset(&reply, 0, sizeof reply);
    reply.is_there = true;
    reply.error = error;
    reply.number = redis_reply_integer(answer);
    reply.count = redis_reply_count(answer);
    for (size_t i = 0; i < COUNT(reply.numbers); i++)
        reply.numbers[i] = redis_reply_integer(redis_reply_at(answer, i));
    snprintf(
        reply.text, sizeof reply.text, "%s",
        redis_reply_text(reply.count ? redis_reply_at(answer, 0) : answer));
    snprintf(reply.second, sizeof reply.second, "%s",
             redis_reply_text(redis_reply_at(answer, 1)));
    if (reply.count)
        text_copy(reply.last, sizeof reply.last,
                  redis_reply_text(redis_reply_at(answer, reply.count - 1)));
    reply.lease_count =
        queue_read_leases(answer, first, reply.leases, COUNT(reply.leases));
}

static void wait_reply(int result)
{
    assert_int_equal(result, PENDING);
    reply.is_there = false;
    while (!reply.is_there)
        uv_run(&loop, UV_RUN_ONCE);
    if (reply.error)
        fail_msg("%s", reply.text);
}

static const struct queue_event queued = {"job.queued", "searches", "{}", NULL};

static void add(const char *id, const char *account, enum priority priority)
{
    struct queued_job job = {.priority = priority};

    text_copy(job.id, sizeof job.id, id);
    text_copy(job.account, sizeof job.account, account);
    wait_reply(queue_add(queue, &job, &queued, on_reply, NULL));
}

static size_t take(const char *worker, size_t count, size_t cap)
{
    wait_reply(queue_take(queue, worker, count, cap, on_reply, NULL));
    return reply.lease_count;
}

static void finish(const struct lease *lease, const char *event)
{
    struct queue_event ended = {event, "searches", "{}", NULL};

    wait_reply(queue_finish(queue, lease, &ended, on_reply, NULL));
}

static int64_t events(void)
{
    wait_reply(queue_log(queue, "0-0", on_reply, NULL));
    return reply.numbers[2];
}

static void a_job_is_taken_once(void **state)
{
    struct lease lease;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(reply.number, 1);
    add("job1", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(reply.number, 0);
    assert_int_equal(take("ann", 10, 10), 1);
    lease = reply.leases[0];
    assert_string_equal(lease.job.id, "job1");
    assert_string_equal(lease.job.account, "local");
    assert_int_equal(lease.job.priority, PRIORITY_INTERACTIVE);
    assert_int_equal(take("bob", 10, 10), 0);
    add("job1", "local", PRIORITY_INTERACTIVE); /* a sweeper's mistake */
    assert_int_equal(reply.number, 0);
    finish(&lease, "search.completed:1");
    assert_int_equal(reply.number, 1);
    add("job1", "local", PRIORITY_INTERACTIVE); /* now it may come again */
    assert_int_equal(reply.number, 1);
}

static void an_end_is_told_once(void **state)
{
    struct lease lease;
    int64_t before;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    before = events();
    finish(&lease, "search.completed:1");
    assert_int_equal(reply.number, 1);
    finish(&lease, "search.completed:1");
    assert_int_equal(reply.number, 0);
    assert_int_equal(events() - before, 1);
    finish(&lease, "job.failed:2"); /* of a later life */
    assert_int_equal(reply.number, 1);
}

static void drop(const struct lease *lease)
{
    static const struct queue_event gone = {"job.failed:0", "people", "{}",
                                            NULL};

    wait_reply(queue_drop(queue, lease, &gone, on_reply, NULL));
}

static void a_job_whose_row_is_gone_ends_once(void **state)
{
    struct lease lease;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    drop(&lease);
    assert_int_equal(reply.number, 1);
    finish(&lease, "person.enrolled:1"); /* of an attempt that was slow */
    assert_int_equal(reply.number, 0);
    drop(&lease);
    assert_int_equal(reply.number, 0);

    add("job2", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    finish(&lease, "person.enrolled:1");
    assert_int_equal(reply.number, 1);
    drop(&lease);
    assert_int_equal(reply.number, 0);
}

static void interactive_work_goes_first(void **state)
{
    (void)state;
    add("slow1", "local", PRIORITY_BACKFILL);
    add("slow2", "local", PRIORITY_BACKFILL);
    add("quick", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(take("ann", 3, 10), 3);
    assert_string_equal(reply.leases[0].job.id, "quick");
    assert_string_equal(reply.leases[1].job.id, "slow1");
    assert_string_equal(reply.leases[2].job.id, "slow2");
    assert_int_equal(reply.leases[2].job.priority, PRIORITY_BACKFILL);
}

static void accounts_take_turns(void **state)
{
    char id[32];

    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(id, sizeof id, "large%d", i);
        add(id, "large", PRIORITY_INTERACTIVE);
    }
    take("ann", 10, 100); /* it has had the queue for itself so far */
    add("small0", "small", PRIORITY_INTERACTIVE);
    add("small1", "small", PRIORITY_INTERACTIVE);
    assert_int_equal(take("ann", 4, 100), 4);
    int small = 0;
    for (int i = 0; i < 4; i++)
        small += strcmp(reply.leases[i].job.account, "small") == 0;
    assert_int_equal(small, 2);
}

static void weights_give_larger_shares(void **state)
{
    char id[32];
    int heavy = 0;

    (void)state;
    redis_server_say(&server, "HSET 'facewire:{0}:weight' heavy 3");
    for (int i = 0; i < 20; i++) {
        snprintf(id, sizeof id, "h%d", i);
        add(id, "heavy", PRIORITY_INTERACTIVE);
        snprintf(id, sizeof id, "l%d", i);
        add(id, "light", PRIORITY_INTERACTIVE);
    }
    assert_int_equal(take("ann", 12, 100), 12);
    for (int i = 0; i < 12; i++)
        heavy += strcmp(reply.leases[i].job.account, "heavy") == 0;
    assert_in_range(heavy, 8, 10);
}

static void an_account_has_so_many_jobs_in_flight(void **state)
{
    struct lease lease;

    (void)state;
    add("a1", "a", PRIORITY_INTERACTIVE);
    add("a2", "a", PRIORITY_INTERACTIVE);
    add("a3", "a", PRIORITY_INTERACTIVE);
    add("b1", "b", PRIORITY_INTERACTIVE);
    assert_int_equal(take("ann", 10, 2), 3); /* a1, a2, b1 */
    lease = reply.leases[0];
    assert_string_equal(lease.job.id, "a1");
    assert_int_equal(take("ann", 10, 2), 0);
    add("a4", "a", PRIORITY_INTERACTIVE);
    assert_int_equal(take("ann", 10, 2), 0);
    finish(&lease, "search.completed:1");
    assert_int_equal(take("ann", 10, 2), 1);
    assert_string_equal(reply.leases[0].job.id, "a3");
}

static void a_delayed_job_comes_when_it_is_due(void **state)
{
    struct lease lease;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    wait_reply(queue_delay(queue, &lease, 60000, on_reply, NULL));
    assert_int_equal(take("ann", 1, 10), 0);
    assert_in_range(reply.numbers[0], 50000, 60000);
    redis_server_say(&server, "ZADD 'facewire:{0}:delayed' 1 job1");
    assert_int_equal(take("bob", 1, 10), 1);
    assert_string_equal(reply.leases[0].job.id, "job1");
}

static void a_lease_that_ran_out_goes_to_who_sweeps(void **state)
{
    struct lease lease, taken_over;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    wait_reply(queue_sweep(queue, "bob", 60000, 10, on_reply, NULL));
    assert_int_equal(reply.lease_count, 0);
    wait_reply(queue_sweep(queue, "bob", 0, 10, on_reply, NULL));
    assert_int_equal(reply.lease_count, 1);
    taken_over = reply.leases[0];
    assert_string_equal(taken_over.job.id, "job1");
    assert_string_equal(taken_over.job.account, "local");

    wait_reply(queue_beat(queue, "ann", &lease, 1, on_reply, NULL));
    assert_int_equal(reply.count, 1);
    assert_string_equal(reply.text, "");
    wait_reply(queue_beat(queue, "bob", &taken_over, 1, on_reply, NULL));
    assert_string_equal(reply.text, taken_over.entry);
}

static void what_is_handed_back_goes_first(void **state)
{
    struct lease lease;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    add("job2", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    wait_reply(queue_hand_back(queue, &lease, on_reply, NULL));
    assert_int_equal(take("bob", 2, 10), 2);
    assert_string_equal(reply.leases[0].job.id, "job1");
    /* A lease that is not held any more cannot be handed back. */
    wait_reply(queue_hand_back(queue, &lease, on_reply, NULL));
    assert_int_equal(take("bob", 2, 10), 0);
}

static void an_emptied_redis_learns_what_is_running(void **state)
{
    struct lease lease;
    char epoch[64];

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    events();
    text_copy(epoch, sizeof epoch, reply.text);
    empty(state);
    wait_reply(queue_beat(queue, "ann", &lease, 1, on_reply, NULL));
    assert_string_not_equal(reply.text, "");
    text_copy(lease.entry, sizeof lease.entry, reply.text);
    add("job1", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(reply.number, 0);
    finish(&lease, "search.completed:1");
    assert_int_equal(reply.number, 1);
    assert_int_equal(events(), 1);
    assert_string_not_equal(reply.text, epoch);

    /* Somebody else was quicker: the lease is lost. */
    add("job2", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    empty(state);
    add("job2", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(take("bob", 1, 10), 1);
    wait_reply(queue_beat(queue, "ann", &lease, 1, on_reply, NULL));
    assert_string_equal(reply.text, "");
}

static void progress(const char *name, int64_t attempt)
{
    struct queue_event event = {name, "searches", "{}", NULL};

    wait_reply(queue_progress(queue, "job1", attempt, &event, on_reply, NULL));
}

static void progress_of_an_overtaken_worker_is_refused(void **state)
{
    struct lease lease;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    progress("job.started", 1);
    assert_int_equal(reply.numbers[0], 1);
    progress("search.face:0", 1);
    assert_int_equal(reply.numbers[0], 1);
    progress("job.started", 2);
    assert_int_equal(reply.numbers[0], 0);
    progress("search.face:1", 1);
    assert_int_equal(reply.numbers[0], -1);
    progress("search.face:0", 2);
    assert_int_equal(reply.numbers[0], 0);
    progress("search.face:1", 2);
    assert_int_equal(reply.numbers[0], 1);
    finish(&lease, "search.completed:2");
    progress("search.face:2", 2);
    assert_int_equal(reply.numbers[0], -1);
}

static void a_replayed_job_can_tell_its_progress(void **state)
{
    struct lease lease;

    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    lease = reply.leases[0];
    progress("search.face:0", 1);
    finish(&lease, "job.failed:1");
    progress("search.face:1", 1);
    assert_int_equal(reply.numbers[0], -1);
    add("job1", "local", PRIORITY_INTERACTIVE);
    assert_int_equal(take("ann", 1, 10), 1);
    progress("search.face:1", 2);
    assert_int_equal(reply.numbers[0], 1);
}

static void stages_wait_for_whoever_starts_the_job(void **state)
{
    struct queued_job job = {.id = "job1", .account = "local"};
    struct queue_event event = queued;
    struct lease lease;

    (void)state;
    event.stages = "us,1,2";
    wait_reply(queue_add(queue, &job, &event, on_reply, NULL));
    take("ann", 1, 10);
    lease = reply.leases[0];
    progress("job.started", 1);
    assert_int_equal(reply.numbers[0], 1);
    assert_string_equal(reply.second, event.stages);
    progress("search.face:0", 1);
    assert_string_equal(reply.second, "");
    wait_reply(queue_delay(queue, &lease, 0, on_reply, NULL));
    while (take("ann", 1, 10) == 0)
        continue;
    progress("job.started", 2);
    assert_int_equal(reply.numbers[0], 0);
    assert_string_equal(reply.second, event.stages);
}

static void a_job_may_come_without_stages(void **state)
{
    (void)state;
    add("job1", "local", PRIORITY_INTERACTIVE);
    take("ann", 1, 10);
    progress("job.started", 1);
    assert_int_equal(reply.numbers[0], 1);
    assert_string_equal(reply.second, "");
}

static void on_waiting(void *owner, int error, const struct redis_reply *answer)
{
    assert_int_equal(error, 0);
    *(int64_t *)owner = redis_reply_integer(answer);
}

/* How many wait behind it; its meta and image are the reply. */
static int64_t take_frame(const char *consumer)
{
    int64_t waiting = -2;

    wait_reply(
        queue_take_live(queue, consumer, on_waiting, on_reply, &waiting));
    return waiting;
}

static void the_newest_frame_wins(void **state)
{
    struct queue_frame frame = {.session = "s1",
                                .meta = "old",
                                .image = "\0old",
                                .image_bytes = 4,
                                .expires_ms = 10000};

    (void)state;
    wait_reply(queue_offer(queue, &frame, 2, on_reply, NULL));
    assert_int_equal(reply.number, 0);
    frame.meta = "new";
    wait_reply(queue_offer(queue, &frame, 2, on_reply, NULL));
    assert_int_equal(reply.number, 1);
    frame.session = "s2";
    wait_reply(queue_offer(queue, &frame, 2, on_reply, NULL));
    frame.session = "s3"; /* one too many: the oldest goes */
    wait_reply(queue_offer(queue, &frame, 2, on_reply, NULL));
    assert_int_equal(take_frame("ann"), 1);
    assert_string_equal(reply.text, "new");
    assert_int_equal(take_frame("ann"), 0);
    assert_int_equal(reply.count, 2);
    assert_int_equal(take_frame("ann"), -1);
    assert_string_equal(reply.text, "");
}

/* It is the taker's alone, whatever is offered before it is read. */
static void a_frame_that_was_taken_is_not_replaced(void **state)
{
    struct queue_frame frame = {.session = "s1",
                                .meta = "old",
                                .image = "old",
                                .image_bytes = 3,
                                .expires_ms = 10000};
    int64_t waiting = -2;

    (void)state;
    wait_reply(queue_offer(queue, &frame, 2, on_reply, NULL));
    assert_int_equal(
        queue_take_live(queue, "ann", on_waiting, on_reply, &waiting), PENDING);
    frame.meta = "new";
    assert_int_equal(queue_offer(queue, &frame, 2, NULL, NULL), PENDING);
    wait_reply(PENDING);
    assert_string_equal(reply.text, "old");
    assert_int_equal(take_frame("bob"), 0);
    assert_string_equal(reply.text, "new");
    assert_int_equal(take_frame("ann"), -1);
    assert_string_equal(reply.text, "");
}

static void calls_are_spread_over_time(void **state)
{
    struct queue_rate rate = {.operation = "DetectFaces",
                              .job = "job1",
                              .rate = 10,
                              .cost = 1,
                              .patience_ms = 100000};
    int64_t waits = 0;

    (void)state;
    /* Ten at once, and then one every tenth of a second. */
    for (int i = 0; i < 20; i++) {
        wait_reply(queue_limit(queue, &rate, on_reply, NULL));
        waits += reply.numbers[0] > 0;
        assert_in_range(reply.numbers[1], 99000, 101000);
    }
    assert_in_range(waits, 9, 11);
    assert_in_range(reply.numbers[0], 700000, 1100000);
}

static void slots_that_are_far_away_stay_reserved(void **state)
{
    struct queue_rate rate = {.operation = "IndexFaces",
                              .job = "job1",
                              .rate = 1,
                              .cost = 10,
                              .patience_ms = 1000};
    int64_t first;

    (void)state;
    wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    assert_true(reply.numbers[0] <= 0); /* ten at once would be too many, but
                                           the first of them may go */
    rate.job = "job2";
    wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    first = reply.numbers[0];
    assert_in_range(first, 8000000, 10000000);
    rate.job = "job3";
    wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    assert_in_range(reply.numbers[0], 18000000, 20000000);
    rate.job = "job2"; /* asks again, and gets what was kept for it */
    wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    assert_in_range(reply.numbers[0], first - 1000000, first);
}

static void a_fifth_is_kept_for_people(void **state)
{
    struct queue_rate rate = {.operation = "SearchFacesByImage",
                              .job = "job1",
                              .rate = 100,
                              .cost = 1,
                              .is_backfill = true,
                              .patience_ms = 100000};

    (void)state;
    for (int i = 0; i < 200; i++)
        wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    assert_true(reply.numbers[0] > 1000000);
    rate.is_backfill = false;
    wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    assert_true(reply.numbers[0] < 1100000);
}

static void a_throttle_slows_everybody(void **state)
{
    struct queue_rate rate = {.operation = "CompareFaces",
                              .job = "job1",
                              .rate = 10,
                              .cost = 1,
                              .patience_ms = 100000};

    (void)state;
    wait_reply(queue_slow_down(queue, "CompareFaces", on_reply, NULL));
    assert_int_equal(reply.number, 1);
    wait_reply(queue_slow_down(queue, "CompareFaces", on_reply, NULL));
    assert_int_equal(reply.number, 0); /* once a second */
    wait_reply(queue_limit(queue, &rate, on_reply, NULL));
    assert_in_range(reply.numbers[1], 135000, 143000);
}

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

static void an_entry_of_the_log_is_found(void **state)
{
    char last[64];

    (void)state;
    add("job-1", "school", PRIORITY_INTERACTIVE);
    wait_reply(queue_log(queue, "0-0", on_reply, NULL));
    assert_int_equal(reply.numbers[2], 1);
    assert_int_equal(reply.numbers[3], 1);
    assert_int_equal(reply.numbers[4], 0);
    text_copy(last, sizeof last, reply.second);
    wait_reply(queue_log(queue, last, on_reply, NULL));
    assert_int_equal(reply.numbers[4], 1);
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

static bool has_refused(void)
{
    char *line =
        xprintf("redis-cli -p %d info errorstats | grep -q OOM", server.port);
    const char *arguments[] = {"sh", "-c", line, NULL};
    bool has = child_run(arguments, "/dev/null") == 0;

    free(line);
    return has;
}

static void functions_that_were_refused_are_offered_again(void **state)
{
    (void)state;
    redis_server_say(&server, "config set maxmemory 1");
    redis_server_say(&server, "client kill type normal");
    while (is_up)
        uv_run(&loop, UV_RUN_ONCE);
    while (!has_refused())
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_false(is_up);
    redis_server_say(&server, "config set maxmemory 0");
    while (!is_up)
        uv_run(&loop, UV_RUN_ONCE);
    add("job-1", "school", PRIORITY_INTERACTIVE);
    assert_int_equal(take("ann", 1, 8), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_job_is_taken_once, empty),
        cmocka_unit_test_setup(an_end_is_told_once, empty),
        cmocka_unit_test_setup(a_job_whose_row_is_gone_ends_once, empty),
        cmocka_unit_test_setup(interactive_work_goes_first, empty),
        cmocka_unit_test_setup(accounts_take_turns, empty),
        cmocka_unit_test_setup(weights_give_larger_shares, empty),
        cmocka_unit_test_setup(an_account_has_so_many_jobs_in_flight, empty),
        cmocka_unit_test_setup(an_entry_of_the_log_is_found, empty),
        cmocka_unit_test_setup(a_delayed_job_comes_when_it_is_due, empty),
        cmocka_unit_test_setup(a_lease_that_ran_out_goes_to_who_sweeps, empty),
        cmocka_unit_test_setup(what_is_handed_back_goes_first, empty),
        cmocka_unit_test_setup(an_emptied_redis_learns_what_is_running, empty),
        cmocka_unit_test_setup(progress_of_an_overtaken_worker_is_refused,
                               empty),
        cmocka_unit_test_setup(a_replayed_job_can_tell_its_progress, empty),
        cmocka_unit_test_setup(stages_wait_for_whoever_starts_the_job, empty),
        cmocka_unit_test_setup(a_job_may_come_without_stages, empty),
        cmocka_unit_test_setup(the_newest_frame_wins, empty),
        cmocka_unit_test_setup(a_frame_that_was_taken_is_not_replaced, empty),
        cmocka_unit_test_setup(calls_are_spread_over_time, empty),
        cmocka_unit_test_setup(slots_that_are_far_away_stay_reserved, empty),
        cmocka_unit_test_setup(a_fifth_is_kept_for_people, empty),
        cmocka_unit_test_setup(a_throttle_slows_everybody, empty),
        cmocka_unit_test_setup(what_there_is_to_do_is_counted, empty),
        cmocka_unit_test_setup(the_last_word_about_recognition_is_told, empty),
        cmocka_unit_test_setup(functions_that_were_refused_are_offered_again,
                               empty),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
