/*
 * keys.c - the access keys that requests may be signed with
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys.h"
#include "random.h"
#include "xalloc.h"

enum {
    ACCESS_LETTERS = 16, /* behind "FWIR" */
    SECRET_LETTERS = 40,
    FILE_BYTES_MAX = 1 << 20,
};

struct key {
    char *access;
    char *secret;
};

struct keys {
    struct key *list;
    size_t count;
    unsigned holders;
};

static void add(struct keys *keys, const char *access, const char *secret)
{
    keys->list = xrealloc(keys->list, (keys->count + 1) * sizeof *keys->list);
    keys->list[keys->count++] = (struct key){xstrdup(access), xstrdup(secret)};
}

/* ---- a new file ---- */

static void pick(char *text, size_t len, const char *letters)
{
    for (size_t i = 0; i < len; i++)
        text[i] = letters[random_below(strlen(letters))];
    text[len] = '\0';
}

/* It comes into being under another name, so that nobody reads half of it. */
static bool write_file(const char *path, const char *text)
{
    char *new_path = xprintf("%s.new", path);
    int fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t len = (ssize_t)strlen(text);
    bool is_done;

    is_done = fd >= 0 && write(fd, text, (size_t)len) == len && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    is_done = is_done && rename(new_path, path) == 0;
    free(new_path);
    return is_done;
}

static bool make_file(const char *path)
{
    char access[ACCESS_LETTERS + 1], secret[SECRET_LETTERS + 1];
    char *text;
    bool is_done;

    pick(access, ACCESS_LETTERS, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    pick(secret, SECRET_LETTERS,
         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    text = xprintf("FWIR%s %s\n", access, secret);
    is_done = write_file(path, text);
    free(text);
    return is_done;
}

bool keys_make(const char *path, struct buffer *problem)
{
    if (access(path, F_OK) == 0 || errno != ENOENT || make_file(path))
        return true;
    buffer_printf(problem, "%s: %s", path, strerror(errno));
    return false;
}

/* ---- reading ---- */

/* False: the line is no pair. */
static bool read_line(struct keys *keys, char *line)
{
    static const char blanks[] = " \t\r\n";
    char *rest;
    const char *access = strtok_r(line, blanks, &rest);
    const char *secret = access ? strtok_r(NULL, blanks, &rest) : NULL;

    if (!access || access[0] == '#')
        return true;
    if (!secret || strtok_r(NULL, blanks, &rest))
        return false;
    add(keys, access, secret);
    return true;
}

static bool read_file(struct keys *keys, FILE *file, const char *path,
                      struct buffer *problem)
{
    char *line = NULL;
    size_t capacity = 0, number = 0;
    bool is_good = true;

    while (is_good && getline(&line, &capacity, file) >= 0) {
        number++;
        is_good = ftell(file) <= FILE_BYTES_MAX && read_line(keys, line);
        explicit_bzero(line, capacity);
    }
    free(line);
    if (!is_good)
        buffer_printf(problem, "line %zu of %s is no access key and its secret",
                      number, path);
    else if (keys->count == 0)
        buffer_printf(problem, "%s has no access key", path);
    return is_good && keys->count > 0;
}

static void destroy(struct keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        explicit_bzero(keys->list[i].secret, strlen(keys->list[i].secret));
        free(keys->list[i].secret);
        free(keys->list[i].access);
    }
    free(keys->list);
    free(keys);
}

static struct keys *read_open(FILE *file, const char *path,
                              struct buffer *problem)
{
    struct keys *keys = xcalloc(1, sizeof *keys);

    keys->holders = 1;
    if (!file)
        buffer_printf(problem, "%s: %s", path, strerror(errno));
    else if (read_file(keys, file, path, problem))
        return keys;
    destroy(keys);
    return NULL;
}

struct keys *keys_read(const char *path, struct buffer *problem)
{
    FILE *file = fopen(path, "re");
    struct keys *keys = read_open(file, path, problem);

    if (file)
        fclose(file);
    return keys;
}

struct keys *keys_hold(struct keys *keys)
{
    keys->holders++;
    return keys;
}

void keys_let_go(struct keys *keys)
{
    if (keys && --keys->holders == 0)
        destroy(keys);
}

size_t keys_count(const struct keys *keys)
{
    return keys->count;
}

bool keys_find(void *owner, const char *access_key,
               struct sigv4_credentials *credentials)
{
    const struct keys *keys = owner;

    for (size_t i = 0; i < keys->count; i++) {
        if (strcmp(keys->list[i].access, access_key) != 0)
            continue;
        *credentials = (struct sigv4_credentials){
            .access_key = keys->list[i].access,
            .secret = keys->list[i].secret,
        };
        return true;
    }
    return false;
}
