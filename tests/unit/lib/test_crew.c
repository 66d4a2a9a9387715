#include <stdatomic.h>

#include "unit.h"

#include "crew.h"
#include "errors.h"
#include "patience.h"

enum { TOOLS = 3, TASKS = 200 };

struct tool {
    int users; /* more than one at a time would be our mistake */
    atomic_int uses;
    uv_sem_t *gate; /* each use goes through it; NULL: there is none */
};

struct errand {
    struct crew_task task;
    int number;
};

static int finished;
static int last_finished;

static void work(struct crew_task *task, void *tool)
{
    struct tool *mine = tool;

    (void)task;
    assert(mine->users == 0);
    mine->users++;
    if (mine->gate)
        uv_sem_wait(mine->gate);
    mine->uses++;
    mine->users--;
}

static void after(struct crew_task *task)
{
    struct errand *errand = container_of(task, struct errand, task);

    finished++;
    last_finished = errand->number;
}

static void each_tool_has_one_user_at_a_time(void **state)
{
    static struct errand errands[TASKS];
    uv_sem_t gate;
    struct tool tools[TOOLS] = {
        {.gate = &gate}, {.gate = &gate}, {.gate = &gate}};
    void *list[TOOLS] = {&tools[0], &tools[1], &tools[2]};
    struct crew *crew;
    uv_loop_t loop;

    (void)state;
    uv_sem_init(&gate, 0);
    uv_loop_init(&loop);
    crew = crew_create(&loop, list, TOOLS, TASKS);
    for (int i = 0; i < TASKS; i++) {
        errands[i] = (struct errand){.task = {.work = work, .after = after},
                                     .number = i};
        assert_int_equal(crew_submit(crew, &errands[i].task), 0);
    }
    assert_int_equal(crew_working(crew), TOOLS);
    assert_int_equal(crew_waiting(crew), TASKS - TOOLS);
    for (int i = 0; i < TASKS; i++)
        uv_sem_post(&gate);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(finished, TASKS);
    assert_int_equal(tools[0].uses + tools[1].uses + tools[2].uses, TASKS);
    assert_int_equal(crew_working(crew), 0);
    crew_destroy(crew);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    uv_sem_destroy(&gate);
}

/* The loop does not turn until all are done. */
static void what_waits_is_begun_without_the_loop(void **state)
{
    enum { COUNT_AT_ONCE = 5 };
    struct patience patience = patience_of(10000);
    struct errand errands[COUNT_AT_ONCE];
    struct tool tool = {0};
    void *list[] = {&tool};
    struct crew *crew;
    uv_loop_t loop;

    (void)state;
    finished = 0;
    uv_loop_init(&loop);
    crew = crew_create(&loop, list, 1, COUNT_AT_ONCE);
    for (int i = 0; i < COUNT_AT_ONCE; i++) {
        errands[i] = (struct errand){.task = {.work = work, .after = after},
                                     .number = i};
        assert_int_equal(crew_submit(crew, &errands[i].task), 0);
    }
    while (tool.uses < COUNT_AT_ONCE)
        assert_true(patience_lasts(&patience));
    assert_int_equal(finished, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(finished, COUNT_AT_ONCE);
    assert_int_equal(last_finished, COUNT_AT_ONCE - 1);
    crew_destroy(crew);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void what_waits_is_bounded(void **state)
{
    struct errand errands[3];
    uv_sem_t gate;
    struct tool tool = {.gate = &gate};
    void *list[] = {&tool};
    struct crew *crew;
    uv_loop_t loop;

    (void)state;
    finished = 0;
    uv_sem_init(&gate, 0);
    uv_loop_init(&loop);
    crew = crew_create(&loop, list, 1, 1);
    for (int i = 0; i < 3; i++)
        errands[i] = (struct errand){.task = {.work = work, .after = after},
                                     .number = i};
    assert_int_equal(crew_submit(crew, &errands[0].task), 0);
    assert_int_equal(crew_submit(crew, &errands[1].task), 0);
    assert_int_equal(crew_submit(crew, &errands[2].task), E_BUSY);
    uv_sem_post(&gate);
    uv_sem_post(&gate);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(finished, 2);
    assert_int_equal(last_finished, 1);
    crew_destroy(crew);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    uv_sem_destroy(&gate);
}

static bool is_number(const struct crew_task *task, void *owner)
{
    const int *number = owner;

    return container_of(task, const struct errand, task)->number == *number;
}

static void what_waits_can_be_withdrawn(void **state)
{
    struct errand errands[3];
    int first = 1, second = 2;
    uv_sem_t gate;
    struct tool tool = {.gate = &gate};
    void *list[] = {&tool};
    struct crew *crew;
    uv_loop_t loop;

    (void)state;
    finished = 0;
    uv_sem_init(&gate, 0);
    uv_loop_init(&loop);
    crew = crew_create(&loop, list, 1, 2);
    for (int i = 0; i < 3; i++) {
        errands[i] = (struct errand){.task = {.work = work, .after = after},
                                     .number = i};
        assert_int_equal(crew_submit(crew, &errands[i].task), 0);
    }
    assert_null(crew_withdraw(crew, is_number, &second));
    assert_ptr_equal(crew_withdraw(crew, is_number, &first), &errands[1].task);
    assert_ptr_equal(crew_withdraw(crew, is_number, &second), &errands[2].task);
    assert_null(crew_withdraw(crew, is_number, &second));
    assert_int_equal(crew_submit(crew, &errands[1].task), 0);
    uv_sem_post(&gate);
    uv_sem_post(&gate);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(finished, 2);
    assert_int_equal(last_finished, 1);
    crew_destroy(crew);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    uv_sem_destroy(&gate);
}

/* What a task's lines are about, where it is worked on and afterwards. */
struct reporter {
    struct crew_task task;
    struct log_about at_work;
    struct log_about afterwards;
};

static void report_work(struct crew_task *task, void *tool)
{
    struct reporter *reporter = container_of(task, struct reporter, task);

    (void)tool;
    reporter->at_work = *log_get_about();
}

static void report_after(struct crew_task *task)
{
    struct reporter *reporter = container_of(task, struct reporter, task);

    reporter->afterwards = *log_get_about();
}

static void a_task_takes_along_what_its_lines_are_about(void **state)
{
    const struct log_about about = {"request=7 "};
    struct reporter reporter = {
        .task = {.work = report_work, .after = report_after}};
    struct crew *crew;
    uv_loop_t loop;

    (void)state;
    uv_loop_init(&loop);
    crew = crew_create(&loop, NULL, 1, 1);
    log_set_about(&about);
    assert_int_equal(crew_submit(crew, &reporter.task), 0);
    log_set_about(NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_string_equal(reporter.at_work.objects, "request=7 ");
    assert_string_equal(reporter.afterwards.objects, "request=7 ");
    assert_string_equal(log_get_about()->objects, "");
    crew_destroy(crew);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_tool_has_one_user_at_a_time),
        cmocka_unit_test(what_waits_is_begun_without_the_loop),
        cmocka_unit_test(what_waits_is_bounded),
        cmocka_unit_test(what_waits_can_be_withdrawn),
        cmocka_unit_test(a_task_takes_along_what_its_lines_are_about),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
