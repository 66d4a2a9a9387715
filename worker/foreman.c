/*
 * foreman.c - hands out the work
 *
 * Work is taken when the bell rings, when room becomes free, and when a delayed
 * job is due.  A tick each second renews the leases, looks for those of silent
 * workers, and sends the sweeper along the rows.
 */
#include <stdlib.h>
#include <string.h>

#include "done.h"
#include "errors.h"
#include "foreman.h"
#include "job.h"
#include "live_work.h"
#include "log.h"
#include "random.h"
#include "sweeper.h"
#include "text.h"
#include "xalloc.h"

enum {
    TICK_MS = 1000,
    TAKEN_MAX = 64,
    TOLD_MAX = 64, /* ids that are written at once */
};

struct foreman {
    const struct tools *tools;
    void (*on_idle)(void *owner);
    void *owner;
    struct job **jobs; /* under way */
    size_t job_count;
    size_t frames; /* under way */
    bool is_taking;
    bool is_taking_frames;
    bool has_frames; /* some wait in the queue, as far as we know */
    bool is_beating;
    bool is_sweeping;
    bool is_stopping;
    bool has_rung;        /* while it was taking */
    size_t asked;         /* for so many jobs */
    bool is_empty;        /* the queue gave fewer: until the bell rings there is
                             nothing more */
    struct lease *beaten; /* the leases that a beat was asked for */
    size_t beaten_count;
    char (*told)[UUID_BYTES]; /* ends that are in the log */
    size_t told_count;
    struct jobs_told telling;
    bool is_telling;
    struct sweeper *sweeper;
    uv_timer_t tick;
    uv_timer_t due; /* of the next delayed job */
};

static void take(struct foreman *foreman);
static void take_frames(struct foreman *foreman);

/* ---- room ---- */

static size_t room(const struct foreman *foreman)
{
    size_t most = (size_t)foreman->tools->settings->jobs;

    if (foreman->is_stopping || foreman->job_count >= most)
        return 0;
    most -= foreman->job_count;
    return most < TAKEN_MAX ? most : TAKEN_MAX;
}

/* What silent workers leave behind is taken with full hands, too, up to as much
 * again: while others wait there is always something in them, and a job that
 * was begun would wait behind them all. */
static size_t room_for_lost(const struct foreman *foreman)
{
    size_t most = (size_t)foreman->tools->settings->jobs;

    most += most < TAKEN_MAX ? most : TAKEN_MAX;
    if (foreman->is_stopping || foreman->job_count >= most)
        return 0;
    most -= foreman->job_count;
    return most < TAKEN_MAX ? most : TAKEN_MAX;
}

static size_t room_for_frames(const struct foreman *foreman)
{
    size_t most = (size_t)foreman->tools->settings->live_frames;

    if (foreman->is_stopping || foreman->frames >= most)
        return 0;
    return most - foreman->frames;
}

size_t foreman_working(const struct foreman *foreman)
{
    return foreman->job_count + foreman->frames;
}

static void check_idle(struct foreman *foreman)
{
    if (foreman->is_stopping && foreman_working(foreman) == 0 &&
        !foreman->is_taking && !foreman->is_taking_frames &&
        !foreman->is_telling && foreman->told_count == 0 &&
        !sweeper_is_busy(foreman->sweeper))
        foreman->on_idle(foreman->owner);
}

/* ---- what was told ---- */

static void on_told_written(void *owner, int error)
{
    struct foreman *foreman = owner;

    /* A row that is not marked is told once more, and the gate stops it. */
    if (error)
        log_info("database: ends were not marked as told: %s",
                 error_name(error));
    free((void *)foreman->telling.ids);
    foreman->is_telling = false;
    check_idle(foreman);
}

static void write_told(struct foreman *foreman)
{
    if (foreman->is_telling || foreman->told_count == 0)
        return;
    foreman->telling =
        (struct jobs_told){.ids = (const char(*)[UUID_BYTES])foreman->told,
                           .count = foreman->told_count};
    foreman->told = xcalloc(TOLD_MAX, UUID_BYTES);
    foreman->told_count = 0;
    foreman->is_telling = true;
    if (jobs_told(foreman->tools->database, &foreman->telling, on_told_written,
                  foreman) != PENDING)
        on_told_written(foreman, E_BUSY);
}

static void remember_told(struct foreman *foreman, const char *id)
{
    if (foreman->told_count == TOLD_MAX)
        return; /* the sweeper comes across it */
    text_copy(foreman->told[foreman->told_count++], UUID_BYTES, id);
    if (foreman->told_count == TOLD_MAX || foreman->is_stopping)
        write_told(foreman);
}

/* ---- jobs ---- */

static void on_job_end(void *owner, struct job *job, bool is_told)
{
    struct foreman *foreman = owner;
    size_t i = 0;

    while (foreman->jobs[i] != job)
        i++;
    foreman->jobs[i] = foreman->jobs[--foreman->job_count];
    if (is_told)
        remember_told(foreman, job_lease(job)->job.id);
    if (!foreman->is_empty)
        take(foreman);
    check_idle(foreman);
}

