#pragma once

#include "basics.h"
#include "buffer.h"
#include "json.h"

/*
 * What is wrong with an operation's input, in the words of AWS's front end.
 */
struct objections {
    struct buffer misfit;     /* the first value of another type, in a
                                 sentence; empty: none */
    struct buffer violations; /* of what values must be */
    size_t violation_count;
};

/* Where in the input a value stands. */
struct place {
    const struct place *above; /* NULL: at the top */
    const char *name;
};

/* The value is of another type than `wanted` ("a string").  Only the first one
 * is told: behind it nothing is what it seems. */
void objection_misfit(struct objections *objections, const struct place *place,
                      const struct json *value, const char *wanted);

/* The value, quoted (NULL: there is none), breaks the constraint that a
 * sentence tells. */
void objection_violation(struct objections *objections,
                         const struct place *place, const char *quoted,
                         const char *constraint);

/* Adds the value as an objection quotes it, cut if it is long: a stranger's
 * megabyte goes no further. */
void objection_quote(const struct json *value, bool is_float,
                     struct buffer *out);

/* The message of a ValidationException, in `out`. */
void objections_write(const struct objections *objections, struct buffer *out);
void objections_finish(struct objections *objections);
