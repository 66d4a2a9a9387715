#pragma once

#include "darkroom.h"
#include "jobs.h"
#include "search_options.h"
#include "tools.h"

/*
 * The search of a photo: its faces are found, all are searched for at the same
 * time, and those that are known are named.  What becomes of the
 * result is the owner's matter, who may be a durable job or a live frame.
 */
struct search_work;

struct search_request {
    const struct asker *asker;
    const char *collection; /* ours */
    struct photo *photo;    /* fitted */
    const char *image_type; /* its media type */
    struct search_options options;
    const char *progress; /* of an attempt that was postponed: JSON; or NULL */
};

/* What came of it.  Borrowed for the call to `on_end`. */
struct search_outcome {
    /* 0; or an error that is tried again: E_THROTTLED does not count as a
     * failure, E_BUSY means that its turn comes in `wait_ms`. */
    int error;
    int64_t wait_ms;
    const char *progress; /* for the next attempt; NULL: none */
    enum problem problem; /* it can never work; PROBLEM_NONE: it can */
    const char *detail;   /* NULL: the problem's own sentence */
    struct json *result;  /* of a search that is done; the owner's */
    const struct new_sighting *sightings; /* whom it found */
    size_t sighting_count;
};

struct search_events {
    /* A face is done: its index, how many there are, and what is known of it
     * (borrowed).  In any order. */
    void (*on_face)(void *owner, size_t index, size_t count,
                    const struct json *face);
    /* Once; the work is no more after it. */
    void (*on_end)(void *owner, const struct search_outcome *outcome);
};

/* Begins.  Everything in the request stays until on_end. */
void search_work_start(const struct tools *tools,
                       const struct search_request *request,
                       const struct search_events *events, void *owner);
