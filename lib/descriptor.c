/*
 * descriptor.c - what the system takes in pieces, as a whole
 */
#include <errno.h>
#include <unistd.h>

#include "descriptor.h"

int descriptor_write(int fd, const void *bytes, size_t len)
{
    const char *rest = bytes;

    while (len > 0) {
        ssize_t written = write(fd, rest, len);

        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            rest += written;
            len -= (size_t)written;
        }
    }
    return 0;
}
