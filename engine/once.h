#pragma once

#include "archive_users.h"
#include "call.h"

/*
 * A change that is made once: asked for again with the same token, it gets the
 * answer that it got first.  All of it, the answer included, is one change of
 * the archive.
 *
 * It is embedded in the struct of the operation whose call it is.
 */
struct once {
    /* Set by the operation, as members of its input and by once_start. */
    const char *collection_id;
    const char *token; /* NULL: asked without one */
    struct call *call;
    /*
     * Makes the change in the archive and fills the answer; on the clerk's
     * thread.  Its errors are the archive's, and what once_refuse returns.
     */
    int (*change)(struct once *once, struct archive *archive,
                  int64_t collection, struct json *answer);
    /* Makes it in memory, on the loop. */
    void (*apply)(struct once *once, struct collection *collection);

    /* Its own. */
    struct crew_task task;
    char *answer; /* JSON */
    bool is_repeated;
    int error;
    enum exception exception;
    struct buffer message;
};

/* The row of an input's table. */
#define REQUEST_TOKEN_ROW(type, field)                                         \
    {                                                                          \
        .name = "ClientRequestToken", .kind = MEMBER_TEXT,                     \
        .offset = offsetof(type, field), .least = 1, .most = 64,               \
        .pattern = &pattern_request_token                                      \
    }

/* Starts the change, whose end ends the call. */
void once_start(struct once *once, struct call *call);
void once_finish(struct once *once);

/* What a change returns that is not to be made. */
int once_refuse(struct once *once, enum exception exception, const char *format,
                ...) PRINTS(3, 4) MUST_CHECK;
