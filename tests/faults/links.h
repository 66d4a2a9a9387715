#pragma once

#include "proxy.h"
#include "stack.h"

/*
 * A door (see proxy.h) on every way between two parts of a stack.  Parts that
 * are started through here go through them; clients may.
 */
struct links {
    struct proxy *client_server;
    struct proxy *server_redis, *server_database;
    struct proxy *worker_redis, *worker_database, *worker_engine;
};

/* Between the parts of a stack that was prepared. */
void links_open(struct links *links, const struct stack *stack);
void links_close(struct links *links);

void links_heal(struct links *links);

/* Resets all connections of the worker; what lay in its doors is lost. */
void links_cut_worker(struct links *links);

void links_start_server(struct links *links, struct stack *stack);

/* The same without waiting until it can be used. */
void links_launch_server(struct links *links, struct stack *stack);
void links_start_worker(struct links *links, struct stack *stack);

/* A second worker, past all doors. */
void links_start_second_worker(struct stack *stack);
