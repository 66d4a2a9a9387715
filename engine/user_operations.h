#pragma once

#include "once.h"

/* What the files of the operations on users share. */

/* "ACTIVE", or "CREATED" where it has no faces yet. */
const char *user_status(bool has_faces);

/* What a change of a user that is not there returns. */
int user_refuse_missing(struct once *once, const char *user_id) MUST_CHECK;

/* The faces of a user: AWS has no more. */
enum { USER_FACES_MAX = 100 };
