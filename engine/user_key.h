#pragma once

#include "uuid.h"

/*
 * The key of a user: a UUID that is made from the id that its client gave it.
 * Users are kept, listed and searched by it, as faces are by theirs.
 */
void user_key(const char *user_id, char key[static UUID_BYTES]);
