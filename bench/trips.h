#pragma once

#include <stddef.h>

#include "basics.h"
#include "buffer.h"
#include "sample.h"

/*
 * Photos on their way through a server: each is sent, and its search.completed
 * is awaited on a WebSocket.  A photo follows as soon as one is back.  Whatever
 * goes wrong ends the bench.
 */
struct trips;

enum { TRIPS_SENDERS_MAX = 16 };

struct trips_options {
    const char *who; /* whose server it is */
    int port;
    const struct buffer *request; /* a POST of the photo, */
    const struct buffer *photo;   /* or the photo, for the live lane on a
                                     WebSocket; one at a time then */
    size_t senders;               /* so many are under way at a time */
    size_t count;
    void (*on_warm)(void *owner); /* the first few are back: from now on they
                                     count */
    void *owner;
};

/* Connects; what the options lend stays until the end. */
struct trips *trips_create(const struct trips_options *options) MUST_CHECK;
void trips_destroy(struct trips *trips);

/* Sends all of them.  Adds what those that count took to the sample, and
 * returns how many seconds all of these took together. */
double trips_run(struct trips *trips, struct sample *waits_ms);
