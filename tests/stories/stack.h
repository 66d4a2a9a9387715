#pragma once

#include "child.h"
#include "mariadb_server.h"
#include "redis_cluster.h"

/*
 * A whole Facewire of the story's own, in the current folder: Redis, MariaDB,
 * the engine, a server and a worker, each on a free port.  The programs are
 * those of the same build.  Whatever does not start ends the story.
 *
 * With FACEWIRE_TEST_PARTS the queue and the event log lie in so many parts on
 * a Redis Cluster instead of one Redis; with FACEWIRE_TEST_REPLICAS, too, each
 * of its masters has a replica.
 */
struct stack {
    struct redis_server redis;
    struct redis_cluster cluster; /* instead, where there are parts */
    bool has_cluster;
    int parts;
    struct mariadb_server mariadb;
    struct child engine;
    struct child server;
    struct child worker;
    struct child second_worker; /* where a story wants one */
    int engine_port;
    int port; /* the server's */
};

/* Starts Redis, MariaDB and the server.  Settings may be given before, with
 * setenv. */
void stack_start(struct stack *stack);

/* The same with the engine and a worker. */
void stack_start_all(struct stack *stack);

/* Without them and without the server: what the programs are told may be
 * changed then. */
void stack_prepare(struct stack *stack);

/* The other parts.  Each may be killed and started again. */
void stack_start_engine(struct stack *stack);
void stack_start_worker(struct stack *stack);
void stack_start_second_worker(struct stack *stack);
void stack_start_server(struct stack *stack);

/* As if Redis had been started anew without its data. */
void stack_empty_redis(const struct stack *stack);

/* The same without waiting until they can be used. */
void stack_launch_engine(struct stack *stack);
void stack_launch_server(struct stack *stack);

/* Starts a server at the same port, with a log of its own, which is emptied. */
void stack_start_another_server(struct child *server, const char *log);

/* Kills the worker and starts another at once. */
void stack_kill_worker(struct stack *stack);

/* Where a program of the build is: "server/facewire-server".  To be freed. */
char *stack_program(const char *path) MUST_CHECK;

/* Stops all of it, and demands that each program ends well. */
void stack_stop(struct stack *stack);
