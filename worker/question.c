/*
 * question.c - one question of a job to the recognition endpoint
 */
#include <stdlib.h>

#include "done.h"
#include "errors.h"
#include "question.h"
#include "xalloc.h"

struct question {
    const struct tools *tools;
    enum recognition_operation operation;
    const struct asker *asker;
    struct buffer body;
    question_fn *done;
    void *owner;
    uv_timer_t timer;
};

static void on_closed(uv_handle_t *handle)
{
    free(container_of(handle, struct question, timer));
}

static void end(struct question *question, const struct question_answer *answer)
{
    question->done(question->owner, answer);
    buffer_finish(&question->body);
    uv_close((uv_handle_t *)&question->timer, on_closed);
}

static void on_reply(void *owner, int error,
                     const struct recognizer_reply *reply)
{
    struct question *question = owner;
    struct question_answer answer = {.error = error};

    if (reply) {
        answer.body = reply->body;
        answer.len = reply->len;
        answer.meaning = reply->refusal.meaning;
    }
    if (error == E_REFUSED)
        answer.error = tools_refused(question->tools, question->operation,
                                     &reply->refusal);
    end(question, &answer);
}

static void on_timer(uv_timer_t *timer)
{
    struct question *question = container_of(timer, struct question, timer);
    int result;

    result = recognizer_client_ask(question->tools->recognizer,
                                   question->operation, question->asker,
                                   &question->body, on_reply, question);
    if (result != PENDING)
        end(question, &(struct question_answer){.error = result});
}

/* Always from the timer, so that `done` never comes before question_ask has
 * returned. */
static void on_turn(void *owner, const struct pace *pace)
{
    struct question *question = owner;
    int64_t wait_ms = pace->wait_us > 0 ? pace->wait_us / 1000 : 0;

    /* That far away only Redis can have put it, so this is a later turn, too.
     */
    if (wait_ms > PACER_PATIENCE_MS) {
        end(question,
            &(struct question_answer){.error = E_BUSY, .wait_ms = wait_ms});
        return;
    }
    uv_timer_start(&question->timer, on_timer, (uint64_t)wait_ms, 0);
}

void question_ask(const struct tools *tools,
                  enum recognition_operation operation,
                  const struct asker *asker, struct buffer *body,
                  question_fn *done, void *owner)
{
    struct question *question = xcalloc(1, sizeof *question);
    struct pace pace;

    *question = (struct question){.tools = tools,
                                  .operation = operation,
                                  .asker = asker,
                                  .body = *body,
                                  .done = done,
                                  .owner = owner};
    *body = (struct buffer){0};
    uv_timer_init(tools->loop, &question->timer);
    if (pacer_reserve(tools->pacer, operation, asker->job, 1,
                      asker->is_backfill, &pace, on_turn, question) == DONE)
        on_turn(question, &pace);
}

bool question_found_nothing(const struct question_answer *answer)
{
    return answer->error == E_REFUSED &&
           answer->meaning == RECOGNITION_COLLECTION_MISSING;
}
