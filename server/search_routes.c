/*
 * search_routes.c - the routes that start work on photos
 */
#include <stdio.h>
#include <string.h>

#include "search_options.h"
#include "search_routes.h"
#include "submission.h"

/* Everything but priority is an option of the search. */
static enum problem read_options(const struct upload *upload,
                                 struct search_options *options,
                                 char detail[static 128])
{
    enum problem problem = PROBLEM_NONE;

    *options = search_options_default();
    for (size_t i = 0; i < upload->field_count && problem == PROBLEM_NONE;
         i++) {
        const struct upload_field *field = &upload->fields[i];

        if (strcmp(field->name, "priority") == 0)
            continue;
        problem =
            search_options_set(options, field->name, field->value, detail);
        if (problem == PROBLEM_UNKNOWN_FIELD)
            snprintf(detail, 128, "There is no field of the name %.60s.",
                     field->name);
    }
    return problem;
}

static enum problem prepare_search(struct submission *submission,
                                   struct admission *admission,
                                   const struct upload *upload,
                                   char detail[static 128])
{
    struct search_options options;
    enum priority priority;
    enum problem problem = submission_priority(upload, &priority, detail);

    (void)submission;
    if (problem == PROBLEM_NONE)
        problem = read_options(upload, &options, detail);
    if (problem == PROBLEM_NONE)
        admission_add_job(admission, JOB_SEARCH, priority, NULL, 0, 1,
                          search_options_json(&options));
    return problem;
}

static enum problem prepare_analysis(struct submission *submission,
                                     struct admission *admission,
                                     const struct upload *upload,
                                     char detail[static 128])
{
    static const char *const known[] = {"priority", NULL};
    enum priority priority;
    enum problem problem = submission_priority(upload, &priority, detail);

    (void)submission;
    if (problem == PROBLEM_NONE)
        problem = submission_check_fields(upload, known, detail);
    if (problem == PROBLEM_NONE)
        admission_add_job(admission, JOB_ANALYZE, priority, NULL, 0, 1,
                          json_object());
    return problem;
}

/* The target may have come before the source. */
static enum problem put_source_first(struct upload *upload,
                                     char detail[static 128])
{
    struct upload_image first = upload->images[0];

    if (strcmp(upload->images[0].name, upload->images[1].name) == 0) {
        snprintf(detail, 128, "A comparison has one source and one target.");
        return PROBLEM_MISSING_IMAGE;
    }
    if (strcmp(first.name, "target") == 0) {
        upload->images[0] = upload->images[1];
        upload->images[1] = first;
    }
    return PROBLEM_NONE;
}

static enum problem prepare_comparison(struct submission *submission,
                                       struct admission *admission,
                                       const struct upload *upload,
                                       char detail[static 128])
{
    static const char *const known[] = {"priority", "threshold", NULL};
    struct search_options options;
    enum priority priority;
    enum problem problem = submission_priority(upload, &priority, detail);

    (void)submission;
    if (problem == PROBLEM_NONE)
        problem = submission_check_fields(upload, known, detail);
    if (problem == PROBLEM_NONE)
        problem = read_options(upload, &options, detail);
    if (problem == PROBLEM_NONE)
        problem = put_source_first((struct upload *)upload, detail);
    if (problem == PROBLEM_NONE)
        admission_add_job(admission, JOB_COMPARE, priority, NULL, 0, 2,
                          search_options_json(&options));
    return problem;
}

static const char *const one_image[] = {"image", NULL};
static const char *const two_images[] = {"source", "target", NULL};

void route_search(struct call *call)
{
    static const struct submission_kind kind = {
        .rules = {one_image, 1, 1, false, NULL},
        .prepare = prepare_search,
        .status = 202,
        .may_wait = true,
    };

    submission_run(call, &kind);
}

void route_analyze(struct call *call)
{
    static const struct submission_kind kind = {
        .rules = {one_image, 1, 1, false, NULL},
        .prepare = prepare_analysis,
        .status = 202,
        .may_wait = true,
    };

    submission_run(call, &kind);
}

void route_compare(struct call *call)
{
    static const struct submission_kind kind = {
        .rules = {two_images, 2, 2, false, NULL},
        .prepare = prepare_comparison,
        .status = 202,
        .may_wait = true,
    };

    submission_run(call, &kind);
}
