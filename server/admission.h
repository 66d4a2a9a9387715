#pragma once

#include "intake.h"
#include "services.h"
#include "upload.h"

/*
 * Work that is taken in for good: its images are made safe, then its rows are
 * committed, then its jobs are queued.  When that is done it will be carried
 * out, whatever dies meanwhile; where it fails, nothing is left behind, but
 * behind E_CONNECTION, where nobody knows what became of the commit.
 */
struct admission;

enum { ADMISSION_JOBS_MAX = UPLOAD_IMAGES_MAX };

/* `error` is 0: taken in, or, where admission_repeated says so, it had been
 * before.  Else E_UNAVAILABLE and its like, E_DUPLICATE (the external_id),
 * E_NOT_FOUND (the person), E_REFUSED (the request's key was used for another
 * request, where the intake says so); `part` then names the part that failed,
 * for a person. */
typedef void admission_fn(void *owner, int error, const char *part);

/* Takes the upload over (NULL: there is none), which is whole now; the request
 * for it began at `begun_us`.  The trace is copied. */
struct admission *admission_create(struct services *services,
                                   struct upload *upload, int64_t begun_us,
                                   const struct trace *trace) MUST_CHECK;
void admission_destroy(struct admission *admission);

/* What is to be written, but for the jobs; texts are borrowed until the end. */
struct intake *admission_intake(struct admission *admission);

/* Adds a job on so many of the upload's images, from `first` on.  `options` is
 * JSON and is taken over; `person` is borrowed.  Returns the job's id. */
const char *admission_add_job(struct admission *admission, enum job_kind kind,
                              enum priority priority, const char *person,
                              size_t first, size_t count, struct json *options);

/* The job as the API shows it now: queued. */
struct json *admission_job_document(const struct admission *admission,
                                    size_t index) MUST_CHECK;

/* When all of it is said to have been created. */
const char *admission_time(const struct admission *admission);

/* Begins.  `done` comes later, or at once. */
void admission_run(struct admission *admission, admission_fn *done,
                   void *owner);
