#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The loop of the programs that do as little as can be done: bare epoll, one
 * thread, no limits.
 */
struct floor_caller {
    int fd;
};

struct floor {
    const char *name;    /* in its log */
    size_t caller_bytes; /* of a struct that begins with a floor_caller */
    size_t read_bytes;   /* at once */
    /* Somebody has said something.  False: that caller is to go. */
    bool (*serve)(void *caller, const char *bytes, size_t len);
    /* Lets go of what is kept of a caller.  NULL: nothing is. */
    void (*forget)(void *caller);
};

/* Serves at the port that the command line names, and says "ready" when it can
 * be asked.  Returns when it cannot go on. */
int floor_run(const struct floor *floor, int argc, char **argv);
