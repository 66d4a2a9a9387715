/*
 * foreman.c - hands out the work
 *
 * Work is taken when the bell rings, when room becomes free, and when a delayed
 * job is due: from the parts of the queue in turn, one at a time, so that what
 * is asked for has room.  A tick each second renews the leases, looks for those
 * of silent workers, and sends the sweeper along the rows.
 */
#include <stdlib.h>

#include "done.h"
#include "errors.h"
#include "foreman.h"
#include "job.h"
#include "live_intake.h"
#include "log.h"
#include "pulse.h"
#include "random.h"
#include "roster.h"
#include "sweeper.h"
#include "told_book.h"
#include "xalloc.h"

enum {
    TICK_MS = 1000,
    TAKEN_MAX = 64,
};

/* What the foreman knows of a part of the queue. */
struct stall {
    struct foreman *foreman;
    struct queue *queue;
    bool may_have_jobs; /* it rang, or gave all that it was asked for; else
                           there is nothing more until the bell rings */
    uv_timer_t due;     /* of its next delayed job */
    struct pulse *pulse;
};

/* Whose turn it is. */
struct round {
    unsigned next;       /* stall */
    struct stall *asked; /* NULL: none is */
    size_t asked_for;    /* jobs */
};

struct foreman {
    const struct tools *tools;
    void (*on_idle)(void *owner);
    void *owner;
    struct roster *jobs;
    struct live_intake *frames;
    struct round job_round;
    struct round lost_round;
    unsigned lost_left; /* stalls still to be asked in this tick */
    bool is_stopping;
    struct told_book *told;
    struct sweeper *sweeper;
    uv_timer_t tick;
    unsigned stall_count;
    struct stall stalls[];
};

static void take(struct foreman *foreman);

/* ---- room ---- */

static size_t room(const struct foreman *foreman)
{
    size_t most = (size_t)foreman->tools->settings->jobs;

    if (foreman->is_stopping || roster_count(foreman->jobs) >= most)
        return 0;
    most -= roster_count(foreman->jobs);
    return most < TAKEN_MAX ? most : TAKEN_MAX;
}

/* What silent workers leave behind is taken with full hands, too, up to as much
 * again: while others wait there is always something in them, and a job that
 * was begun would wait behind them all. */
static size_t room_for_lost(const struct foreman *foreman)
{
    size_t most = (size_t)foreman->tools->settings->jobs;

    most += most < TAKEN_MAX ? most : TAKEN_MAX;
    if (foreman->is_stopping || roster_count(foreman->jobs) >= most)
        return 0;
    most -= roster_count(foreman->jobs);
    return most < TAKEN_MAX ? most : TAKEN_MAX;
}

size_t foreman_working(const struct foreman *foreman)
{
    return roster_count(foreman->jobs) + live_intake_working(foreman->frames);
}

static void check_idle(struct foreman *foreman)
{
    if (foreman->is_stopping && roster_count(foreman->jobs) == 0 &&
        !foreman->job_round.asked && !live_intake_is_busy(foreman->frames) &&
        !told_book_is_busy(foreman->told) && !sweeper_is_busy(foreman->sweeper))
        foreman->on_idle(foreman->owner);
}

/* ---- jobs ---- */

static void on_job_end(void *owner, struct job *job, bool is_told)
{
    struct foreman *foreman = owner;

    roster_remove(foreman->jobs, job);
    if (is_told)
        told_book_add(foreman->told, job_lease(job)->job.id);
    take(foreman);
    check_idle(foreman);
}

static void start_job(struct foreman *foreman, const struct lease *lease)
{
    static const struct job_events events = {on_job_end};

    roster_add(foreman->jobs,
               job_start(foreman->tools, lease, &events, foreman));
}

/* The next in turn of those that are wanted; NULL if none is. */
static struct stall *next_stall(struct foreman *foreman, struct round *round,
                                bool (*is_wanted)(const struct stall *stall))
{
    for (unsigned i = 0; i < foreman->stall_count; i++) {
        struct stall *stall = &foreman->stalls[round->next];

        round->next = (round->next + 1) % foreman->stall_count;
        if (is_wanted(stall))
            return stall;
    }
    return NULL;
}

static bool may_have_jobs(const struct stall *stall)
{
    return stall->may_have_jobs;
}

