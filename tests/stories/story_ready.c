/*
 * story_ready.c - a server says how its parts are
 *
 * One part after the other goes away and comes back; it is named, with a
 * sentence, and only those that an upload needs make the server unready.
 */
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "patience.h"
#include "stack.h"
#include "talk.h"
#include "unit.h"

enum {
    CHANGE_MS = 30000, /* until a change is seen */
    STORM_MS = 6000,   /* for as many callers; a silent part is given 2000 */
    CALLERS = 50,
};

static struct stack stack;

static int start(void **state)
{
    (void)state;
    stack_start(&stack);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    stack_stop(&stack);
    return 0;
}

static struct json *ask(int *status)
{
    return talk(stack.port, "GET", "/readyz", status);
}

static bool is_in_state(const struct json *ready, const char *name,
                        const char *wanted)
{
    const struct json *part = json_get(json_get(ready, "parts"), name);
    bool is_ok = strcmp(wanted, "ok") == 0;

    return strcmp(json_get_text(part, "state", ""), wanted) == 0 &&
           is_ok == !json_get_text(part, "detail", "")[0];
}

/* Waits until the part is so, with that status of the whole. */
static void await_part(const char *name, const char *wanted, int whole)
{
    struct patience patience = patience_of(CHANGE_MS);
    bool is_so = false;

    while (!is_so && patience_lasts(&patience)) {
        int status;
        struct json *ready = ask(&status);

        is_so = is_in_state(ready, name, wanted) && status == whole;
        json_destroy(ready);
    }
    if (!is_so)
        fail_msg("%s did not get %s with status %d", name, wanted, whole);
}

/* Whether a warning says so. */
static bool is_warned(const char *words)
{
    int status;
    struct json *ready = ask(&status);
    bool is = false;

    for (const struct json *warning = json_first(json_get(ready, "warnings"));
         warning; warning = json_next(warning))
        is |= strstr(json_text(warning), words) != NULL;
    json_destroy(ready);
    return is;
}

static void work_is_accepted_where_nobody_works(void **state)
{
    (void)state;
    await_part("redis", "ok", 200);
    await_part("events", "ok", 200);
    await_part("database", "ok", 200);
    await_part("images", "ok", 200);
    await_part("workers", "none", 200);
    await_part("recognition", "unknown", 200);
}

static void workers_tell_how_the_recognition_service_is(void **state)
{
    char job[64];
    struct json *search;

    (void)state;
    stack_start_engine(&stack);
    stack_start_worker(&stack);
    await_part("workers", "ok", 200);
    child_signal(&stack.engine, SIGKILL);
    child_wait(&stack.engine, CHANGE_MS);
    search = talk_search(stack.port, "f1-group.jpg");
    snprintf(job, sizeof job, "%s", json_get_text(search, "id", ""));
    json_destroy(search);
    await_part("recognition", "unavailable", 200);
    stack_start_engine(&stack);
    json_destroy(talk_job(stack.port, job, CHANGE_MS));
    await_part("recognition", "ok", 200);
}

static void photos_that_cannot_be_kept_are_not_taken(void **state)
{
    (void)state;
    assert_int_equal(rmdir("images/tmp"), 0); /* where each is written first */
    await_part("images", "io", 503);
    assert_int_equal(child_stop(&stack.server, CHANGE_MS), 0);
    stack_start_server(&stack);
    await_part("images", "ok", 200);
}

static void ask_on(int fd)
{
    raw_say(fd, "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

/* However many ask, they wait for one answer of the part, and not for long. */
static void a_silent_part_is_said_to_be_so(void **state)
{
    int lines[CALLERS];
    int64_t began_ms;

    (void)state;
    for (int i = 0; i < CALLERS; i++)
        lines[i] = raw_connect(stack.port);
    child_signal(&stack.mariadb.child, SIGSTOP);
    await_part("database", "timeout", 503);
    began_ms = clock_steady_ms();
    for (int i = 0; i < CALLERS; i++)
        ask_on(lines[i]);
    for (int i = 0; i < CALLERS; i++) {
        struct raw_answer answer;

        raw_hear(lines[i], &answer);
        assert_int_equal(answer.status, 503);
        raw_answer_finish(&answer);
        close(lines[i]);
    }
    assert_true(clock_steady_ms() - began_ms < STORM_MS);
    child_signal(&stack.mariadb.child, SIGCONT);
    await_part("database", "ok", 200);
}

static void change_redis(const char *settings)
{
    redis_server_say(&stack.redis, settings);
    redis_server_say(&stack.redis, "client kill type normal");
}

static void a_redis_that_loses_keys_is_not_used(void **state)
{
    (void)state;
    assert_false(is_warned("Redis"));
    change_redis("config set maxmemory 1gb maxmemory-policy allkeys-lfu");
    await_part("redis", "refused", 503);
    redis_server_say(&stack.redis, "config set maxmemory-policy volatile-lfu");
    await_part("redis", "ok", 200);
    assert_true(is_warned("told twice"));
    change_redis("config set maxmemory 0 appendonly no");
    while (is_warned("told twice"))
        await_part("redis", "ok", 200);
    await_part("redis", "ok", 200);
    assert_true(is_warned("append-only"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_is_accepted_where_nobody_works),
        cmocka_unit_test(workers_tell_how_the_recognition_service_is),
        cmocka_unit_test(photos_that_cannot_be_kept_are_not_taken),
        cmocka_unit_test(a_silent_part_is_said_to_be_so),
        cmocka_unit_test(a_redis_that_loses_keys_is_not_used),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
