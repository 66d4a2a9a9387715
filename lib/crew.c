/*
 * crew.c - a few tools, each with one user at a time
 *
 * A shift is a tool at work on a thread.  It begins with one task and goes on
 * with those that wait, until none does: a thread that went back to the loop
 * for each would leave a core idle until the loop's turn comes.  What has ended
 * is handed to the loop in a list.
 *
 * Idle shifts lie on a stack: a task gets the tool used last, whose memory is
 * warm.  While one is idle, no task waits.
 */
#include <stdlib.h>

#include "crew.h"
#include "errors.h"
#include "xalloc.h"

/* Tasks, the oldest first. */
struct line_up {
    struct crew_task *first;
    struct crew_task **last; /* where the next one is hung */
};

struct shift {
    struct crew *crew;
    void *tool;
    struct crew_task *first; /* that it begins with */
    uv_work_t request;
};

struct crew {
    uv_loop_t *loop;
    struct shift *shifts;
    size_t count;
    struct shift **idle;
    size_t idle_count;
    size_t waiting_max;
    uv_async_t bell; /* tasks have ended */
    bool is_closed;  /* its memory goes with the last shift */

    uv_mutex_t mutex; /* of what is below */
    struct line_up waiting;
    size_t waiting_count;
    size_t working_count;
    struct line_up ended;
};

static void line_up_clear(struct line_up *line_up)
{
    line_up->first = NULL;
    line_up->last = &line_up->first;
}

static void line_up_add(struct line_up *line_up, struct crew_task *task)
{
    task->next = NULL;
    *line_up->last = task;
    line_up->last = &task->next;
}

static void on_bell(uv_async_t *bell);

struct crew *crew_create(uv_loop_t *loop, void *const *tools, size_t count,
                         size_t waiting_max)
{
    struct crew *crew = xcalloc(1, sizeof *crew);

    crew->loop = loop;
    crew->count = crew->idle_count = count;
    crew->shifts = xcalloc(count, sizeof *crew->shifts);
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): it is a list of pointers */
    crew->idle = xcalloc(count, sizeof *crew->idle);
    for (size_t i = 0; i < count; i++) {
        crew->shifts[i].crew = crew;
        crew->shifts[i].tool = tools ? tools[i] : NULL;
        crew->idle[i] = &crew->shifts[i];
    }
    crew->waiting_max = waiting_max;
    line_up_clear(&crew->waiting);
    line_up_clear(&crew->ended);
    uv_mutex_init(&crew->mutex);
    uv_async_init(loop, &crew->bell, on_bell);
    uv_unref((uv_handle_t *)&crew->bell);
    return crew;
}

static void free_if_over(struct crew *crew)
{
    if (!crew->is_closed || crew->idle_count < crew->count)
        return;
    uv_mutex_destroy(&crew->mutex);
    free(crew->idle);
    free(crew->shifts);
    free(crew);
}

static void on_bell_closed(uv_handle_t *bell)
{
    struct crew *crew = container_of(bell, struct crew, bell);

    crew->is_closed = true;
    free_if_over(crew);
}

void crew_destroy(struct crew *crew)
{
    if (!crew)
        return;
    assert(crew_waiting(crew) == 0 && crew_working(crew) == 0);
    uv_close((uv_handle_t *)&crew->bell, on_bell_closed);
}

/* The mutex is held. */
static struct crew_task *take_next(struct crew *crew)
{
    struct crew_task *task = crew->waiting.first;

    if (!task)
        return NULL;
    crew->waiting.first = task->next;
    if (!task->next)
        crew->waiting.last = &crew->waiting.first;
    crew->waiting_count--;
    return task;
}

/* ---- on a thread of the pool ---- */

/* Ends a task, and gives the next one. */
static struct crew_task *end(struct crew *crew, struct crew_task *task)
{
    struct crew_task *next;

    uv_mutex_lock(&crew->mutex);
    line_up_add(&crew->ended, task);
    next = take_next(crew);
    if (!next)
        crew->working_count--;
    uv_mutex_unlock(&crew->mutex);
    /* The end of the shift reaches the loop by itself. */
    if (next)
        uv_async_send(&crew->bell);
    return next;
}

static void on_shift(uv_work_t *request)
{
    const struct shift *shift = container_of(request, struct shift, request);
    struct crew_task *task = shift->first;

    while (task) {
        log_set_about(&task->about);
        task->work(task, shift->tool);
        log_set_about(NULL);
        task = end(shift->crew, task);
    }
}

/* ---- on the loop thread ---- */

static void begin(struct shift *shift, struct crew_task *task);

static void deliver(struct crew *crew)
{
    struct crew_task *task, *next;

    uv_mutex_lock(&crew->mutex);
    task = crew->ended.first;
    line_up_clear(&crew->ended);
    uv_mutex_unlock(&crew->mutex);
    for (; task; task = next) {
        const struct log_about about = task->about;

        next = task->next;
        log_set_about(&about);
        task->after(task);
        log_set_about(NULL);
    }
}

static void on_bell(uv_async_t *bell)
{
    deliver(container_of(bell, struct crew, bell));
}

/* Tasks may have come since the thread found none. */
static void on_shift_over(uv_work_t *request, int status)
{
    struct shift *shift = container_of(request, struct shift, request);
    struct crew *crew = shift->crew;
    struct crew_task *next;

    (void)status; /* shifts are never cancelled */
    uv_mutex_lock(&crew->mutex);
    next = take_next(crew);
    crew->working_count += next != NULL;
    uv_mutex_unlock(&crew->mutex);
    if (next)
        begin(shift, next);
    else
        crew->idle[crew->idle_count++] = shift;
    deliver(crew);
    free_if_over(crew);
}

static void begin(struct shift *shift, struct crew_task *task)
{
    int status;

    shift->first = task;
    status = uv_queue_work(shift->crew->loop, &shift->request, on_shift,
                           on_shift_over);
    assert(status == 0);
    (void)status;
}

/* All tools are in use. */
static int let_wait(struct crew *crew, struct crew_task *task)
{
    int error = E_BUSY;

    uv_mutex_lock(&crew->mutex);
    if (crew->waiting_count < crew->waiting_max) {
        line_up_add(&crew->waiting, task);
        crew->waiting_count++;
        error = 0;
    }
    uv_mutex_unlock(&crew->mutex);
    return error;
}

int crew_submit(struct crew *crew, struct crew_task *task)
{
    task->about = *log_get_about();
    if (crew->idle_count == 0)
        return let_wait(crew, task);
    uv_mutex_lock(&crew->mutex);
    crew->working_count++;
    uv_mutex_unlock(&crew->mutex);
    begin(crew->idle[--crew->idle_count], task);
    return 0;
}

struct crew_task *crew_withdraw(struct crew *crew, crew_choose_fn *is_chosen,
                                void *owner)
{
    struct crew_task *task = NULL;

    uv_mutex_lock(&crew->mutex);
    if (crew->waiting.first && is_chosen(crew->waiting.first, owner))
        task = take_next(crew);
    uv_mutex_unlock(&crew->mutex);
    return task;
}

static size_t read_count(struct crew *crew, const size_t *count)
{
    size_t value;

    uv_mutex_lock(&crew->mutex);
    value = *count;
    uv_mutex_unlock(&crew->mutex);
    return value;
}

size_t crew_waiting(struct crew *crew)
{
    return read_count(crew, &crew->waiting_count);
}

size_t crew_working(struct crew *crew)
{
    return read_count(crew, &crew->working_count);
}
