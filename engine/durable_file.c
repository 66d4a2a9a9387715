/*
 * durable_file.c - files that are to outlive a power failure
 *
 * They may be as large as the disk, so they pass by in pieces.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "descriptor.h"
#include "durable_file.h"

enum { PIECE_BYTES = 1 << 16 };

/* Gives each piece of a file to the sum, the copy, or both. */
static int read_all(int fd, struct digest *digest, int copy)
{
    char piece[PIECE_BYTES];
    ssize_t len;

    while ((len = read(fd, piece, sizeof piece)) != 0) {
        if (len < 0 && errno != EINTR)
            return -1;
        if (len > 0 && digest)
            digest_add(digest, piece, (size_t)len);
        if (len > 0 && copy >= 0 &&
            descriptor_write(copy, piece, (size_t)len) < 0)
            return -1;
    }
    return 0;
}

/* Closes what was opened; the reason of what failed before stays. */
static int end(int fd, int result)
{
    int reason = errno;

    if (fd >= 0)
        close(fd);
    errno = reason;
    return result;
}

static int make(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

int durable_file_copy(const char *from, const char *to)
{
    int source = open(from, O_RDONLY | O_CLOEXEC);
    int copy = source < 0 ? -1 : make(to);
    int result = -1;

    if (copy >= 0 && read_all(source, NULL, copy) == 0)
        result = fsync(copy);
    return end(source, end(copy, result));
}

int durable_file_write(const char *path, const char *text)
{
    int fd = make(path);
    int result = -1;

    if (fd >= 0 && descriptor_write(fd, text, strlen(text)) == 0)
        result = fsync(fd);
    return end(fd, result);
}

int durable_file_sum(const char *path, char sum[static DIGEST_HEX_BYTES])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct digest *digest;
    unsigned char bytes[DIGEST_BYTES];
    int result;

    if (fd < 0)
        return -1;
    digest = digest_create();
    result = read_all(fd, digest, -1);
    digest_end(digest, bytes);
    digest_hex(bytes, sizeof bytes, sum);
    return end(fd, result);
}

int durable_folder_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return end(fd, fd < 0 ? -1 : fsync(fd));
}
