#pragma once

#include "admission.h"
#include "call.h"
#include "upload_reader.h"

/*
 * A call that brings something in: its body is read, a route makes jobs of it,
 * they are admitted, and the call is answered with them, at once or when the
 * job is over (Prefer: wait).
 */
struct submission;

struct submission_kind {
    struct upload_rules rules;
    /* Adds what is to be admitted; PROBLEM_NONE, or what is wrong. */
    enum problem (*prepare)(struct submission *submission,
                            struct admission *admission,
                            const struct upload *upload,
                            char detail[static 128]);
    int status;    /* of the answer: 201 or 202 */
    bool may_wait; /* Prefer: wait counts */
};

/* Takes the call over and answers it. */
void submission_run(struct call *call, const struct submission_kind *kind);

struct call *submission_call(struct submission *submission);

/* Memory that lives as long as the submission: freed with it. */
void *submission_keep(struct submission *submission, void *memory);

/* What is answered, where it is not the first job: JSON, taken over, and its
 * address, copied. */
void submission_answer(struct submission *submission, struct json *json,
                       const char *location);

/* The priority that the upload asks for. */
enum problem submission_priority(const struct upload *upload,
                                 enum priority *priority,
                                 char detail[static 128]);

/* PROBLEM_UNKNOWN_FIELD if the upload has a field that is not in the list,
 * which ends in NULL. */
enum problem submission_check_fields(const struct upload *upload,
                                     const char *const *known,
                                     char detail[static 128]);
