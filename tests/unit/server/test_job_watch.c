#include "entries.h"

#include "hub.h"
#include "job_watch.h"

#define JOB "0199c1de-7f3a-7000-8000-000000000001"
#define OTHER_JOB "0199c1de-7f3a-7000-8000-000000000002"

struct stage {
    uv_loop_t loop;
    uv_timer_t other_work; /* a loop without any does not turn */
    struct services services;
    int told;
    bool is_over;
};

static void on_watched(void *owner, bool is_over)
{
    struct stage *stage = owner;

    stage->told++;
    stage->is_over = is_over;
}

static void on_other_work(uv_timer_t *timer)
{
    (void)timer;
}

static void open_stage(struct stage *stage)
{
    *stage = (struct stage){0};
    uv_loop_init(&stage->loop);
    uv_timer_init(&stage->loop, &stage->other_work);
    uv_timer_start(&stage->other_work, on_other_work, 60000, 0);
    stage->services.hub = hub_create();
    stage->services.wheel = wheel_create(&stage->loop, 10);
}

static void close_stage(struct stage *stage)
{
    assert_null(stage->services.watches);
    hub_destroy(stage->services.hub);
    wheel_destroy(stage->services.wheel);
    uv_close((uv_handle_t *)&stage->other_work, NULL);
    uv_run(&stage->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&stage->loop), 0);
}

static void publish(struct stage *stage, const char *name, const char *job)
{
    static uint64_t serial = 1;
    struct log_entry *entry = entry_make(serial, "searches", name, job, 1);

    entry->serial = serial++;
    hub_publish(stage->services.hub, entry);
    log_entry_free(entry);
}

static struct job_watch *watch(struct stage *stage, int64_t limit_ms)
{
    return job_watch_create(&stage->services, JOB, limit_ms, on_watched, stage);
}

static void it_tells_the_end_of_its_job_alone(void **state)
{
    static const char *const ends[] = {
        "search.completed", "analysis.completed", "comparison.completed",
        "person.enrolled",  "person.erased",      "job.failed"};
    struct stage stage;

    (void)state;
    for (size_t i = 0; i < COUNT(ends); i++) {
        open_stage(&stage);
        assert_non_null(watch(&stage, 60000));
        publish(&stage, "job.started", JOB);
        publish(&stage, "search.face", JOB);
        publish(&stage, ends[i], OTHER_JOB);
        assert_int_equal(stage.told, 0);
        publish(&stage, ends[i], JOB);
        assert_int_equal(stage.told, 1);
        assert_true(stage.is_over);
        publish(&stage, ends[i], JOB);
        assert_int_equal(stage.told, 1);
        close_stage(&stage);
    }
}

static void it_tells_when_the_time_is_over(void **state)
{
    struct stage stage;

    (void)state;
    open_stage(&stage);
    assert_non_null(watch(&stage, 10));
    while (stage.told == 0)
        uv_run(&stage.loop, UV_RUN_ONCE);
    assert_false(stage.is_over);
    close_stage(&stage);
}

static void a_server_that_goes_ends_all_of_them(void **state)
{
    struct stage stage;

    (void)state;
    open_stage(&stage);
    for (int i = 0; i < 3; i++)
        assert_non_null(watch(&stage, 60000));
    job_watches_end(&stage.services);
    assert_int_equal(stage.told, 3);
    assert_false(stage.is_over);
    close_stage(&stage);
}

static void one_that_is_destroyed_tells_nothing(void **state)
{
    struct stage stage;
    struct job_watch *first, *second, *third;

    (void)state;
    open_stage(&stage);
    first = watch(&stage, 60000);
    second = watch(&stage, 60000);
    third = watch(&stage, 60000);
    job_watch_destroy(second);
    publish(&stage, "job.failed", OTHER_JOB);
    job_watch_destroy(first);
    job_watch_destroy(third);
    publish(&stage, "job.failed", JOB);
    assert_int_equal(stage.told, 0);
    job_watch_destroy(NULL);
    close_stage(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_tells_the_end_of_its_job_alone),
        cmocka_unit_test(it_tells_when_the_time_is_over),
        cmocka_unit_test(a_server_that_goes_ends_all_of_them),
        cmocka_unit_test(one_that_is_destroyed_tells_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
