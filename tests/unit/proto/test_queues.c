#include "redis_stage.h"

#include <sys/wait.h>
#include <unistd.h>

#include "done.h"
#include "queues.h"
#include "text.h"
#include "uuid.h"
#include "xalloc.h"

enum { PARTS = 16 };

static struct queues *queues;
static unsigned up; /* parts that can be used */
static struct {
    int count;
    int64_t number;
    char text[64];
} reply;

static void on_state(void *owner, unsigned part, bool is_up)
{
    (void)owner;
    assert_true(part < PARTS);
    up += is_up ? 1 : -1u;
}

static void on_reply(void *owner, int error, const struct redis_reply *answer)
{
    const struct redis_reply *epoch = redis_reply_at(answer, 0);

    (void)owner;
    assert_int_equal(error, 0);
    reply.count++;
    reply.number = redis_reply_integer(answer);
    text_copy(reply.text, sizeof reply.text, redis_reply_text(epoch));
}

static struct queues *open_queues(unsigned parts)
{
    struct queue_options options = {
        .url = server.url, .name = "test", .parts = parts};
    char problem[256];
    struct queues *all =
        queues_create(&loop, &options, on_state, NULL, problem);

    assert_non_null(all);
    return all;
}

static int start(void **state)
{
    start_redis(state);
    uv_loop_init(&loop);
    queues = open_queues(PARTS);
    while (!queues_are_up(queues))
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(up, PARTS);
    return 0;
}

static int stop(void **state)
{
    queues_destroy(queues);
    close_loop();
    return stop_redis(state);
}

static void wait_reply(int result)
{
    int before = reply.count;

    assert_int_equal(result, PENDING);
    while (reply.count == before)
        uv_run(&loop, UV_RUN_ONCE);
}

/* What lies in Redis would be looked for elsewhere. */
static void a_job_belongs_to_the_same_part_for_ever(void **state)
{
    static const struct {
        const char *job;
        unsigned part;
    } jobs[] = {
        {"0199c1de-7f3a-7000-8000-0123456789ab", 14},
        {"0199c1de-7f3a-7000-8000-0123456789ac", 1},
        {"SearchFacesByImage", 6},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(jobs); i++)
        assert_int_equal(queues_find(queues, jobs[i].job), jobs[i].part);
}

static void jobs_are_spread_evenly(void **state)
{
    size_t jobs[PARTS] = {0};
    char *id;

    (void)state;
    for (int i = 0; i < 16000; i++) {
        id = xprintf("0199c1de-7f3a-7000-8000-%012x", (unsigned)i);
        jobs[queues_find(queues, id)]++;
        free(id);
    }
    for (size_t part = 0; part < PARTS; part++)
        assert_in_range(jobs[part], 800, 1200);
}

static void a_part_knows_its_own_jobs_alone(void **state)
{
    static const struct queue_event queued = {"job.queued", "searches", "{}",
                                              NULL};
    struct queued_job job = {.account = "local"};
    unsigned part;

    (void)state;
    uuid_make(job.id);
    part = queues_find(queues, job.id);
    wait_reply(
        queue_add(queues_of(queues, job.id), &job, &queued, on_reply, NULL));
    assert_int_equal(reply.number, 1);
    for (unsigned i = 0; i < PARTS; i++) {
        char *key = queue_key(i, "job:");
        char *command = xprintf("EXISTS '%s%s'", key, job.id);

        assert_true(redis_says(command, i == part ? "1" : "0"));
        free(command);
        free(key);
    }
}

static void each_part_has_a_log_of_its_own(void **state)
{
    char first[sizeof reply.text];

    (void)state;
    wait_reply(queue_log(queues_at(queues, 0), "0-0", on_reply, NULL));
    text_copy(first, sizeof first, reply.text);
    wait_reply(queue_log(queues_at(queues, 1), "0-0", on_reply, NULL));
    assert_string_not_equal(reply.text, first);
}

/* In a process of its own, for it ends. */
static void whoever_comes_with_another_number_is_ended(void **state)
{
    pid_t other = fork();
    char *log;
    int status;

    (void)state;
    if (other == 0) {
        uv_loop_t own;
        struct queue_options options = {
            .url = server.url, .name = "test", .parts = 4};
        char problem[256];

        uv_loop_init(&own);
        if (freopen("other.log", "w", stderr) &&
            queues_create(&own, &options, on_state, NULL, problem))
            uv_run(&own, UV_RUN_DEFAULT);
        _exit(0);
    }
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_true(WIFEXITED(status));
    assert_int_not_equal(WEXITSTATUS(status), 0);
    log = unit_read_file("other.log", NULL);
    assert_non_null(strstr(log, "FACEWIRE_LOG_PARTS is 4 here"));
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_belongs_to_the_same_part_for_ever),
        cmocka_unit_test(jobs_are_spread_evenly),
        cmocka_unit_test(a_part_knows_its_own_jobs_alone),
        cmocka_unit_test(each_part_has_a_log_of_its_own),
        cmocka_unit_test(whoever_comes_with_another_number_is_ended),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
