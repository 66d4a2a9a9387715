#pragma once

#include <stddef.h>

#include "basics.h"

/* Writes all of the bytes, in as many pieces as the system takes them.  0, or
 * -1 with the reason in errno; a part may have been written then. */
int descriptor_write(int fd, const void *bytes, size_t len) MUST_CHECK;
