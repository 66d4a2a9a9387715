/*
 * live_work.c - a frame of the live lane
 *
 * Whatever takes longer than the frame is of use is given up without a word: a
 * newer one is on its way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "done.h"
#include "errors.h"
#include "live_work.h"
#include "log.h"
#include "search_work.h"
#include "xalloc.h"

struct live_work {
    const struct tools *tools;
    struct json *meta;
    struct photo *photo;
    struct trace trace;
    struct stages stages; /* kept nowhere */
    struct asker asker;
    struct search_request request;
    int64_t started_ms;
    void (*done)(void *owner);
    void *owner;
    uv_timer_t timer; /* of an end that came too early */
};

static const char *meta_text(const struct live_work *work, const char *name)
{
    return json_get_text(work->meta, name, "");
}

static int64_t expires_ms(const struct live_work *work)
{
    return (int64_t)json_get_number(work->meta, "expires_ms", 0);
}

static void on_closed(uv_handle_t *handle)
{
    struct live_work *work = container_of(handle, struct live_work, timer);

    photo_destroy(work->photo);
    json_destroy(work->meta);
    free(work);
}

static void end(struct live_work *work)
{
    work->done(work->owner);
    uv_close((uv_handle_t *)&work->timer, on_closed);
}

/* ---- the answer ---- */

static void on_answered(void *owner, int error, const struct redis_reply *reply)
{
    (void)owner;
    (void)reply;
    if (error)
        log_debug("live: a result was not told: %s", error_name(error));
}

/* Takes the data over. */
static void answer(struct live_work *work, const char *event, struct json *data)
{
    struct json *message = json_object();
    char expires[CLOCK_TEXT_BYTES];
    char *text;

    clock_text(expires_ms(work), expires);
    json_add_text(message, "session", meta_text(work, "session"));
    json_add_text(message, "job", meta_text(work, "job"));
    json_add_text(message, "event", event);
    json_add_text(message, "expires_at", expires);
    json_add(message, "data", data);
    text = json_print_and_destroy(message);
    if (queue_live_result(
            queues_of(work->tools->queues, meta_text(work, "session")),
            meta_text(work, "server"), text, on_answered, NULL) != PENDING)
        log_debug("live: the queue is away");
    free(text);
}

static void answer_failure(struct live_work *work, enum problem problem,
                           const char *detail)
{
    struct json *data = json_object();

    json_add_text(data, "kind", job_kind_name(JOB_SEARCH));
    json_add_text(data, "status", job_status_name(JOB_FAILED));
    json_add(data, "error", problem_json(problem, detail));
    answer(work, "job.failed", data);
}

/* ---- the search ---- */

static void on_face(void *owner, size_t index, size_t count,
                    const struct json *face)
{
    (void)owner;
    (void)index;
    (void)count;
    (void)face; /* the whole comes soon enough */
}

static void on_searched(void *owner, const struct search_outcome *outcome)
{
    struct live_work *work = owner;

    if (clock_wall_ms() > expires_ms(work)) {
        json_destroy(outcome->result);
    } else if (outcome->problem != PROBLEM_NONE) {
        answer_failure(work, outcome->problem, outcome->detail);
    } else if (outcome->error) {
        answer_failure(work, PROBLEM_RECOGNITION_UNAVAILABLE,
                       error_sentence(outcome->error));
    } else {
        json_add_number(outcome->result, "elapsed_ms",
                        (double)(clock_steady_ms() - work->started_ms));
        answer(work, job_kind_done_event(JOB_SEARCH), outcome->result);
    }
    end(work);
}

static void search(struct live_work *work)
{
    static const struct search_events events = {on_face, on_searched};
    char detail[128];

    (void)trace_read(&work->trace, meta_text(work, "traceparent"),
                     meta_text(work, "tracestate"));
    work->asker = (struct asker){.job = meta_text(work, "job"),
                                 .trace = &work->trace,
                                 .stages = &work->stages};
    work->request = (struct search_request){
        .asker = &work->asker,
        .collection = meta_text(work, "collection"),
        .photo = work->photo,
        .image_type = meta_text(work, "type"),
        .options = search_options_default(),
    };
    /* They were checked when the frame came in. */
    (void)search_options_read(&work->request.options,
                              json_get(work->meta, "options"), detail);
    search_work_start(work->tools, &work->request, &events, work);
}

static void on_fitted(void *owner, int error)
{
    struct live_work *work = owner;

    if (clock_wall_ms() > expires_ms(work)) {
        end(work);
    } else if (error) {
        answer_failure(
            work, error == E_INVALID ? PROBLEM_IMAGE_DAMAGED : PROBLEM_INTERNAL,
            NULL);
        end(work);
    } else {
        search(work);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct live_work *work = container_of(timer, struct live_work, timer);
    int result = photo_fit(work->tools->darkroom, work->photo, on_fitted, work);

    if (result != PENDING)
        on_fitted(work, result);
}

void live_work_start(const struct tools *tools, const char *meta,
                     size_t meta_len, const void *image, size_t image_len,
                     void (*done)(void *owner), void *owner)
{
    struct live_work *work = xcalloc(1, sizeof *work);

    work->tools = tools;
    work->meta = json_parse(meta, meta_len);
    work->photo = photo_create(xmemdup(image, image_len), image_len);
    work->started_ms = clock_steady_ms();
    work->done = done;
    work->owner = owner;
    uv_timer_init(tools->loop, &work->timer);
    uv_timer_start(&work->timer, on_timer, 0, 0);
}
