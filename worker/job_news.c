/*
 * job_news.c - what clients are told of a job
 */
#include <stdio.h>
#include <stdlib.h>

#include "job_news.h"
#include "problem.h"

enum {
    TOPIC_BYTES = sizeof "job:" + UUID_BYTES,
    EVENT_BYTES = 64,
};

static void write_topic(const struct job_row *row,
                        char topic[static TOPIC_BYTES])
{
    const char *common = job_kind_topic(row->kind);

    if (common)
        snprintf(topic, TOPIC_BYTES, "%s", common);
    else
        snprintf(topic, TOPIC_BYTES, "job:%s", row->id);
}

int job_news_progress(struct queue *queue, const struct job_row *row,
                      const char *name, const struct json *data,
                      redis_done_fn *done, void *owner)
{
    char topic[TOPIC_BYTES];
    char *text = json_print(data);
    int result;

    write_topic(row, topic);
    result = queue_progress(queue, row->id, row->attempt,
                            &(struct queue_event){name, topic, text, NULL},
                            done, owner);
    free(text);
    return result;
}

/* What `job.failed` tells. */
static char *failure_data(const struct job_row *row, const char *error)
{
    struct json *data = json_object();

    json_add_text(data, "kind", job_kind_name(row->kind));
    json_add_text(data, "status", job_status_name(row->status));
    json_add_raw(data, "error", error);
    return json_print_and_destroy(data);
}

/* The event bears the attempt that was committed, so that a job which is
 * replayed can end again. */
int job_news_end(struct queue *queue, const struct lease *lease,
                 const struct job_news_end *end, redis_done_fn *done,
                 void *owner)
{
    const struct job_row *row = end->row;
    bool is_done = row->status == JOB_DONE;
    char topic[TOPIC_BYTES], name[EVENT_BYTES];
    char *failure = is_done ? NULL : failure_data(row, end->error);
    char *stages = stages_write(end->stages);
    int answer;

    write_topic(row, topic);
    snprintf(name, sizeof name, "%s:%lld",
             is_done ? job_kind_done_event(row->kind) : "job.failed",
             (long long)row->attempt);
    answer =
        queue_finish(queue, lease,
                     &(struct queue_event){
                         name, topic, is_done ? end->result : failure, stages},
                     done, owner);
    free(failure);
    free(stages);
    return answer;
}

int job_news_gone(struct queue *queue, const struct lease *lease,
                  redis_done_fn *done, void *owner)
{
    const struct job_row row = {.kind = JOB_ENROLL, .status = JOB_FAILED};
    char *error =
        json_print_and_destroy(problem_json(PROBLEM_PERSON_GONE, NULL));
    char *failure = failure_data(&row, error);
    int answer =
        queue_drop(queue, lease,
                   &(struct queue_event){
                       "job.failed:0", job_kind_topic(row.kind), failure, NULL},
                   done, owner);

    free(failure);
    free(error);
    return answer;
}
