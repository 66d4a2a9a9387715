#pragma once

#include "child.h"

/* A Redis of the test's own, on a free port of loopback; nothing is written to
 * disk unless `appendonly`.  Ends the test if there is none to be had. */
struct redis_server {
    struct child child;
    int port;
    char url[64];
    bool appendonly;
};

void redis_server_start(struct redis_server *server, bool appendonly);

/* The same port again, after it was killed. */
void redis_server_restart(struct redis_server *server);

/* The same without waiting until it answers. */
void redis_server_launch(struct redis_server *server);

/* Runs one command through redis-cli. */
void redis_server_say(const struct redis_server *server, const char *command);

/* A figure of INFO: the number behind `beginning` of a line, "used_memory:" or
 * "db0:keys="; 0 where there is no such line. */
long long redis_server_figure(const struct redis_server *server,
                              const char *beginning);

void redis_server_stop(struct redis_server *server);
