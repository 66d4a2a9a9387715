/*
 * folder.c - durable files below one folder
 *
 * A file is written under a name of its own in `tmp`, moved to its key, and
 * made durable there with all names that lead to it.  Folders come with their
 * first file and go with their last; one that goes while another file is on its
 * way into it is made again.
 *
 * Where the file system keeps one journal of all changes, what makes a file
 * durable makes everything that was done before it durable, too: its new name,
 * and the folders that were made for it.  Elsewhere each folder is asked for.
 *
 * Several programs may share the folder.  That is why only old files are swept
 * out of `tmp`: a young one may be somebody's who is still writing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include <linux/magic.h>

#include "descriptor.h"
#include "digest.h"
#include "errors.h"
#include "folder.h"
#include "log.h"
#include "random.h"
#include "xalloc.h"

enum {
    FOLDER_MODE = 0700, /* pictures of people are nobody else's business */
    FILE_MODE = 0600,
    OLD_S = 3600,   /* no file takes so long to be written */
    MOVES_MAX = 16, /* against folders that keep going */
};

/* Says what went wrong while errno still knows; callers hear E_IO. */
static int io_error(const char *key, const char *what)
{
    log_warn("key=%s cannot %s: %s", key, what, strerror(errno));
    return E_IO;
}

/* Writes the bytes to a new file in `tmp`, which stays open; after an error
 * there is none. */
