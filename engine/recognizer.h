#pragma once

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "basics.h"
#include "buffer.h"
#include "crew.h"
#include "face.h"
#include "histogram.h"
#include "models.h"

/*
 * The recognizer: from a photo's bytes to its faces, on the threads of a crew
 * whose tools are sets of networks.
 */
struct recognizer;

/* The most pixels of a photo we decode, and its longest side: OpenCV cuts
 * nothing out of longer ones. */
enum { RECOGNIZER_PIXELS_MAX = 100 * 1000 * 1000, RECOGNIZER_SIDE_MAX = 32766 };

/*
 * One photo's way through the recognizer.  It is embedded in the struct it
 * serves and stays there until `done`.
 */
struct recognition {
    /* Set by the caller. */
    const void *bytes; /* of the file; borrowed until `done` */
    size_t len;
    bool largest_only; /* leave the other faces out */
    bool with_vectors; /* otherwise faces have none, and cost less */
    /* Which of them have one; NULL: all.  Called on a thread of the crew for
     * each face in its order, when its quality is known. */
    bool (*wants_vector)(const struct recognition *recognition,
                         const struct face *face);
    unsigned attributes; /* to be measured: see attributes.h */
    bool is_trial;       /* nobody's photo: it is left out of the times */
    /*
     * Called once, on the loop thread, with 0 (a photo without a face has 0
     * faces), E_UNSUPPORTED (no picture we read), E_INVALID (a damaged one),
     * E_TOO_LARGE, E_TIMEOUT (it waited too long and was not begun),
     * E_CANCELLED (see recognizer_give_up), or E_SYSTEM (with the reason in the
     * log).
     */
    void (*done)(struct recognition *recognition, int error);

    /* The answer. */
    uint32_t width; /* of the upright photo */
    uint32_t height;
    struct face *faces; /* the largest first; see recognition_finish */
    size_t face_count;
    int64_t wait_ns; /* where the time went */
    int64_t decode_ns;
    int64_t detect_ns;
    int64_t embed_ns;

    /* The recognizer's. */
    struct recognizer *recognizer;
    struct crew_task task;
    int64_t submitted_ns;
    int error;
};

struct recognizer_limits {
    size_t sets;        /* of networks: photos that are worked on at a time; the
                           pool needs as many threads (see program_init) */
    size_t waiting;     /* photos */
    int64_t waiting_ms; /* that a photo waits, rounded up to a tenth of a
                           second */
};

/*
 * The models may go when it returns; the files of the measures are read when a
 * set first needs them.  NULL, with a sentence in `problem`, if a model cannot
 * be used.
 */
struct recognizer *recognizer_create(uv_loop_t *loop,
                                     const struct models *models,
                                     const struct recognizer_limits *limits,
                                     struct buffer *problem) MUST_CHECK;

/* Nothing may be under way or waiting.  It is gone from the loop once the loop
 * has turned. */
void recognizer_destroy(struct recognizer *recognizer);

/* How many numbers the vectors of this recognizer have. */
size_t recognizer_vector_length(const struct recognizer *recognizer);

/* Starts, or lets it wait; E_BUSY (and `done` is not called) when too many wait
 * already. */
int recognizer_submit(struct recognizer *recognizer,
                      struct recognition *recognition) MUST_CHECK;

/* Nobody waits for an answer any more: photos that are not begun are not
 * looked at. */
void recognizer_give_up(struct recognizer *recognizer);

/* Frees the answer. */
void recognition_finish(struct recognition *recognition);

/* How many photos wait, and how many are worked on. */
size_t recognizer_waiting(const struct recognizer *recognizer);
size_t recognizer_working(const struct recognizer *recognizer);

/* What became of the photos so far, and how long they took. */
struct recognizer_times {
    uint64_t recognized;
    uint64_t refused; /* damaged, too large, of another type */
    uint64_t late;    /* they waited too long */
    uint64_t failed;
    uint64_t faces;
    struct histogram wait; /* of those that were recognized */
    struct histogram decode;
    struct histogram detect;
    struct histogram describe; /* of those with a face: all that was measured
                                  and embedded */
};
const struct recognizer_times *
recognizer_times(const struct recognizer *recognizer);
