#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * A request's head (RFC 9112), read strictly: lines end in CR LF; a bare LF, a
 * NUL, a folded line or a blank before a colon is refused, because two readers
 * that take such things differently can be played off against each other
 * (request smuggling).
 */
enum {
    REQUEST_HEAD_BYTES_MAX = 16 * 1024,
    REQUEST_TARGET_BYTES_MAX = 4 * 1024,
    REQUEST_HEADERS_MAX = 100,
    REQUEST_QUERY_MAX = 32,
};

enum request_verdict {
    REQUEST_WHOLE,      /* the head is there and well formed */
    REQUEST_UNFINISHED, /* more of it must come */
    REQUEST_MALFORMED,  /* 400 */
    REQUEST_METHOD,     /* 405: none that anybody here takes */
    REQUEST_LENGTH,     /* 411: a body without a Content-Length */
    REQUEST_TARGET,     /* 414 */
    REQUEST_HEADERS,    /* 431 */
    REQUEST_VERSION,    /* 505: not HTTP/1.0 or 1.1 */
};

struct request_pair {
    const char *name;
    const char *value;
};

struct request {
    char *text;         /* the head, cut into the strings below */
    const char *method; /* "GET" */
    const char *target; /* path and query as they came */
    const char *path;   /* decoded */
    struct request_pair query[REQUEST_QUERY_MAX]; /* decoded */
    size_t query_count;
    struct request_pair headers[REQUEST_HEADERS_MAX]; /* values trimmed */
    size_t header_count;
    size_t head_bytes;   /* what of the input it was */
    size_t body_bytes;   /* of the body that follows */
    bool is_last;        /* the client wants no more answers behind this one */
    bool wants_kept;     /* it speaks HTTP/1.0 and is to hear that it is kept */
    bool wants_continue; /* it waits for "100 Continue" */
    bool wants_upgrade;  /* to another protocol */
};

/* Reads the head at the beginning of `bytes`.  Only after REQUEST_WHOLE is
 * there a request, to be freed with request_finish. */
enum request_verdict request_read(const char *bytes, size_t len,
                                  struct request *request) MUST_CHECK;
void request_finish(struct request *request);

/* The first header of that name (any case); NULL: it has none. */
const char *request_header(const struct request *request, const char *name);

/* The first parameter of that name; NULL: it has none. */
const char *request_query(const struct request *request, const char *name);

/* Whether a header that is a list, like Connection, holds the word (any case),
 * in any of its lines. */
bool request_lists(const struct request *request, const char *name,
                   const char *word);

/* The same for lists whose words' case counts. */
bool request_offers(const struct request *request, const char *name,
                    const char *word);
