#pragma once

#include "json.h"

/* A client of GET /v1/events, as an EventSource of a browser is one. */
struct stream {
    int fd;
    char last_id[2048]; /* of the last event that had one; "": none */
};

/* Asks for events of some topics; with the last id, if there is one.  What is
 * refused ends the test. */
void stream_open(struct stream *stream, int port, const char *topics);
void stream_close(struct stream *stream);

/* The data of the next event, to be destroyed; NULL when the stream has ended.
 */
struct json *stream_next(struct stream *stream) MUST_CHECK;
