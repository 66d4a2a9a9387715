#pragma once

#include <stddef.h>

#include "buffer.h"
#include "live.h"
#include "stack.h"

/*
 * What clients do of everything, each at its share: photos that are searched
 * for good and live frames, people who are enrolled, changed, listed and
 * erased, jobs that are read, live clients who come and go, requests with
 * something wrong.  Whoever gets a wrong answer ends the soak.
 */
enum {
    MIXTURE_PENDING_MAX = 256,
    MIXTURE_PEOPLE_MAX = 40,
    MIXTURE_PHOTOS = 4,
    MIXTURE_ID_BYTES = 40
};

struct mixture {
    const struct stack *stack;
    struct live watcher; /* hears how every job ends */
    struct live camera;  /* sends live frames */
    int next_id;         /* of the camera's messages */
    struct photo {
        char *bytes;
        size_t len;
    } photos[MIXTURE_PHOTOS];
    char pending[MIXTURE_PENDING_MAX][MIXTURE_ID_BYTES]; /* jobs */
    size_t pending_count;
    char people[MIXTURE_PEOPLE_MAX][MIXTURE_ID_BYTES];
    size_t people_count;
    char latest[MIXTURE_ID_BYTES]; /* the job that was accepted last */
    size_t acts;
    size_t jobs;    /* that ended */
    size_t failed;  /* of them */
    size_t results; /* of live frames */
    size_t refused; /* requests that had something wrong */
};

void mixture_open(struct mixture *mixture, const struct stack *stack);
void mixture_close(struct mixture *mixture);

/* Does one thing, and hears what there is to hear. */
void mixture_act(struct mixture *mixture);

/* Hears, until nothing comes for so long. */
void mixture_hear(struct mixture *mixture, int quiet_ms);

/* Waits until no more than so many jobs are under way. */
void mixture_settle(struct mixture *mixture, size_t most);
