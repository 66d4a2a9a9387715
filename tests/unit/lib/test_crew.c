#include "unit.h"

#include "crew.h"
#include "errors.h"

enum { TOOLS = 3, TASKS = 200 };

struct tool {
    int users; /* more than one at a time would be our mistake */
    int uses;
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
    struct tool tools[TOOLS] = {0};
    void *list[TOOLS] = {&tools[0], &tools[1], &tools[2]};
    struct crew *crew;
    uv_loop_t loop;

    (void)state;
    uv_loop_init(&loop);
    crew = crew_create(&loop, list, TOOLS, TASKS);
    for (int i = 0; i < TASKS; i++) {
        errands[i] = (struct errand){.task = {.work = work, .after = after},
                                     .number = i};
        assert_int_equal(crew_submit(crew, &errands[i].task), 0);
    }
    assert_int_equal(crew_working(crew), TOOLS);
    assert_int_equal(crew_waiting(crew), TASKS - TOOLS);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(finished, TASKS);
    assert_int_equal(tools[0].uses + tools[1].uses + tools[2].uses, TASKS);
    crew_destroy(crew);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void what_waits_is_bounded(void **state)
{
    struct errand errands[3];
    struct tool tool = {0};
    void *list[] = {&tool};
    struct crew *crew;
    uv_loop_t loop;

    (void)state;
    finished = 0;
    uv_loop_init(&loop);
    crew = crew_create(&loop, list, 1, 1);
    for (int i = 0; i < 3; i++)
        errands[i] = (struct errand){.task = {.work = work, .after = after},
                                     .number = i};
    assert_int_equal(crew_submit(crew, &errands[0].task), 0);
    assert_int_equal(crew_submit(crew, &errands[1].task), 0);
    assert_int_equal(crew_submit(crew, &errands[2].task), E_BUSY);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(finished, 2);
    assert_int_equal(last_finished, 1);
    crew_destroy(crew);
    uv_loop_close(&loop);
}

static void what_waits_can_be_withdrawn(void **state)
{
    struct errand errands[3];
    struct tool tool = {0};
    void *list[] = {&tool};
    struct crew *crew;
    uv_loop_t loop;

    (void)state;
    finished = 0;
    uv_loop_init(&loop);
    crew = crew_create(&loop, list, 1, 2);
    for (int i = 0; i < 3; i++) {
        errands[i] = (struct errand){.task = {.work = work, .after = after},
                                     .number = i};
        assert_int_equal(crew_submit(crew, &errands[i].task), 0);
    }
    assert_ptr_equal(crew_first_waiting(crew), &errands[1].task);
    crew_withdraw_first(crew);
    assert_ptr_equal(crew_first_waiting(crew), &errands[2].task);
    crew_withdraw_first(crew);
    assert_null(crew_first_waiting(crew));
    assert_int_equal(crew_submit(crew, &errands[1].task), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(finished, 2);
    assert_int_equal(last_finished, 1);
    crew_destroy(crew);
    uv_loop_close(&loop);
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
    uv_loop_close(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_tool_has_one_user_at_a_time),
        cmocka_unit_test(what_waits_is_bounded),
        cmocka_unit_test(what_waits_can_be_withdrawn),
        cmocka_unit_test(a_task_takes_along_what_its_lines_are_about),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
