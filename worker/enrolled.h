#pragma once

#include "job.h"
#include "people.h"
#include "recognition.h"
#include "resemblance.h"

/* A face that was enrolled; all of it is borrowed. */
struct enrolled {
    const struct job *job;
    const struct recognition_face *face; /* as it was found */
    const char *face_id;
    const struct person_row *person; /* whose it is */
    const struct resemblance *resemblance;
};

/* The job's result. */
struct json *enrolled_json(const struct enrolled *enrolled) MUST_CHECK;

/* What is kept of it; its texts are those that were lent. */
struct new_face enrolled_row(const struct enrolled *enrolled);
