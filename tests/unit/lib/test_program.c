#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "patience.h"
#include "process_share.h"
#include "program.h"

enum {
    DRAIN_MS = 60000,
    DRAINED = 3,
    CUT_OFF = 4,
    WORK_MS = 200,
    LOOK_MS = 4000, /* longer than footprint_is_due has to see a rest */
    PATIENCE_MS = 30000,
};

static struct program program;
static struct patience patience;

static void end_at_once(void *owner)
{
    (void)owner;
    program_stop(&program);
}

static void never_end(void *owner)
{
    (void)owner;
}

/* What a program comes to in a process of its own. */
static int run_alone(void (*play)(void))
{
    int status;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0) {
        play();
        _exit(EXIT_FAILURE);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void on_timer(uv_timer_t *timer)
{
    (void)timer;
    raise(SIGTERM);
}

static void play_on(program_drain_fn *on_drain, uint64_t repeat_ms)
{
    uv_timer_t timer;

    program_init(&program, 1, DRAIN_MS, on_drain, NULL);
    uv_timer_init(&program.loop, &timer);
    uv_timer_start(&timer, on_timer, 1, repeat_ms);
    if (!program_run(&program))
        _exit(CUT_OFF);
    _exit(DRAINED);
}

static void play_a_drain(void)
{
    play_on(end_at_once, 0);
}

static void play_two_signals(void)
{
    play_on(never_end, 1);
}

static void play_a_signal_while_starting(void)
{
    uv_timer_t timer;

    program_init(&program, 1, DRAIN_MS, never_end, NULL);
    uv_timer_init(&program.loop, &timer);
    uv_timer_start(&timer, on_timer, 1, 1);
    for (int turns = 0; turns < 1000; turns++)
        uv_run(&program.loop, UV_RUN_ONCE); /* it waits for the database, say */
}

static void a_signal_begins_the_drain(void **state)
{
    (void)state;
    assert_int_equal(run_alone(play_a_drain), DRAINED);
}

static void a_second_signal_ends_the_drain(void **state)
{
    (void)state;
    assert_int_equal(run_alone(play_two_signals), CUT_OFF);
}

static void a_program_that_still_starts_just_ends(void **state)
{
    (void)state;
    assert_int_equal(run_alone(play_a_signal_while_starting), EXIT_SUCCESS);
}

static struct {
    uv_timer_t timer;
    int64_t work_until_ms; /* of processor time */
    size_t most_kb;
    bool is_smaller;
} test;

static void stop_once_smaller(uv_timer_t *timer)
{
    while (clock_cpu_ms() < test.work_until_ms)
        continue;
    test.is_smaller = process_file_kilobytes(getpid()) < test.most_kb;
    if (test.is_smaller || !patience_lasts(&patience)) {
        uv_close((uv_handle_t *)timer, NULL);
        program_stop(&program);
    }
}

/* What only its start needed of its files goes with all the rest. */
static void memory_goes_back_after_work(void **state)
{
    (void)state;
    patience = patience_of(PATIENCE_MS);
    test.work_until_ms = clock_cpu_ms() + WORK_MS;
    test.most_kb = process_file_kilobytes(getpid());
    program_init(&program, 1, DRAIN_MS, never_end, NULL);
    uv_timer_init(&program.loop, &test.timer);
    uv_timer_start(&test.timer, stop_once_smaller, 1, LOOK_MS);
    assert_true(program_run(&program));
    program_finish(&program);
    assert_true(test.is_smaller);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_begins_the_drain),
        cmocka_unit_test(a_second_signal_ends_the_drain),
        cmocka_unit_test(a_program_that_still_starts_just_ends),
        cmocka_unit_test(memory_goes_back_after_work),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
