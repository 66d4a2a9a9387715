#pragma once

#include "basics.h"
#include "json.h"
#include "problem.h"

/* How a photo is to be searched. */
struct search_options {
    double threshold; /* least similarity, 0 to 100 */
    int max_matches;  /* people for each face, 1 to 50 */
    bool largest;     /* only the largest face */
};

/* What holds where nothing is said. */
struct search_options search_options_default(void);

/* Sets one option by its name, as forms and queries give it: as text.
 * PROBLEM_UNKNOWN_FIELD if there is none of that name, PROBLEM_INVALID_FIELD
 * with a sentence in `detail` if it cannot have that value. */
enum problem search_options_set(struct search_options *options,
                                const char *name, const char *value,
                                char detail[static 128]);

/* Sets them from the members of a JSON object (NULL: none). */
enum problem search_options_read(struct search_options *options,
                                 const struct json *object,
                                 char detail[static 128]);

/* As they are kept with a job. */
struct json *
search_options_json(const struct search_options *options) MUST_CHECK;