static int write_temporary(const struct folder *folder, const char *key,
                           const void *bytes, size_t len,
                           char name[static RANDOM_NAME_BYTES], int *fd)
{
    int error;

    random_name(name);
    *fd = openat(folder->temporary, name,
                 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (*fd < 0)
        return io_error(key, "make a file");
    if (descriptor_write(*fd, bytes, len) == 0)
        return 0;
    error = io_error(key, "write its file");
    close(*fd);
    unlinkat(folder->temporary, name, 0);
    return error;
}

static int sync_file(int fd, const char *key)
{
    return fsync(fd) < 0 ? io_error(key, "make its file durable") : 0;
}

/* Cuts the last part off a path, which ends at ".", the top; false there. */
static bool go_up(char *path)
{
    char *slash = strrchr(path, '/');

    if (strcmp(path, ".") == 0)
        return false;
    if (slash)
        *slash = '\0';
    else
        memcpy(path, ".", 2);
    return true;
}

/* Makes the folders that a path leads through, its last part not among them. */
static int make_folders(int at, const char *path)
{
    char *copy = xstrdup(path);
    char *slash = copy;
    int result = 0;

    while (result == 0 && (slash = strchr(slash + 1, '/'))) {
        *slash = '\0';
        if (mkdirat(at, copy, FOLDER_MODE) < 0 && errno != EEXIST)
            result = -1;
        *slash = '/';
    }
    free(copy);
    return result;
}

static int sync_folder(int at, const char *path)
{
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = -1;

    if (fd >= 0) {
        result = fsync(fd);
        close(fd);
    }
    return result;
}

/*
 * Makes the names that lead to the file durable.  All of them: a folder that
 * was there may have been made a moment ago by a neighbour who has not come to
 * this point.  One that is gone has taken the file along, which was removed.
 */
static int sync_names(const struct folder *folder, const char *key)
{
    char *path = xstrdup(key);
    int error = 0;

    while (error == 0 && go_up(path))
        if (sync_folder(folder->top, path) < 0 && errno != ENOENT)
            error = io_error(key, "make its folder durable");
    free(path);
    return error;
}

static int move_to_key(const struct folder *folder, const char *name,
                       const char *key)
{
    for (int i = 0; i < MOVES_MAX; i++) {
        if (make_folders(folder->top, key) < 0 && errno != ENOENT)
            return io_error(key, "make its folder");
        if (renameat(folder->temporary, name, folder->top, key) == 0)
            return 0;
        if (errno != ENOENT)
            break;
    }
    return io_error(key, "move its file into place");
}

int folder_write(const struct folder *folder, const char *key,
                 const void *bytes, size_t len)
{
    char name[RANDOM_NAME_BYTES];
    int fd;
    int error = write_temporary(folder, key, bytes, len, name, &fd);

    if (error)
        return error;
    error = move_to_key(folder, name, key);
    if (error)
        unlinkat(folder->temporary, name, 0);
    else if ((error = sync_file(fd, key)) != 0)
        unlinkat(folder->top, key, 0);
    close(fd);
    if (error || folder->has_journal)
        return error;
    return sync_names(folder, key);
}

/* Nobody waits for the disk: whether all of it came there is seen when it is
 * read. */
int folder_write_loosely(const struct folder *folder, const char *key,
                         const void *bytes, size_t len)
{
    unsigned char hash[DIGEST_BYTES];
    char name[RANDOM_NAME_BYTES];
    int fd;
    int error = write_temporary(folder, key, bytes, len, name, &fd);

    if (error)
        return error;
    digest_sha256(bytes, len, hash);
    if (descriptor_write(fd, hash, sizeof hash) < 0)
        error = io_error(key, "write its file");
    close(fd);
    if (error == 0)
        error = move_to_key(folder, name, key);
    if (error)
        unlinkat(folder->temporary, name, 0);
    return error;
}

/* Reads what was opened; it stays as it is even while another file takes its
 * name. */
static int read_all(int fd, const char *key, size_t len_max, char **bytes,
                    size_t *len)
{
    struct stat facts;
    size_t size, done = 0;

    if (fstat(fd, &facts) < 0)
        return io_error(key, "look at its file");
    if (!S_ISREG(facts.st_mode))
        return E_NOT_FOUND;
    if ((uint64_t)facts.st_size > len_max)
        return E_TOO_LARGE;
    size = (size_t)facts.st_size;
    *bytes = xmalloc(size + 1);
    while (done < size) {
        ssize_t count = read(fd, *bytes + done, size - done);

        if (count == 0)
            errno = EIO; /* somebody who is not us has cut it off */
        if (count == 0 || (count < 0 && errno != EINTR))
            return io_error(key, "read its file");
        done += count > 0 ? (size_t)count : 0;
    }
    (*bytes)[size] = '\0';
    *len = size;
    return 0;
}

static int read_file(const struct folder *folder, const char *key,
                     size_t len_max, bool is_once, char **bytes, size_t *len)
{
    int fd = openat(folder->top, key,
                    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int error;

    *bytes = NULL;
    *len = 0;
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? E_NOT_FOUND
                   : io_error(key, "open its file");
    error = read_all(fd, key, len_max, bytes, len);
    if (is_once)
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
    if (error) {
        free(*bytes);
        *bytes = NULL;
    }
    return error;
}

int folder_read(const struct folder *folder, const char *key, size_t len_max,
                char **bytes, size_t *len)
{
    return read_file(folder, key, len_max, false, bytes, len);
}

int folder_read_once(const struct folder *folder, const char *key,
                     size_t len_max, char **bytes, size_t *len)
{
    return read_file(folder, key, len_max, true, bytes, len);
}

/* Whether the bytes end with the digest of those before it. */
static bool is_whole(const char *bytes, size_t len)
{
    unsigned char hash[DIGEST_BYTES];

    if (len < DIGEST_BYTES)
        return false;
    digest_sha256(bytes, len - DIGEST_BYTES, hash);
    return memcmp(bytes + len - DIGEST_BYTES, hash, DIGEST_BYTES) == 0;
}

int folder_read_loosely(const struct folder *folder, const char *key,
                        size_t len_max, char **bytes, size_t *len)
{
    int error =
        read_file(folder, key, len_max + DIGEST_BYTES, false, bytes, len);

    if (error)
        return error;
    if (!is_whole(*bytes, *len)) {
        free(*bytes);
        *bytes = NULL;
        *len = 0;
        return E_NOT_FOUND;
    }
    *len -= DIGEST_BYTES;
    (*bytes)[*len] = '\0';
    return 0;
}

/* What is erased must not come back after a crash, so the folder that is left
 * is made durable, too. */
int folder_remove(const struct folder *folder, const char *key)
{
    char *path;
    int error = 0;

    if (unlinkat(folder->top, key, 0) < 0) {
        if (errno == ENOENT || errno == ENOTDIR || errno == EISDIR)
            return 0;
        return io_error(key, "remove its file");
    }
    path = xstrdup(key);
    while (go_up(path))
        if (unlinkat(folder->top, path, AT_REMOVEDIR) < 0)
            break; /* it has other files, or is the top */
    if (sync_folder(folder->top, path) < 0 && errno != ENOENT)
        error = io_error(key, "make its folder durable");
    free(path);
    return error;
}

int folder_check(const struct folder *folder)
{
    char name[RANDOM_NAME_BYTES];
    int fd;
    int error = write_temporary(folder, "-", "?", 1, name, &fd);

    if (error)
        return error;
    error = sync_file(fd, "-");
    close(fd);
    unlinkat(folder->temporary, name, 0);
    return error;
}

/* What a crash has left in `tmp`. */
static void sweep(const struct folder *folder)
{
    int fd = openat(folder->temporary, ".", O_RDONLY | O_CLOEXEC);
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    time_t now = time(NULL);

    while (list && (entry = readdir(list))) {
        struct stat facts;

        if (fstatat(folder->temporary, entry->d_name, &facts,
                    AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(facts.st_mode) && facts.st_mtime < now - OLD_S)
            unlinkat(folder->temporary, entry->d_name, 0);
    }
    if (list)
        closedir(list);
}

/* The file systems of which it is known that to sync a file syncs all that was
 * done before, names in other folders among it. */
static bool has_one_journal(int fd)
{
    struct statfs facts;

    return fstatfs(fd, &facts) == 0 && (facts.f_type == EXT4_SUPER_MAGIC ||
                                        facts.f_type == XFS_SUPER_MAGIC ||
                                        facts.f_type == BTRFS_SUPER_MAGIC);
}

/* Makes and opens what is missing; errno says why not. */
static int open_both(struct folder *folder, const char *path)
{
    char *whole = xprintf("%s/", path);
    int result = make_folders(AT_FDCWD, whole);

    free(whole);
    if (result < 0)
        return -1;
    folder->top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->top < 0)
        return -1;
    if (mkdirat(folder->top, "tmp", FOLDER_MODE) < 0 && errno != EEXIST)
        return -1;
    folder->temporary =
        openat(folder->top, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder->temporary;
}

int folder_open(struct folder *folder, const char *path)
{
    int error;

    *folder = (struct folder){.top = -1, .temporary = -1};
    if (open_both(folder, path) < 0) {
        log_error("folder=%s cannot be used: %s", path, strerror(errno));
        error = E_IO;
    } else {
        error = folder_check(folder);
    }
    if (error) {
        folder_close(folder);
        return error;
    }
    folder->has_journal = has_one_journal(folder->top);
    /* Where the folder was made just now; its parent may be closed to us, and
     * then somebody else has made it. */
    sync_folder(folder->top, "..");
    sweep(folder);
    return 0;
}

void folder_close(struct folder *folder)
{
    if (folder->temporary >= 0)
        close(folder->temporary);
    if (folder->top >= 0)
        close(folder->top);
    *folder = (struct folder){.top = -1, .temporary = -1};
}
