/*
 * pages.c - the pages' files, from memory
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "digest.h"
#include "gzip.h"
#include "log.h"
#include "pages.h"
#include "text.h"
#include "xalloc.h"

enum { FILE_BYTES_MAX = 4 << 20, LINE_BYTES = 512, ETAG_BYTES = 32 };

/* What a page may do: load and talk to where it came from, and nothing else. */
static const char page_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

struct page {
    char *address;
    bool is_prefix; /* it stands for all addresses that begin so */
    char *type;
    char *bytes;
    size_t len;
    char *packed; /* gzip; NULL: it would be no smaller */
    size_t packed_len;
    char etag[ETAG_BYTES]; /* weak: it holds for the packed form, too */
};

struct pages {
    struct page *list;
    size_t count;
};

/* A whole file; NULL if it cannot be read. */
static char *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "re");
    char *bytes = NULL;

    if (!file)
        return NULL;
    bytes = xmalloc(FILE_BYTES_MAX + 1);
    *len = fread(bytes, 1, FILE_BYTES_MAX + 1, file);
    if (ferror(file) || *len > FILE_BYTES_MAX) {
        free(bytes);
        bytes = NULL;
    } else {
        bytes = xrealloc(bytes, *len + 1);
    }
    fclose(file);
    return bytes;
}

static bool load(struct page *page, const char *folder, const char *name)
{
    char hash[DIGEST_HEX_BYTES];
    char *path = xprintf("%s/%s", folder, name);

    page->bytes = read_file(path, &page->len);
    if (page->bytes) {
        page->packed = gzip_pack(page->bytes, page->len, &page->packed_len);
        digest_sha256_hex(page->bytes, page->len, hash);
        snprintf(page->etag, sizeof page->etag, "W/\"%.16s\"", hash);
    } else {
        log_error("pages: %s cannot be read: %s", path, strerror(errno));
    }
    free(path);
    return page->bytes != NULL;
}

/* "<address> <file> <media type>" */
static bool add(struct pages *pages, const char *folder, char *line)
{
    const char *blanks = " \t\r\n";
    char *rest = line;
    char *address = strtok_r(rest, blanks, &rest);
    char *name = address ? strtok_r(NULL, blanks, &rest) : NULL;
    char *type = name ? strtok_r(NULL, "\r\n", &rest) : NULL;
    struct page *page;
    size_t len;

    if (!address || address[0] == '#')
        return true;
    if (!type) {
        log_error("pages: a line of pages.list has no media type: %s", address);
        return false;
    }
    pages->list =
        xrealloc(pages->list, (pages->count + 1) * sizeof *pages->list);
    page = &pages->list[pages->count++];
    *page = (struct page){.address = xstrdup(address),
                          .type = xstrdup(type + strspn(type, blanks))};
    len = strlen(address);
    page->is_prefix = address[len - 1] == '*';
    if (page->is_prefix)
        page->address[len - 1] = '\0';
    return load(page, folder, name);
}

struct pages *pages_create(const char *folder)
{
    struct pages *pages = xcalloc(1, sizeof *pages);
    char *path = xprintf("%s/pages.list", folder);
    char line[LINE_BYTES];
    bool is_fine = true;
    FILE *list = folder[0] ? fopen(path, "re") : NULL;

    while (list && is_fine && fgets(line, sizeof line, list))
        is_fine = add(pages, folder, line);
    if (folder[0] && !list) {
        log_error("pages: %s cannot be read: %s", path, strerror(errno));
        is_fine = false;
    }
    if (list)
        fclose(list);
    free(path);
    if (is_fine)
        return pages;
    pages_destroy(pages);
    return NULL;
}

void pages_destroy(struct pages *pages)
{
    if (!pages)
        return;
    for (size_t i = 0; i < pages->count; i++) {
        free(pages->list[i].address);
        free(pages->list[i].type);
        free(pages->list[i].bytes);
        free(pages->list[i].packed);
    }
    free(pages->list);
    free(pages);
}

/* An address itself goes before one that stands for many. */
static const struct page *find(const struct pages *pages, const char *path)
{
    const struct page *found = NULL;

    for (size_t i = 0; i < pages->count; i++) {
        const struct page *page = &pages->list[i];

        if (!page->is_prefix && strcmp(page->address, path) == 0)
            return page;
        if (page->is_prefix && text_begins(path, page->address))
            found = page;
    }
    return found;
}

bool pages_have(const struct pages *pages, const char *path)
{
    return find(pages, path) != NULL;
}

/* Whether the client has it already.  Tags are compared without the mark that
 * they are weak. */
static bool is_known(const struct page *page, const struct request *request)
{
    const char *tags = request_header(request, "if-none-match");

    return tags && (strcmp(tags, "*") == 0 ||
                    strstr(tags, page->etag + strlen("W/")) != NULL);
}

bool pages_answer(const struct pages *pages, struct services *services,
                  struct exchange *exchange)
{
    const struct request *request = exchange_request(exchange);
    const struct page *page = find(pages, request->path);
    struct answer_extras extras = {.cache = "no-cache", .policy = page_policy};
    bool is_packed;

    if (!page || (strcmp(request->method, "GET") != 0 &&
                  strcmp(request->method, "HEAD") != 0))
        return false;
    extras.etag = page->etag;
    if (is_known(page, request)) {
        services->counters->answers[3]++;
        answer_bytes(exchange, 304, page->type, NULL, 0, NULL, &extras);
        return true;
    }
    is_packed =
        page->packed && request_lists(request, "accept-encoding", "gzip");
    extras.encoding = is_packed ? "gzip" : NULL;
    services->counters->answers[2]++;
    answer_bytes(exchange, 200, page->type,
                 is_packed ? page->packed : page->bytes,
                 is_packed ? page->packed_len : page->len, NULL, &extras);
    return true;
}
