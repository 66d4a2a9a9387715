#pragma once

#include "database.h"
#include "queues.h"
#include "server_settings.h"
#include "store.h"
#include "wheel.h"

/*
 * What the routes of a server borrow: the parts that it speaks to, and what it
 * was told at its start.  All of it outlives every request.
 */
struct checkup;
struct event_log;
struct hub;
struct counters;
struct stage_book;
struct job_watch;
struct live_desk;
struct visitors;

struct services {
    const struct server_settings *settings;
    uv_loop_t *loop;
    struct wheel *wheel;
    struct queues *queues;
    struct database *database;
    struct store *store;
    struct event_log *log;
    struct hub *hub;
    struct checkup *checkup;
    struct counters *counters;
    struct stage_book *stages;
    struct visitors *live;     /* whose connections get events */
    const char *name;          /* of this server, among others */
    struct job_watch *watches; /* all that wait */
    struct live_desk *desk;
    bool is_draining;
    size_t calls;        /* under way: they need all of this */
    size_t upload_bytes; /* of bodies that are in memory now */
};
