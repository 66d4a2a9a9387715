#pragma once

#include "tools.h"

/*
 * One question of a job to the recognition endpoint, in its turn: it waits for
 * the pace that all workers share, asks, and hands over the answer.
 *
 * `error` is 0, or as tools_refused has it; E_REFUSED comes with the refusal's
 * meaning; E_BUSY says that the turn comes only in `wait_ms`.
 */
struct question_answer {
    int error;
    int64_t wait_ms;
    enum recognition_meaning meaning;
    const char *body;
    size_t len;
};
typedef void question_fn(void *owner, const struct question_answer *answer);

/* Asks once; the body is taken over.  `done` comes later. */
void question_ask(const struct tools *tools,
                  enum recognition_operation operation,
                  const struct asker *asker, struct buffer *body,
                  question_fn *done, void *owner);

/* Whether it is a refusal because there is no such collection, and so nothing
 * in it. */
bool question_found_nothing(const struct question_answer *answer);
