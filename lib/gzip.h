#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * Packs bytes as gzip (RFC 1952), as small as it gets: for what is packed once
 * and sent often.  The result is to be freed; NULL if it would be no smaller.
 */
void *gzip_pack(const void *bytes, size_t len, size_t *packed_len) MUST_CHECK;
