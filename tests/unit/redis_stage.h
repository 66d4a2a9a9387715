#pragma once

/*
 * What tests share that need a Redis: one for all tests of the program, and a
 * loop to wait on.
 */
#include "unit.h"

#include <uv.h>

#include "basics.h"
#include "redis_server.h"
#include "xalloc.h"

static struct redis_server server;
static uv_loop_t loop;

/* For a group of tests that begin with a loop of their own. */
static inline int start_redis(void **state)
{
    (void)state;
    redis_server_start(&server, false);
    return 0;
}

static inline int stop_redis(void **state)
{
    (void)state;
    redis_server_stop(&server);
    return 0;
}

/* For a test that is to begin with an empty Redis. */
static inline int empty_redis(void **state)
{
    (void)state;
    redis_server_say(&server, "FLUSHALL");
    return 0;
}

/* Whether the answer to a command has a line that matches. */
static inline bool redis_says(const char *command, const char *pattern)
{
    char *line = xprintf("redis-cli -p %d %s | grep -q -- '%s'", server.port,
                         command, pattern);
    const char *arguments[] = {"sh", "-c", line, NULL};
    bool is_so = child_run(arguments, "/dev/null") == 0;

    free(line);
    return is_so;
}

/* Turns the loop until it is so. */
static inline void turn_until(const bool *is_so)
{
    while (!*is_so)
        uv_run(&loop, UV_RUN_ONCE);
}

/* Lets what was destroyed come to its end; nothing may be left. */
static inline void close_loop(void)
{
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}
