#pragma once

#include <stddef.h>

#include "basics.h"
#include "json.h"

/*
 * What was seen of each job on the live API.  An event that may be seen once
 * and comes twice ends the test.
 */
enum { LEDGER_JOBS = 1000, LEDGER_FACES = 8 };

struct tally {
    char job[40];
    int queued, started, completed, failed;
    int faces[LEDGER_FACES]; /* by their index */
};

struct ledger {
    struct tally tallies[LEDGER_JOBS];
    size_t count;
};

/* Expects a job. */
void ledger_add(struct ledger *ledger, const char *job);

/* The job's tally; NULL: it is none of ours. */
struct tally *ledger_find(struct ledger *ledger, const char *job);

/* Notes a message of the live API, if it is an event of one of the jobs. */
void ledger_note(struct ledger *ledger, const struct json *message);

/* How many jobs were seen to be completed. */
size_t ledger_completed(const struct ledger *ledger);

/* Forgets what was seen, and not the jobs. */
void ledger_begin_anew(struct ledger *ledger);
