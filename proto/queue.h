#pragma once

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "basics.h"
#include "names.h"
#include "redis.h"
#include "redis_terms.h"
#include "uuid.h"

/*
 * The queue conversation: what server and workers do to the shared keys of one
 * part in Redis (see queue.md; queues.h has all parts).  Every call is one
 * function of the library in queue/, carried out as a whole or not at all.
 * Redis sees calls in the order in which they are made.  Jobs that are added,
 * or that end, one behind the other in one turn of the loop go to it as one.
 *
 * Calls report as redis_send does: PENDING, and `done` gets the reply; or a
 * negative error, and nothing was done.
 */
struct queue;

enum {
    CONSUMER_BYTES = 64,
    ENTRY_BYTES = 48, /* the id of an entry of the log */
    LEASE_BYTES = 24 + CONSUMER_BYTES + UUID_BYTES + NAME_BYTES_MAX + 4,
};

struct queue_options {
    const char *url;  /* as redis.h has it */
    const char *name; /* as CLIENT LIST shows it */
    unsigned part;    /* which one this is, from 0 */
    unsigned parts;   /* how many there are: Redis keeps the number, and whoever
                         comes with another is ended with a sentence */
};

/* Connects; `on_state` is told when the functions can be called, and when the
 * connection is lost.  NULL, with a sentence in `problem`, if the URL is none.
 */
struct queue *queue_create(uv_loop_t *loop, const struct queue_options *options,
                           redis_state_fn *on_state, void *owner,
                           char problem[static 256]) MUST_CHECK;
/* Not from within a `done`.  What is under way ends with E_CANCELLED before it
 * returns. */
void queue_destroy(struct queue *queue);
bool queue_is_up(const struct queue *queue);

/* What a key of a part is called, for those that others read directly:
 * "events", "bell", "live:out:<server>"; and with "" what all of its keys begin
 * with.  To be freed. */
char *queue_key(unsigned part, const char *name) MUST_CHECK;

/* On what terms Redis keeps the queue, as it said when it was last connected
 * to; none while it is not.  One that may throw away any key is not used: the
 * queue does not come up. */
const struct redis_terms *queue_terms(const struct queue *queue);

/* A job's place in the queue. */
struct queued_job {
    char id[UUID_BYTES];
    char account[NAME_BYTES_MAX + 1];
    enum priority priority;
};

/* A job in flight. */
struct lease {
    char entry[LEASE_BYTES]; /* what it is called */
    struct queued_job job;
};

/* An event to be told. */
struct queue_event {
    const char
        *name; /* with what tells it apart at the gate: "search.face:2" */
    const char *topic;
    const char *data;
    const char *stages; /* of the job, as stages_write has them, beside the
                           data; NULL or "": none.  Not of progress */
};

/* Adds a job that is not there yet, and tells `queued`; the reply is 1, or 0 if
 * it was there.  Its stages wait with it for whoever starts it. */
int queue_add(struct queue *queue, const struct queued_job *job,
              const struct queue_event *queued, redis_done_fn *done,
              void *owner) MUST_CHECK;

/* Takes up to `count` jobs for a consumer, no more than `cap` of one account in
 * flight.  The reply holds the leases behind one number: the milliseconds until
 * a delayed job is due, or -1. */
int queue_take(struct queue *queue, const char *consumer, size_t count,
               size_t cap, redis_done_fn *done, void *owner) MUST_CHECK;

/* Renews leases.  The reply has an element for each: its entry, or "" if it is
 * lost. */
int queue_beat(struct queue *queue, const char *consumer,
               const struct lease *leases, size_t count, redis_done_fn *done,
               void *owner) MUST_CHECK;

/* Takes over up to `count` leases that have run out: the reply holds them,
 * under new names. */
int queue_sweep(struct queue *queue, const char *consumer, int64_t lease_ms,
                size_t count, redis_done_fn *done, void *owner) MUST_CHECK;

