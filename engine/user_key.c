/*
 * user_key.c - the key of a user
 */
#include <string.h>

#include "digest.h"
#include "user_key.h"

void user_key(const char *user_id, char key[static UUID_BYTES])
{
    unsigned char hash[DIGEST_BYTES];

    digest_sha256(user_id, strlen(user_id), hash);
    uuid_from(hash, key);
}