static void start_job(struct foreman *foreman, const struct lease *lease)
{
    static const struct job_events events = {on_job_end};

    foreman->jobs[foreman->job_count++] =
        job_start(foreman->tools, lease, &events, foreman);
}

static void on_due(uv_timer_t *timer)
{
    take(container_of(timer, struct foreman, due));
}

static void on_taken(void *owner, int error, const struct redis_reply *reply)
{
    struct foreman *foreman = owner;
    struct lease leases[TAKEN_MAX];
    size_t count = queue_read_leases(reply, 1, leases, COUNT(leases));
    int64_t due_ms = redis_reply_integer(redis_reply_at(reply, 0));
    bool has_rung = foreman->has_rung;

    foreman->is_taking = false;
    foreman->has_rung = false;
    if (error == 0) {
        for (size_t i = 0; i < count; i++)
            start_job(foreman, &leases[i]);
        if (due_ms >= 0)
            uv_timer_start(&foreman->due, on_due, (uint64_t)due_ms + 1, 0);
        foreman->is_empty = count < foreman->asked;
        if (!foreman->is_empty || has_rung)
            take(foreman);
    }
    check_idle(foreman);
}

static void take(struct foreman *foreman)
{
    const struct tools *tools = foreman->tools;
    size_t count = room(foreman);

    if (foreman->is_taking)
        foreman->has_rung = true;
    if (count == 0)
        foreman->is_empty = false; /* it is asked again when there is room */
    if (foreman->is_taking || count == 0)
        return;
    foreman->asked = count;
    foreman->is_taking = queue_take(tools->queue, tools->consumer, count,
                                    (size_t)tools->settings->account_jobs,
                                    on_taken, foreman) == PENDING;
}

/* ---- live frames ---- */

static void on_frame_end(void *owner)
{
    struct foreman *foreman = owner;

    foreman->frames--;
    if (foreman->has_frames)
        take_frames(foreman);
    check_idle(foreman);
}

static void on_frames_waiting(void *owner, int error,
                              const struct redis_reply *reply)
{
    struct foreman *foreman = owner;

    if (error == 0 && redis_reply_integer(reply) > 0)
        foreman->has_frames = true;
}

static void on_frame(void *owner, int error, const struct redis_reply *reply)
{
    struct foreman *foreman = owner;
    const struct redis_reply *meta = redis_reply_at(reply, 0);
    const struct redis_reply *image = redis_reply_at(reply, 1);

    foreman->is_taking_frames = false;
    if (error == 0 && redis_reply_len(image) > 0) {
        foreman->frames++;
        live_work_start(foreman->tools, redis_reply_text(meta),
                        redis_reply_len(meta), redis_reply_text(image),
                        redis_reply_len(image), on_frame_end, foreman);
    }
    if (foreman->has_frames)
        take_frames(foreman);
    check_idle(foreman);
}

static void take_frames(struct foreman *foreman)
{
    foreman->has_frames = true; /* it is asked again when there is room */
    if (foreman->is_taking_frames || room_for_frames(foreman) == 0)
        return;
    foreman->has_frames = false;
    foreman->is_taking_frames =
        queue_take_live(foreman->tools->queue, foreman->tools->consumer,
                        on_frames_waiting, on_frame, foreman) == PENDING;
}

/* What the bell rang for is known only when it was taken. */
bool foreman_ring(struct foreman *foreman)
{
    bool has_room = room(foreman) > 0 && room_for_frames(foreman) > 0;

    take_frames(foreman);
    take(foreman);
    return has_room;
}

/* ---- leases ---- */

static struct job *find_job(const struct foreman *foreman, const char *id)
{
    for (size_t i = 0; i < foreman->job_count; i++)
        if (job_has_lease(foreman->jobs[i]) &&
            strcmp(job_lease(foreman->jobs[i])->job.id, id) == 0)
            return foreman->jobs[i];
    return NULL;
}

/* Each answer is the lease's entry, perhaps a new one, or "" where it is lost.
 */
static void on_beaten(void *owner, int error, const struct redis_reply *reply)
{
    struct foreman *foreman = owner;

    foreman->is_beating = false;
    for (size_t i = 0; error == 0 && i < foreman->beaten_count; i++) {
        const char *entry = redis_reply_text(redis_reply_at(reply, i));
        struct job *job = find_job(foreman, foreman->beaten[i].job.id);

        if (!job ||
            strcmp(job_lease(job)->entry, foreman->beaten[i].entry) != 0)
            continue; /* it ended meanwhile */
        if (entry[0])
            text_copy(job_lease(job)->entry, ENTRY_BYTES, entry);
        else
            job_abandon(job);
    }
}

