#pragma once

#include <uv.h>

#include <curl/curl.h>

#include "http.h"

/*
 * A request under way, from http_send until its answer was handed over.  For
 * http.c, whose other half this is: nobody else may see libcurl.
 */
struct transfer;

/* Those of one client. */
struct transfers {
    uv_loop_t *loop;
    CURLM *multi;
    struct transfer *first; /* the newest */
};

/* Starts a request that is well formed; `done` comes once. */
void transfer_start(struct transfers *transfers,
                    const struct http_request *request, http_done_fn *done,
                    void *owner);

/* libcurl has come to the end of a transfer.  `done` may send again, or destroy
 * the client. */
void transfer_complete(CURL *easy, CURLcode code);

/* Ends one before that. */
void transfer_cancel(struct transfer *transfer);