/* Reads the leases of a reply, from element `first` on; how many there are. */
size_t queue_read_leases(const struct redis_reply *reply, size_t first,
                         struct lease *leases, size_t most);

/* Tells progress of a job.  The reply has two elements: -1 if a later attempt
 * has begun, 0 if it was told before, else 1; and for "job.started" the stages
 * that it was added with. */
int queue_progress(struct queue *queue, const char *job, int64_t attempt,
                   const struct queue_event *event, redis_done_fn *done,
                   void *owner) MUST_CHECK;

/* Tells how the job ended, once, and ends the lease.  The event's name has the
 * attempt behind a colon: one that was committed before the latest whose end
 * was told has nothing to tell any more. */
int queue_finish(struct queue *queue, const struct lease *lease,
                 const struct queue_event *event, redis_done_fn *done,
                 void *owner) MUST_CHECK;

/* The same of a job whose row is gone: tells the event unless an end was told,
 * whichever it was. */
int queue_drop(struct queue *queue, const struct lease *lease,
               const struct queue_event *event, redis_done_fn *done,
               void *owner) MUST_CHECK;

/* Ends the lease: the job is to be tried again after a while. */
int queue_delay(struct queue *queue, const struct lease *lease,
                int64_t delay_ms, redis_done_fn *done, void *owner) MUST_CHECK;

/* Ends the lease: somebody else is to have the job at once. */
int queue_hand_back(struct queue *queue, const struct lease *lease,
                    redis_done_fn *done, void *owner) MUST_CHECK;

/* Offers a frame of the live lane; at most `cap` sessions wait. */
struct queue_frame {
    const char *session;
    const char *meta; /* JSON */
    const void *image;
    size_t image_bytes;
    int64_t expires_ms;
};
int queue_offer(struct queue *queue, const struct queue_frame *frame,
                size_t cap, redis_done_fn *done, void *owner) MUST_CHECK;

/* Takes the frame that has waited longest.  First `waiting` is told how many
 * there are behind it, or -1 if there was none; then `taken` gets its meta and
 * its image, or two that are nothing.  One at a time. */
int queue_take_live(struct queue *queue, const char *consumer,
                    redis_done_fn *waiting, redis_done_fn *taken,
                    void *owner) MUST_CHECK;

/* A result for the connections of one server, as it is to go out. */
int queue_live_result(struct queue *queue, const char *server, const char *data,
                      redis_done_fn *done, void *owner) MUST_CHECK;

/* Reserves calls of a recognition operation.  The reply has two numbers, in
 * microseconds: until the first may be made, and between one and the next.  If
 * the first is more than `patience_ms` away, the slots stay reserved for the
 * job. */
struct queue_rate {
    const char *operation;
    const char *job;
    double rate; /* calls a second */
    size_t cost; /* calls */
    bool is_backfill;
    int64_t patience_ms;
};
int queue_limit(struct queue *queue, const struct queue_rate *rate,
                redis_done_fn *done, void *owner) MUST_CHECK;

/* The service asked to slow down. */
int queue_slow_down(struct queue *queue, const char *operation,
                    redis_done_fn *done, void *owner) MUST_CHECK;

/* The reply has six numbers: waiting interactive, waiting backfill, live
 * sessions, running, delayed, workers. */
int queue_stats(struct queue *queue, redis_done_fn *done,
                void *owner) MUST_CHECK;

/* Tells how the recognition service answered lately: "" well, else the word of
 * what is wrong with it. */
int queue_tell_recognition(struct queue *queue, const char *failure,
                           redis_done_fn *done, void *owner) MUST_CHECK;

/* The reply: how many workers were heard of lately, whether one of them has
 * told of the recognition service, and what was told last. */
int queue_workers(struct queue *queue, redis_done_fn *done,
                  void *owner) MUST_CHECK;

/* The reply: the log's epoch, its last id, how many entries were ever added,
 * how many it keeps, and whether (1 or 0) the entry `id` is one of those. */
int queue_log(struct queue *queue, const char *id, redis_done_fn *done,
              void *owner) MUST_CHECK;
