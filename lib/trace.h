#pragma once

#include "basics.h"
#include "request.h"

/*
 * The W3C Trace Context of a piece of work: by its id one upload can be
 * followed through every program that has a part in it, the caller's own
 * included.  Read strictly; what is not well formed counts as not there, for a
 * wrong header is no reason to refuse anybody's work.
 */
enum {
    TRACE_ID_BYTES = 33, /* 32 hex digits and a zero byte */
    TRACE_PARENT_ID_BYTES = 17,
    TRACE_PARENT_BYTES = 56, /* of the header `traceparent` */
    TRACE_STATE_BYTES = 513, /* of the header `tracestate`: as much of it as
                                everybody must pass on; a longer one is not
                                kept */
};

struct trace {
    char id[TRACE_ID_BYTES];               /* "": there is none */
    char parent_id[TRACE_PARENT_ID_BYTES]; /* of the call that brought it */
    bool is_sampled;
    char state[TRACE_STATE_BYTES]; /* of other systems; "": none */
};

/* Reads the two headers; each may be NULL.  False, and there is none, unless
 * `traceparent` is good.  A bad `tracestate` is dropped alone. */
bool trace_read(struct trace *trace, const char *traceparent,
                const char *tracestate);

/* What the headers of a request say, or else a new one. */
void trace_of_request(struct trace *trace, const struct request *request);

/* A new one, which begins here. */
void trace_begin(struct trace *trace);

/* The header `traceparent` as it came. */
void trace_write(const struct trace *trace,
                 char traceparent[static TRACE_PARENT_BYTES]);

/* The header `traceparent` for a call of ours, which has an id of its own. */
void trace_write_call(const struct trace *trace,
                      char traceparent[static TRACE_PARENT_BYTES]);