/* What one that may have jobs is asked for: its share of the room, so that none
 * is emptied before the others are looked at. */
static size_t share(const struct foreman *foreman)
{
    size_t most = room(foreman), stalls = 0;

    for (unsigned i = 0; i < foreman->stall_count; i++)
        stalls += may_have_jobs(&foreman->stalls[i]);
    return (most + stalls - 1) / stalls;
}

static void on_due(uv_timer_t *timer)
{
    struct stall *stall = container_of(timer, struct stall, due);

    stall->may_have_jobs = true;
    take(stall->foreman);
}

static void on_taken(void *owner, int error, const struct redis_reply *reply)
{
    struct foreman *foreman = owner;
    struct stall *stall = foreman->job_round.asked;
    struct lease leases[TAKEN_MAX];
    size_t count = queue_read_leases(reply, 1, leases, COUNT(leases));
    int64_t due_ms = redis_reply_integer(redis_reply_at(reply, 0));

    foreman->job_round.asked = NULL;
    if (error == 0) {
        for (size_t i = 0; i < count; i++)
            start_job(foreman, &leases[i]);
        if (due_ms >= 0 && !foreman->is_stopping)
            uv_timer_start(&stall->due, on_due, (uint64_t)due_ms + 1, 0);
        stall->may_have_jobs |= count == foreman->job_round.asked_for;
    }
    take(foreman);
    check_idle(foreman);
}

/* An account's jobs are spread over the parts, and so is what it may have in
 * flight. */
static size_t cap_of_part(const struct foreman *foreman)
{
    size_t most = (size_t)foreman->tools->settings->account_jobs;

    return (most + foreman->stall_count - 1) / foreman->stall_count;
}

static void take(struct foreman *foreman)
{
    struct round *round = &foreman->job_round;
    struct stall *stall;

    while (!round->asked && room(foreman) > 0 &&
           (stall = next_stall(foreman, round, may_have_jobs)) != NULL) {
        round->asked_for = share(foreman);
        stall->may_have_jobs = false;
        if (queue_take(stall->queue, foreman->tools->consumer, round->asked_for,
                       cap_of_part(foreman), on_taken, foreman) == PENDING)
            round->asked = stall;
    }
}

/* What the bell rang for is known only when it was taken. */
bool foreman_ring(struct foreman *foreman, unsigned part)
{
    bool has_room = room(foreman) > 0 && live_intake_has_room(foreman->frames);

    live_intake_ring(foreman->frames, part);
    foreman->stalls[part].may_have_jobs = true;
    take(foreman);
    return has_room;
}

/* ---- the tick ---- */

/* What is not told now is told after the next call. */
static void tell_recognition(const struct foreman *foreman)
{
    const struct tools *tools = foreman->tools;
    int failure;

    if (recognizer_client_news(tools->recognizer, &failure) &&
        queue_tell_recognition(queues_of(tools->queues, QUEUES_RECOGNITION),
                               failure ? error_name(failure) : "", NULL,
                               NULL) < 0)
        log_debug("the queue hears nothing of the recognition service");
}

static void sweep_on(struct foreman *foreman);

/* A lease that we hold ourselves can come back to us, when we were asleep for
 * longer than it lasts: then nobody else has the job. */
static void on_swept(void *owner, int error, const struct redis_reply *reply)
{
    struct foreman *foreman = owner;
    struct lease leases[TAKEN_MAX];
    size_t count = queue_read_leases(reply, 0, leases, COUNT(leases));

    foreman->lost_round.asked = NULL;
    for (size_t i = 0; error == 0 && i < count; i++) {
        struct job *job = roster_find(foreman->jobs, leases[i].job.id);

        if (job) {
            *job_lease(job) = leases[i];
            continue;
        }
        log_info("job=%s taken over: its worker fell silent", leases[i].job.id);
        start_job(foreman, &leases[i]);
    }
    sweep_on(foreman);
}

static bool can_be_asked(const struct stall *stall)
{
    return queue_is_up(stall->queue);
}

static void sweep_on(struct foreman *foreman)
{
    const struct tools *tools = foreman->tools;
    struct round *round = &foreman->lost_round;
    struct stall *stall;

    while (!round->asked && foreman->lost_left > 0 &&
           room_for_lost(foreman) > 0 &&
           (stall = next_stall(foreman, round, can_be_asked)) != NULL) {
        foreman->lost_left--;
        if (queue_sweep(stall->queue, tools->consumer,
                        tools->settings->lease_ms, room_for_lost(foreman),
                        on_swept, foreman) == PENDING)
            round->asked = stall;
    }
}

