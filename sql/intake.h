#pragma once

#include "database.h"
#include "done.h"
#include "job_row.h"

/*
 * What the server takes in: a new person or the mark that one is being erased,
 * new jobs, and the answer to an Idempotency-Key.  All of it is committed, or
 * nothing.
 */
struct new_person {
    const char *id;
    const char *external_id; /* NULL: none */
    const char *name;
    const char *email;   /* NULL: none */
    const char *details; /* JSON; NULL: none */
    const char *created; /* RFC 3339, in UTC */
};

struct new_job {
    char id[UUID_BYTES];
    enum job_kind kind;
    enum priority priority;
    const char *person;  /* whom it is about; NULL: nobody */
    const char *images;  /* JSON */
    const char *options; /* JSON */
    const char *created; /* RFC 3339, in UTC */
    const struct trace *trace;
};

/* The answer to a request with an Idempotency-Key. */
struct reply {
    int64_t status;
    char *location; /* owned by the intake where it is the answer */
    char *body;
};

struct intake {
    const char *collection;
    const char *account;
    const struct new_person *person; /* to be made; NULL: nobody */
    const char *known_person;        /* must be there; NULL: nobody */
    const char *known_face; /* must be the known person's; NULL: none */
    bool is_erasing;        /* the known person is marked as being erased */
    const struct new_job *jobs;
    size_t job_count;
    const char *request_key; /* NULL: none was given */
    const char *digest;      /* of the request, in hex */
    struct reply reply;      /* what will be answered; borrowed */
    /* The answer. */
    bool is_repeated; /* the key was used: `first` is the answer; nothing else
                         was done; its body is "" where the person that it
                         is about was erased */
    bool is_mismatch; /* it was used for another request; nothing was done */
    struct reply first;
};

/* Frees the answer. */
void intake_finish(struct intake *intake);

/* Whether it may be run again where the answer was lost: it is carried out once
 * all the same.  So it is with a job that comes with nothing else. */
bool intake_is_repeatable(const struct intake *intake);

/* E_DUPLICATE: the external_id is taken.  E_NOT_FOUND: there is no such person
 * or face. */
int intake_run(struct database *database, struct intake *intake, done_fn *done,
               void *owner) MUST_CHECK;

/* Forgets replies older than a day, some at a time, as work of a database. */
int intake_forget_replies(struct connection *connection, void *task);