/* Also without leases: it says that the worker lives. */
static void beat(struct foreman *foreman)
{
    if (foreman->is_beating)
        return;
    foreman->beaten_count = 0;
    for (size_t i = 0; i < foreman->job_count; i++)
        if (job_has_lease(foreman->jobs[i]))
            foreman->beaten[foreman->beaten_count++] =
                *job_lease(foreman->jobs[i]);
    foreman->is_beating =
        queue_beat(foreman->tools->queue, foreman->tools->consumer,
                   foreman->beaten, foreman->beaten_count, on_beaten,
                   foreman) == PENDING;
}

/* What is not told now is told after the next call. */
static void tell_recognition(struct foreman *foreman)
{
    int failure;

    if (recognizer_client_news(foreman->tools->recognizer, &failure) &&
        queue_tell_recognition(foreman->tools->queue,
                               failure ? error_name(failure) : "", NULL,
                               NULL) < 0)
        log_debug("the queue hears nothing of the recognition service");
}

/* A lease that we hold ourselves can come back to us, when we were asleep for
 * longer than it lasts: then nobody else has the job. */
static void on_swept(void *owner, int error, const struct redis_reply *reply)
{
    struct foreman *foreman = owner;
    struct lease leases[TAKEN_MAX];
    size_t count = queue_read_leases(reply, 0, leases, COUNT(leases));

    foreman->is_sweeping = false;
    for (size_t i = 0; error == 0 && i < count; i++) {
        if (find_job(foreman, leases[i].job.id))
            continue;
        log_info("job=%s taken over: its worker fell silent", leases[i].job.id);
        start_job(foreman, &leases[i]);
    }
}

static void sweep_leases(struct foreman *foreman)
{
    const struct tools *tools = foreman->tools;
    size_t count = room_for_lost(foreman);

    if (foreman->is_sweeping || count == 0)
        return;
    foreman->is_sweeping =
        queue_sweep(tools->queue, tools->consumer, tools->settings->lease_ms,
                    count, on_swept, foreman) == PENDING;
}

/* A little early or late each time, so that workers do not tick together. */
static void on_tick(uv_timer_t *timer)
{
    struct foreman *foreman = container_of(timer, struct foreman, tick);

    uv_timer_start(timer, on_tick, TICK_MS - 100 + random_below(200), 0);
    write_told(foreman);
    if (!queue_is_up(foreman->tools->queue))
        return;
    beat(foreman);
    tell_recognition(foreman);
    if (!foreman->is_stopping) {
        sweep_leases(foreman);
        sweeper_tick(foreman->sweeper);
        foreman_ring(foreman); /* a bell may go unheard */
    }
}

/* ---- life ---- */

static void on_swept_rows(void *owner)
{
    check_idle(owner);
}

struct foreman *foreman_create(const struct tools *tools,
                               void (*on_idle)(void *owner), void *owner)
{
    struct foreman *foreman = xcalloc(1, sizeof *foreman);
    size_t most = (size_t)tools->settings->jobs + TAKEN_MAX /* lost ones */
                  + TAKEN_MAX /* that were asked for meanwhile */;

    foreman->tools = tools;
    foreman->on_idle = on_idle;
    foreman->owner = owner;
    foreman->jobs = xcalloc(most, sizeof(struct job *));
    foreman->beaten = xcalloc(most, sizeof *foreman->beaten);
    foreman->told = xcalloc(TOLD_MAX, UUID_BYTES);
    foreman->sweeper = sweeper_create(tools, on_swept_rows, foreman);
    uv_timer_init(tools->loop, &foreman->tick);
    uv_timer_init(tools->loop, &foreman->due);
    uv_timer_start(&foreman->tick, on_tick, TICK_MS, 0);
    return foreman;
}

static void on_closed(uv_handle_t *handle)
{
    struct foreman *foreman = container_of(handle, struct foreman, tick);

    free(foreman->jobs);
    free(foreman->beaten);
    free(foreman->told);
    free(foreman);
}

void foreman_destroy(struct foreman *foreman)
{
    if (!foreman)
        return;
    sweeper_destroy(foreman->sweeper);
    uv_close((uv_handle_t *)&foreman->due, NULL);
    uv_close((uv_handle_t *)&foreman->tick, on_closed);
}

void foreman_queue_changed(struct foreman *foreman, bool is_up)
{
    if (!is_up)
        return;
    sweeper_look_everywhere(foreman->sweeper);
    beat(foreman);
    foreman_ring(foreman);
}

void foreman_stop(struct foreman *foreman)
{
    foreman->is_stopping = true;
    uv_timer_stop(&foreman->due);
    sweeper_stop(foreman->sweeper);
    write_told(foreman);
    check_idle(foreman);
}

void foreman_hand_back(struct foreman *foreman)
{
    for (size_t i = 0; i < foreman->job_count; i++)
        job_hand_back(foreman->jobs[i]);
}
