#pragma once

#include "ledger.h"
#include "live.h"
#include "position.h"

/*
 * A live client as it should be: it subscribes to searches, keeps the last
 * offset, comes back with it whenever it is cut off, and keeps a ledger.  It
 * demands that offsets rise strictly, within each part of the log and across
 * connections, and that nothing is skipped or told twice without a gap being
 * told.
 */
struct watcher {
    int port;
    struct live live;
    struct ledger *ledger;
    struct position *last; /* NULL: before the first reply */
    bool is_subscribed;    /* the reply has come */
    bool must_fetch;       /* a gap was told: what lies before it is unknown */
    size_t gaps;
    size_t events;
    size_t returns; /* connections after the first */
};

/* Opens it and waits until it is subscribed. */
void watcher_open(struct watcher *watcher, int port, struct ledger *ledger);
void watcher_finish(struct watcher *watcher);

/* Hears what there is, until nothing comes for so long. */
void watcher_hear(struct watcher *watcher, int quiet_ms);
