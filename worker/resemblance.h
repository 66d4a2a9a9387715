#pragma once

#include "jobs.h"
#include "people.h"
#include "question.h"

/*
 * Whom a face that was just enrolled resembles: other people whose faces look
 * much like it, for a person may have been enrolled twice.  It is good to know
 * and no reason to fail, so whatever goes wrong finds nobody.  Embedded in the
 * enrolment; all zero before it begins.
 */
enum { RESEMBLANCES_MAX = 20 };

struct resemblance {
    const struct tools *tools;
    struct face_owner owners[RESEMBLANCES_MAX];
    double similarities[RESEMBLANCES_MAX];
    struct faces_name names;
    done_fn *done;
    void *owner;
};

/* Whose resemblance is asked for. */
struct resemblance_request {
    const struct asker *asker;
    const char *collection;  /* ours */
    const char *at_endpoint; /* the endpoint's name of it */
    const char *face_id;
};

/* `done` comes later, and its error is always 0.  The request's texts stay
 * until then. */
void resemblance_find(struct resemblance *resemblance,
                      const struct tools *tools,
                      const struct resemblance_request *request, done_fn *done,
                      void *owner);

/* The people, each once, with the best of their faces, but for `self`:
 * [{"person","similarity"},…]. */
struct json *resemblance_json(const struct resemblance *resemblance,
                              const char *self) MUST_CHECK;

/* The same for the commit, so that whoever is erased goes from the result.  How
 * many there are; their ids are the resemblance's. */
size_t
resemblance_sightings(const struct resemblance *resemblance, const char *self,
                      struct new_sighting sightings[static RESEMBLANCES_MAX]);
void resemblance_finish(struct resemblance *resemblance);
