#pragma once

#include "job_row.h"
#include "json.h"
#include "people.h"

struct stage_book;

/* The representations that the HTTP API gives (see proto/http.md). */

/* A job.  `has_result` false leaves the result out, as lists do. */
struct json *job_document(const struct job_row *row,
                          bool has_result) MUST_CHECK;

/* A job with everything, its stages included: those that the book has, or else
 * those that its row keeps. */
struct json *job_whole_document(const struct job_row *row,
                                struct stage_book *book) MUST_CHECK;

/* A person, without faces, sightings and jobs. */
struct json *person_document(const struct person_row *row) MUST_CHECK;

/* A person with faces and sightings. */
struct json *person_whole_document(const struct person_find *find) MUST_CHECK;

/* {"items":[…],"next":…}: `next` NULL ends the list.  The array is taken over.
 */
struct json *page_document(struct json *items, const char *next) MUST_CHECK;
