/*
 * story_dead.c - jobs that cannot be done end, say why, and can be replayed
 *
 * The engine is stopped: a search is tried three times and is dead.  When the
 * engine is back, its replay is done.
 */
#include "unit.h"

#include "live.h"
#include "patience.h"
#include "stack.h"
#include "talk.h"
#include "xalloc.h"

enum { EVENT_MS = 30000 };

static struct stack stack;
static struct live live;
static char dead[64]; /* the dead job's id */

static int start(void **state)
{
    (void)state;
    setenv("FACEWIRE_ATTEMPTS", "3", 1);
    setenv("FACEWIRE_RETRY_MS", "100", 1);
    stack_start(&stack);
    stack_start_engine(&stack); /* it makes the keys */
    child_stop(&stack.engine, EVENT_MS);
    stack_start_worker(&stack);
    live_open(&live, stack.port);
    live_subscribe(&live, "searches");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    live_finish(&live);
    stack_stop(&stack);
    return 0;
}

static void a_job_that_always_fails_is_dead_after_its_attempts(void **state)
{
    struct json *job = talk_search(stack.port, "f1-mom-2.jpg");
    struct json *event;
    const struct json *data, *error;

    (void)state;
    snprintf(dead, sizeof dead, "%s", json_get_text(job, "id", ""));
    event = live_await(&live, "job.failed", dead, EVENT_MS);
    data = json_get(event, "data");
    assert_string_equal(json_get_text(data, "kind", ""), "search");
    assert_string_equal(json_get_text(data, "status", ""), "dead");
    error = json_get(data, "error");
    assert_string_equal(json_get_text(error, "code", ""),
                        "recognition_unavailable");
    json_destroy(event);
    json_destroy(job);
}

static void it_lies_among_the_dead_letters_with_cause_and_photo(void **state)
{
    struct json *list = talk_get(stack.port, "/v1/jobs?status=dead");
    const struct json *job = json_first(json_get(list, "items"));
    char *photo = xprintf("/v1/jobs/%s/image", dead);
    int status;

    (void)state;
    assert_int_equal(json_count(json_get(list, "items")), 1);
    assert_string_equal(json_get_text(job, "id", ""), dead);
    assert_int_equal(json_get_number(job, "attempts", 0), 3);
    assert_string_equal(json_get_text(json_get(job, "error"), "code", ""),
                        "recognition_unavailable");
    json_destroy(talk(stack.port, "GET", photo, &status));
    assert_int_equal(status, 200);
    free(photo);
    json_destroy(list);
}

static struct json *replay(int *status)
{
    char *target = xprintf("/v1/jobs/%s/replay", dead);
    struct json *answer = talk(stack.port, "POST", target, status);

    free(target);
    return answer;
}

static void its_replay_is_dead_again_while_the_cause_is_there(void **state)
{
    struct json *event;
    int status;

    (void)state;
    json_destroy(replay(&status));
    assert_int_equal(status, 202);
    event = live_await(&live, "job.failed", dead, EVENT_MS);
    assert_string_equal(json_get_text(json_get(event, "data"), "status", ""),
                        "dead");
    json_destroy(event);
}

static void its_replay_is_done_when_the_cause_is_gone(void **state)
{
    struct json *answer, *event, *job;
    int status;

    (void)state;
    stack_start_engine(&stack);
    answer = replay(&status);
    assert_int_equal(status, 202);
    assert_string_equal(json_get_text(answer, "status", ""), "queued");
    assert_null(json_get(answer, "error"));
    event = live_await(&live, "search.completed", dead, EVENT_MS);
    job = talk_job(stack.port, dead, EVENT_MS);
    assert_string_equal(json_get_text(job, "status", ""), "done");
    assert_int_equal(json_count(json_get(json_get(job, "result"), "faces")), 1);
    json_destroy(job);
    json_destroy(event);
    json_destroy(answer);
}

static void a_job_that_is_done_cannot_be_replayed(void **state)
{
    struct json *problem;
    int status;

    (void)state;
    problem = replay(&status);
    assert_int_equal(status, 409);
    assert_string_equal(json_get_text(problem, "code", ""), "not_dead");
    json_destroy(problem);
}

/* A photo without a face can never be enrolled, however often it is tried. */
static void what_can_never_work_fails_at_once(void **state)
{
    struct json *job = talk_enrol(
        stack.port, "rocket",
        unit_shared("FACEWIRE_PHOTOS", "photos", "noface-rocket.jpg"));

    (void)state;
    assert_string_equal(json_get_text(job, "status", ""), "failed");
    assert_int_equal(json_get_number(job, "attempts", 0), 1);
    assert_string_equal(json_get_text(json_get(job, "error"), "code", ""),
                        "no_face");
    json_destroy(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_that_always_fails_is_dead_after_its_attempts),
        cmocka_unit_test(it_lies_among_the_dead_letters_with_cause_and_photo),
        cmocka_unit_test(its_replay_is_dead_again_while_the_cause_is_there),
        cmocka_unit_test(its_replay_is_done_when_the_cause_is_gone),
        cmocka_unit_test(a_job_that_is_done_cannot_be_replayed),
        cmocka_unit_test(what_can_never_work_fails_at_once),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
