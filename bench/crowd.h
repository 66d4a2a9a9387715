#pragma once

#include "results.h"
#include "sample.h"
#include "stack.h"

/*
 * One event to many: a crowd of WebSockets listens, and events are published so
 * that never more than some are on their way.
 */
struct crowd_wish {
    size_t listeners;
    size_t in_flight;
    size_t events;      /* how many are published */
    size_t event_bytes; /* their data */
    bool has_dead_ear;  /* one more listener, who never reads */
};

struct crowd_found {
    double seconds;
    double cpu_s;           /* of the server */
    double p50_ms, p99_ms;  /* from being published to being read */
    double connect_s;       /* until all listened */
    double idle_kilobytes;  /* of the server, for each listener; PSS */
    double grown_kilobytes; /* of the server, while events were published */
    double foreign;
};

/* Who is listened to. */
struct crowd_host {
    int port;
    pid_t pid;
    const char *path, *headers; /* of the WebSocket */
    const char *hello;          /* said once it is open; NULL: nothing */
    const char *beginning;      /* of an event's text */
    int redis_port;             /* where to publish; 0: POST /publish */
};

void crowd_run(const struct crowd_host *host, const struct crowd_wish *wish,
               struct crowd_found *found);

/* So many connections need descriptors: raises the limit of us and of whatever
 * is started from now on. */
void crowd_allow_descriptors(void);

/* Ours, with Redis on the clients' core, since it is no part of what is
 * measured. */
void crowd_start_ours(struct stack *stack, struct crowd_host *host);
