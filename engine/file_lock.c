/*
 * file_lock.c - whose a file is
 *
 * A file beside it is locked instead of the file itself: SQLite has locks of
 * its own there, and they would go when we close it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "file_lock.h"
#include "xalloc.h"

int file_lock_take(const char *path, struct buffer *problem)
{
    char *name = xprintf("%s-lock", path);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    free(name);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (errno == EWOULDBLOCK)
        buffer_printf(problem, "%s is in use by another program", path);
    else
        buffer_printf(problem, "%s cannot be used: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}
