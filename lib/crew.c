/*
 * crew.c - a few tools, each with one user at a time
 *
 * Idle tools lie on a stack, tasks wait in a list; both are touched on the loop
 * thread alone.  A task takes the tool used last, whose memory is warm.
 */
#include <stdlib.h>

#include "crew.h"
#include "errors.h"
#include "xalloc.h"

struct crew {
    uv_loop_t *loop;
    void **idle; /* a stack of the tools that nobody uses */
    size_t idle_count;
    size_t tool_count;
    struct crew_task *first; /* waiting, oldest first */
    struct crew_task **last; /* where the next one is hung */
    size_t waiting;
    size_t waiting_max;
};

struct crew *crew_create(uv_loop_t *loop, void *const *tools, size_t count,
                         size_t waiting_max)
{
    struct crew *crew = xcalloc(1, sizeof *crew);

    crew->loop = loop;
    crew->idle = xcalloc(count, sizeof *crew->idle);
    for (size_t i = 0; i < count; i++)
        crew->idle[i] = tools ? tools[i] : NULL;
    crew->idle_count = crew->tool_count = count;
    crew->last = &crew->first;
    crew->waiting_max = waiting_max;
    return crew;
}

void crew_destroy(struct crew *crew)
{
    if (!crew)
        return;
    assert(crew->waiting == 0 && crew->idle_count == crew->tool_count);
    free(crew->idle);
    free(crew);
}

static void on_work(uv_work_t *request)
{
    struct crew_task *task = container_of(request, struct crew_task, request);

    log_set_about(&task->about);
    task->work(task, task->tool);
    log_set_about(NULL);
}

static void start(struct crew *crew, struct crew_task *task);

/* The tool goes to whoever waits longest, before `after` may ask for more. */
static void on_after(uv_work_t *request, int status)
{
    struct crew_task *task = container_of(request, struct crew_task, request);
    struct crew *crew = task->crew;
    struct crew_task *next = crew->first;

    (void)status; /* tasks are never cancelled */
    crew->idle[crew->idle_count++] = task->tool;
    if (next) {
        crew_withdraw_first(crew);
        start(crew, next);
    }
    log_set_about(&task->about);
    task->after(task);
    log_set_about(NULL);
}

static void start(struct crew *crew, struct crew_task *task)
{
    int status;

    task->tool = crew->idle[--crew->idle_count];
    status = uv_queue_work(crew->loop, &task->request, on_work, on_after);
    assert(status == 0);
    (void)status;
}

int crew_submit(struct crew *crew, struct crew_task *task)
{
    task->crew = crew;
    task->next = NULL;
    task->about = *log_get_about();
    if (crew->idle_count > 0) {
        start(crew, task);
        return 0;
    }
    if (crew->waiting >= crew->waiting_max)
        return E_BUSY;
    *crew->last = task;
    crew->last = &task->next;
    crew->waiting++;
    return 0;
}

struct crew_task *crew_first_waiting(const struct crew *crew)
{
    return crew->first;
}

void crew_withdraw_first(struct crew *crew)
{
    crew->first = crew->first->next;
    if (!crew->first)
        crew->last = &crew->first;
    crew->waiting--;
}

size_t crew_waiting(const struct crew *crew)
{
    return crew->waiting;
}

size_t crew_working(const struct crew *crew)
{
    return crew->tool_count - crew->idle_count;
}
