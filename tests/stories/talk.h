#pragma once

#include <stddef.h>

#include "basics.h"
#include "json.h"
#include "raw_client.h"

/*
 * Requests to the HTTP API, as an ordinary client makes them: each on a
 * connection of its own, with JSON coming back (NULL where there is no body,
 * or none that is JSON).  What takes too long ends the test.
 */
struct json *talk(int port, const char *method, const char *target,
                  int *status) MUST_CHECK;

/* The same with a body; `headers` are whole lines that end in "\r\n". */
struct json *talk_with(int port, const char *method, const char *target,
                       const char *headers, const void *body, size_t len,
                       int *status) MUST_CHECK;

/* The same with the answer as it came, to be finished. */
void talk_raw(int port, const char *method, const char *target,
              const char *headers, const void *body, size_t len,
              struct raw_answer *answer);

/* GET that must answer 200. */
struct json *talk_get(int port, const char *target) MUST_CHECK;

/* Posts the bytes of a photo as they are. */
struct json *talk_photo(int port, const char *target, const char *path,
                        int *status) MUST_CHECK;

/* Searches a photo of ours; the new job, which was taken in. */
struct json *talk_search(int port, const char *photo) MUST_CHECK;

/* Enrols somebody with one photo, waits until that is done, and returns the
 * finished job. */
struct json *talk_enrol(int port, const char *key, const char *path) MUST_CHECK;

/* Whether the job is done. */
bool talk_is_done(int port, const char *id);

/* Waits until the job is over and returns its document. */
struct json *talk_job(int port, const char *id, int limit_ms) MUST_CHECK;