/* A little early or late each time, so that workers do not tick together. */
static void on_tick(uv_timer_t *timer)
{
    struct foreman *foreman = container_of(timer, struct foreman, tick);
    bool is_any_up = false;

    uv_timer_start(timer, on_tick, TICK_MS - 100 + random_below(200), 0);
    told_book_write(foreman->told);
    for (unsigned i = 0; i < foreman->stall_count; i++) {
        if (!can_be_asked(&foreman->stalls[i]))
            continue;
        pulse_beat(foreman->stalls[i].pulse);
        is_any_up = true;
    }
    tell_recognition(foreman);
    if (foreman->is_stopping || !is_any_up)
        return;
    foreman->lost_left = foreman->stall_count;
    sweep_on(foreman);
    sweeper_tick(foreman->sweeper);
    for (unsigned i = 0; i < foreman->stall_count; i++)
        foreman_ring(foreman, i); /* a bell may go unheard */
}

/* ---- life ---- */

static void on_rest(void *owner)
{
    check_idle(owner);
}

struct foreman *foreman_create(const struct tools *tools,
                               void (*on_idle)(void *owner), void *owner)
{
    unsigned parts = queues_count(tools->queues);
    struct foreman *foreman =
        xcalloc(1, sizeof *foreman + parts * sizeof foreman->stalls[0]);
    size_t most = (size_t)tools->settings->jobs + TAKEN_MAX /* lost ones */
                  + TAKEN_MAX /* that were asked for meanwhile */;

    foreman->tools = tools;
    foreman->on_idle = on_idle;
    foreman->owner = owner;
    foreman->jobs = roster_create(most);
    foreman->frames = live_intake_create(tools, on_rest, foreman);
    foreman->told = told_book_create(tools->database, on_rest, foreman);
    foreman->sweeper = sweeper_create(tools, on_rest, foreman);
    foreman->job_round.next = foreman->lost_round.next =
        (unsigned)random_below(parts);
    foreman->stall_count = parts;
    for (unsigned i = 0; i < parts; i++) {
        struct stall *stall = &foreman->stalls[i];

        stall->foreman = foreman;
        stall->queue = queues_at(tools->queues, i);
        stall->pulse = pulse_create(tools, foreman->jobs, i);
        uv_timer_init(tools->loop, &stall->due);
    }
    uv_timer_init(tools->loop, &foreman->tick);
    uv_timer_start(&foreman->tick, on_tick, TICK_MS, 0);
    return foreman;
}

static void on_closed(uv_handle_t *handle)
{
    struct foreman *foreman = container_of(handle, struct foreman, tick);

    for (unsigned i = 0; i < foreman->stall_count; i++)
        pulse_destroy(foreman->stalls[i].pulse);
    roster_destroy(foreman->jobs);
    free(foreman);
}

void foreman_destroy(struct foreman *foreman)
{
    if (!foreman)
        return;
    sweeper_destroy(foreman->sweeper);
    told_book_destroy(foreman->told);
    live_intake_destroy(foreman->frames);
    for (unsigned i = 0; i < foreman->stall_count; i++)
        uv_close((uv_handle_t *)&foreman->stalls[i].due, NULL);
    uv_close((uv_handle_t *)&foreman->tick, on_closed);
}

void foreman_queue_changed(struct foreman *foreman, unsigned part, bool is_up)
{
    if (!is_up)
        return;
    sweeper_look_everywhere(foreman->sweeper);
    pulse_beat(foreman->stalls[part].pulse);
    foreman_ring(foreman, part);
}

void foreman_stop(struct foreman *foreman)
{
    foreman->is_stopping = true;
    for (unsigned i = 0; i < foreman->stall_count; i++)
        uv_timer_stop(&foreman->stalls[i].due);
    sweeper_stop(foreman->sweeper);
    live_intake_stop(foreman->frames);
    told_book_hurry(foreman->told);
    check_idle(foreman);
}

void foreman_hand_back(struct foreman *foreman)
{
    for (size_t i = 0; i < roster_count(foreman->jobs); i++)
        job_hand_back(roster_at(foreman->jobs, i));
}
