/*
 * floor_upload.c - what taking an upload costs at least
 *
 *   floor_upload PORT
 *
 * Bare epoll: a request is read to its end, nothing in it is looked at, and its
 * length is answered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "floor_loop.h"
#include "log.h"

enum { READ_BYTES = 512 * 1024 };

struct caller {
    struct floor_caller at;
    size_t left; /* of the body */
    size_t body;
};

static void answer(const struct caller *caller)
{
    char text[96], body[24];
    int len = snprintf(body, sizeof body, "%zu", caller->body);

    len =
        snprintf(text, sizeof text,
                 "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len, body);
    if (send(caller->at.fd, text, (size_t)len, MSG_NOSIGNAL) < 0)
        log_info("an answer was not taken");
}

/* A head is taken to come whole. */
static bool serve(void *owner, const char *bytes, size_t len)
{
    struct caller *caller = owner;

    if (caller->left == 0) {
        const char *end = memmem(bytes, len, "\r\n\r\n", 4);
        const char *length = memmem(bytes, len, "Content-Length: ", 16);

        if (!end || !length)
            return false;
        caller->left = caller->body = strtoul(length + 16, NULL, 10);
        len -= (size_t)(end + 4 - bytes);
    }
    caller->left -= len < caller->left ? len : caller->left;
    if (caller->left == 0)
        answer(caller);
    return true;
}

int main(int argc, char **argv)
{
    static const struct floor floor = {.name = "floor",
                                       .caller_bytes = sizeof(struct caller),
                                       .read_bytes = READ_BYTES,
                                       .serve = serve};

    return floor_run(&floor, argc, argv);
}
