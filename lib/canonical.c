/*
 * canonical.c - the canonical request, as both sides write it before they sign
 *
 * Parameters and headers become lists of pairs that are sorted and written
 * out.  What a list may come to is bounded by the request it is read from,
 * whose head is bounded by whoever received it.
 */
#include <stdlib.h>
#include <string.h>

#include "canonical.h"
#include "query.h"
#include "xalloc.h"

struct pair {
    char *name;
    char *value;
    size_t place; /* in the request */
};

struct pairs {
    struct pair *items;
    size_t count;
};

static int by_name_then_value(const void *one, const void *other)
{
    const struct pair *a = one, *b = other;
    int order = strcmp(a->name, b->name);

    return order ? order : strcmp(a->value, b->value);
}

static int by_name_then_place(const void *one, const void *other)
{
    const struct pair *a = one, *b = other;
    int order = strcmp(a->name, b->name);

    return order ? order : (a->place > b->place) - (a->place < b->place);
}

static void pairs_finish(struct pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        free(pairs->items[i].name);
        free(pairs->items[i].value);
    }
    free(pairs->items);
}

static void pairs_sort(struct pairs *pairs,
                       int (*compare)(const void *, const void *))
{
    if (pairs->count > 1)
        qsort(pairs->items, pairs->count, sizeof *pairs->items, compare);
}

/* The path without empty and "." segments; ".." takes the one before it away,
 * and a "/" at the end stays.  Every segment is written behind its own "/". */
static char *normalised(const char *path)
{
    char *normal = xcalloc(strlen(path) + 2, 1);
    char *end = normal;

    for (size_t len; *path; path += len) {
        path += strspn(path, "/");
        len = strcspn(path, "/");
        if (len == 2 && memcmp(path, "..", 2) == 0) {
            end = strrchr(normal, '/');
            end = end ? end : normal;
            *end = '\0';
        } else if (len == 0 || !(len == 1 && *path == '.')) {
            *end = '/';
            memcpy(end + 1, path, len);
            end += len + 1;
            *end = '\0';
        }
    }
    if (end == normal)
        memcpy(normal, "/", sizeof "/");
    return normal;
}

static void add_path(const char *path, int options, struct buffer *out)
{
    const char *given = *path ? path : "/";
    char *normal;

    if (options & SIGV4_PATH_AS_IS) {
        buffer_add_text(out, given);
        return;
    }
    normal = options & SIGV4_KEEP_PATH ? xstrdup(given) : normalised(given);
    percent_encode(out, normal, strlen(normal), "/");
    free(normal);
}

/* The text encoded in the one way there is, however it came. */
static char *encoded_again(const char *text, size_t len)
{
    struct buffer plain = {0}, encoded = {0};

    percent_decode(&plain, text, len);
    percent_encode(&encoded, plain.bytes, plain.len, "");
    buffer_finish(&plain);
    return buffer_take(&encoded);
}

static struct pairs parameters(const char *query, const char *without)
{
    struct query_parameter it;
    struct pairs pairs = {0};
    size_t most = 1;

    for (const char *c = query; *c; c++)
        most += *c == '&';
    pairs.items = xcalloc(most, sizeof *pairs.items);
    for (const char *rest = query; query_next(&rest, &it);) {
        char *name = encoded_again(it.name, it.name_len);

        if (without && strcmp(name, without) == 0) {
            free(name);
            continue;
        }
        pairs.items[pairs.count++] = (struct pair){
            .name = name, .value = encoded_again(it.value, it.value_len)};
    }
    pairs_sort(&pairs, by_name_then_value);
    return pairs;
}

static void add_query(const char *query, const char *without,
                      struct buffer *out)
{
    struct pairs pairs = parameters(query ? query : "", without);

    for (size_t i = 0; i < pairs.count; i++)
        buffer_printf(out, "%s%s=%s", i ? "&" : "", pairs.items[i].name,
                      pairs.items[i].value);
    pairs_finish(&pairs);
}

static char *lower(const char *text)
{
    char *copy = xstrdup(text);

    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

/* The value without white space at its ends, and with one blank for each run
 * of it inside, between quotes too. */
static char *trimmed(const char *value)
{
    static const char white[] = " \t\r\n\v\f";
    char *copy = xmalloc(strlen(value) + 1);
    char *to = copy;

    for (value += strspn(value, white); *value; value += strspn(value, white)) {
        size_t len = strcspn(value, white);

        if (to > copy)
            *to++ = ' ';
        memcpy(to, value, len);
        to += len;
        value += len;
    }
    *to = '\0';
    return copy;
}

static struct pairs lines(const struct sigv4_header *headers, size_t count)
{
    struct pairs pairs = {.items = xcalloc(count, sizeof *pairs.items)};

    for (size_t i = 0; i < count; i++)
        pairs.items[pairs.count++] =
            (struct pair){.name = lower(headers[i].name),
                          .value = trimmed(headers[i].value),
                          .place = i};
    pairs_sort(&pairs, by_name_then_place);
    return pairs;
}

static bool is_repeated(const struct pairs *pairs, size_t i)
{
    return i > 0 && strcmp(pairs->items[i - 1].name, pairs->items[i].name) == 0;
}

/* A header that comes again adds its value to the line that is there. */
static void add_headers(const struct sigv4_header *headers, size_t count,
                        struct buffer *out)
{
    struct pairs pairs = lines(headers, count);

    for (size_t i = 0; i < pairs.count; i++) {
        if (is_repeated(&pairs, i))
            buffer_printf(out, ",%s", pairs.items[i].value);
        else
            buffer_printf(out, "%s%s:%s", i ? "\n" : "", pairs.items[i].name,
                          pairs.items[i].value);
    }
    if (pairs.count)
        buffer_add_byte(out, '\n');
    pairs_finish(&pairs);
}

void canonical_names(const struct sigv4_header *headers, size_t count,
                     struct buffer *out)
{
    struct pairs pairs = lines(headers, count);

    for (size_t i = 0; i < pairs.count; i++)
        if (!is_repeated(&pairs, i))
            buffer_printf(out, "%s%s", i ? ";" : "", pairs.items[i].name);
    pairs_finish(&pairs);
}

void canonical_write(const struct canonical *canonical, struct buffer *out)
{
    buffer_printf(out, "%s\n", canonical->method);
    add_path(canonical->path, canonical->options, out);
    buffer_add_byte(out, '\n');
    add_query(canonical->query, canonical->without, out);
    buffer_add_byte(out, '\n');
    add_headers(canonical->headers, canonical->header_count, out);
    buffer_printf(out, "\n%s\n%s", canonical->names, canonical->payload_hash);
}
