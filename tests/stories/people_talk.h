#pragma once

#include "basics.h"
#include "json.h"

/*
 * What is said about people to the HTTP API, in the words of a story.  Whatever
 * goes otherwise than it should ends the test.  Answers are to be destroyed.
 */
enum { PEOPLE_ID_BYTES = 64 };

/* Where a photo of ours lies. */
const char *people_photo(const char *photo);

/* A member's text; "" where there is none. */
const char *people_text(const struct json *object, const char *name);

/* Posts one photo; the answer's status must be the one that is expected. */
struct json *people_post(int port, const char *target, const char *photo,
                         int expected) MUST_CHECK;

/* Waits until a job is over that was taken in, and returns its document. */
struct json *people_job(int port, const struct json *accepted) MUST_CHECK;

/* Searches a photo and gives the finished job. */
struct json *people_search(int port, const char *photo) MUST_CHECK;

/* The key of the best match of the photo's largest face; "" for a stranger. */
void people_find(int port, const char *photo, char key[static PEOPLE_ID_BYTES]);

/* Enrols, sees that it worked, and gives the person's id. */
void people_enrol(int port, const char *key, const char *photo,
                  char id[static PEOPLE_ID_BYTES]);

/* Enrols somebody with one more photo, and sees that it worked. */
void people_add_face(int port, const char *id, const char *photo);

/* Says that somebody, or a face, is to go, and waits for the receipt. */
struct json *people_erase(int port, const char *format, ...)
    PRINTS(2, 3) MUST_CHECK;

/* What a GET answers; `format` has a %s for the id. */
int people_status(int port, const char *format, const char *id);
