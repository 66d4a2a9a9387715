#pragma once

#include <stddef.h>

#include "basics.h"
#include "json.h"
#include "live.h"

/*
 * What was seen of each job on the live API.  An event that may be seen once
 * and comes twice ends the test.
 */
enum { LEDGER_FACES = 8 };

struct tally {
    char job[40];
    bool is_expected; /* somebody was told of it; else it was only seen */
    bool is_fetched;  /* it was found to be done behind a gap */
    int queued, started, completed, failed;
    int faces[LEDGER_FACES]; /* by their index */
};

struct ledger {
    struct tally *tallies; /* the newest last */
    size_t count;
    bool takes_all; /* jobs that nobody expects, too */
};

void ledger_finish(struct ledger *ledger);

/* Expects a job. */
void ledger_add(struct ledger *ledger, const char *job);

/* Searches a photo of ours, and expects the job. */
void ledger_search(struct ledger *ledger, int port, const char *photo);

/* The job's tally; NULL: it is none of ours. */
struct tally *ledger_find(struct ledger *ledger, const char *job);

/* Notes a message of the live API, if it is an event of one of the jobs (or of
 * any, where it takes all). */
void ledger_note(struct ledger *ledger, const struct json *message);

/* Notes what comes on a live connection until nothing does for a while.  Gaps
 * are told; where nobody is, there must be none. */
typedef void ledger_gap_fn(struct ledger *ledger, const struct json *gap);
void ledger_hear(struct ledger *ledger, struct live *live, int quiet_ms,
                 ledger_gap_fn *on_gap);

/* How many jobs were seen to be completed. */
size_t ledger_completed(const struct ledger *ledger);

/* How many expected ones are still to be seen, or to be fetched. */
size_t ledger_open(const struct ledger *ledger);

/* How many were seen that nobody expects. */
size_t ledger_unexpected(const struct ledger *ledger);

/* Forgets what was seen, and not the jobs. */
void ledger_begin_anew(struct ledger *ledger);

/* As a client does behind a gap: forgets what was seen, and fetches which of
 * the jobs are done. */
void ledger_fetch(struct ledger *ledger, int port);

/* Forgets what was seen of one job, which was replayed. */
void tally_begin_anew(struct tally *tally);
