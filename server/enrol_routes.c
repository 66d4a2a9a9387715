/*
 * enrol_routes.c - the routes by which people come in and go
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents.h"
#include "enrol_routes.h"
#include "person_fields.h"
#include "submission.h"
#include "xalloc.h"

static const char *const image_field[] = {"image", NULL};

/* ---- enrolling ---- */

/* What the upload says of the person, checked; texts are the upload's. */
static enum problem read_person(const struct upload *upload,
                                struct new_person *person,
                                char detail[static 128])
{
    enum problem problem;

    person->name = upload_field(upload, "name");
    person->external_id = upload_field(upload, "external_id");
    person->email = upload_field(upload, "email");
    person->details = upload_field(upload, "details");
    /* A form sends what was left empty, too. */
    if (person->external_id && !person->external_id[0])
        person->external_id = NULL;
    if (person->email && !person->email[0])
        person->email = NULL;
    if (person->details && !person->details[0])
        person->details = NULL;
    if (!person->name) {
        snprintf(detail, 128, "The field name is missing.");
        return PROBLEM_MISSING_FIELD;
    }
    problem = person_check_name(person->name, detail);
    if (problem == PROBLEM_NONE && person->external_id)
        problem = person_check_external_id(person->external_id, detail);
    if (problem == PROBLEM_NONE && person->email)
        problem = person_check_email(person->email, detail);
    if (problem == PROBLEM_NONE && person->details)
        problem = person_check_details(person->details, detail);
    return problem;
}

static struct json *new_person_document(const struct new_person *person,
                                        const struct admission *admission)
{
    struct person_find find = {
        .row = {.external_id = (char *)person->external_id,
                .name = (char *)person->name,
                .email = (char *)person->email,
                .details = (char *)person->details,
                .created = (char *)admission_time(admission),
                .updated = (char *)admission_time(admission)}};
    struct json *document, *jobs;
    size_t count = admission_intake((struct admission *)admission)->job_count;

    memcpy(find.row.id, person->id, sizeof find.row.id);
    document = person_whole_document(&find);
    jobs = json_add(document, "jobs", json_array());
    for (size_t i = 0; i < count; i++)
        json_append(jobs, admission_job_document(admission, i));
    return document;
}

static enum problem prepare_person(struct submission *submission,
                                   struct admission *admission,
                                   const struct upload *upload,
                                   char detail[static 128])
{
    static const char *const known[] = {"name",    "external_id", "email",
                                        "details", "priority",    NULL};
    struct new_person *person =
        submission_keep(submission, xcalloc(1, sizeof *person));
    char *id = submission_keep(submission, xcalloc(1, UUID_BYTES));
    char location[64];
    enum priority priority;
    enum problem problem = submission_check_fields(upload, known, detail);

    if (problem == PROBLEM_NONE)
        problem = submission_priority(upload, &priority, detail);
    if (problem == PROBLEM_NONE)
        problem = read_person(upload, person, detail);
    if (problem != PROBLEM_NONE)
        return problem;
    uuid_make(id);
    person->id = id;
    person->created = admission_time(admission);
    admission_intake(admission)->person = person;
    for (size_t i = 0; i < upload->image_count; i++)
        admission_add_job(admission, JOB_ENROLL, priority, id, i, 1,
                          json_object());
    snprintf(location, sizeof location, "/v1/people/%s", id);
    submission_answer(submission, new_person_document(person, admission),
                      location);
    return PROBLEM_NONE;
}

void route_enrol(struct call *call)
{
    static const struct submission_kind kind = {
        .rules = {image_field, UPLOAD_IMAGES_MAX, 0, true, "details"},
        .prepare = prepare_person,
        .status = 201,
        .may_wait = false,
    };

    submission_run(call, &kind);
}

/* ---- adding a photo ---- */

/* "left,top,width,height": which of several faces is meant. */
static enum problem read_box(const char *text, struct json *options,
                             char detail[static 128])
{
    static const char *const names[] = {"left", "top", "width", "height"};
    double numbers[4];
    struct json *box;
    char end;

    if (sscanf(text, "%lf,%lf,%lf,%lf%c", &numbers[0], &numbers[1], &numbers[2],
               &numbers[3], &end) != 4) {
        snprintf(detail, 128, "box takes left,top,width,height.");
        return PROBLEM_INVALID_FIELD;
    }
    box = json_add(options, "box", json_object());
    for (size_t i = 0; i < COUNT(names); i++) {
        if (!isfinite(numbers[i]) || numbers[i] < -1 || numbers[i] > 2) {
            snprintf(detail, 128, "box takes ratios of the picture.");
            return PROBLEM_INVALID_FIELD;
        }
        json_add_number(box, names[i], numbers[i]);
    }
    return PROBLEM_NONE;
}

static enum problem prepare_face(struct submission *submission,
                                 struct admission *admission,
                                 const struct upload *upload,
                                 char detail[static 128])
{
    static const char *const known[] = {"box", "priority", NULL};
    const char *box = upload_field(upload, "box");
    const char *person = submission_call(submission)->ids[0];
    struct json *options = json_object();
    enum priority priority;
    enum problem problem = submission_check_fields(upload, known, detail);

    if (problem == PROBLEM_NONE)
        problem = submission_priority(upload, &priority, detail);
    if (problem == PROBLEM_NONE && box)
        problem = read_box(box, options, detail);
    if (problem != PROBLEM_NONE) {
        json_destroy(options);
        return problem;
    }
    admission_intake(admission)->known_person = person;
    admission_add_job(admission, JOB_ENROLL, priority, person, 0, 1, options);
    return PROBLEM_NONE;
}

void route_add_face(struct call *call)
{
    static const struct submission_kind kind = {
        .rules = {image_field, 1, 1, false, NULL},
        .prepare = prepare_face,
        .status = 202,
        .may_wait = true,
    };

    submission_run(call, &kind);
}

/* ---- erasing ---- */

static enum problem prepare_erasing(struct submission *submission,
                                    struct admission *admission,
                                    const struct upload *upload,
                                    char detail[static 128])
{
    static const char *const known[] = {NULL};
    const struct call *call = submission_call(submission);
    struct intake *intake = admission_intake(admission);
    struct json *options = json_object();
    enum problem problem = submission_check_fields(upload, known, detail);

    if (problem != PROBLEM_NONE) {
        json_destroy(options);
        return problem;
    }
    intake->known_person = call->ids[0];
    intake->known_face = call->ids[1];
    intake->is_erasing = !call->ids[1];
    if (call->ids[1])
        json_add_text(options, "face_id", call->ids[1]);
    admission_add_job(admission, JOB_ERASE, PRIORITY_INTERACTIVE, call->ids[0],
                      0, 0, options);
    return PROBLEM_NONE;
}

static const struct submission_kind erasing = {
    .rules = {image_field, 0, 0, true, NULL},
    .prepare = prepare_erasing,
    .status = 202,
    .may_wait = true,
};

void route_erase_person(struct call *call)
{
    submission_run(call, &erasing);
}

void route_erase_face(struct call *call)
{
    submission_run(call, &erasing);
}
