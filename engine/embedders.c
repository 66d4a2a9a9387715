/*
 * embedders.c - the embedders that we know what to make of
 */
#include <stdio.h>
#include <string.h>

#include "embedders.h"
#include "models_lock.h"

enum { EMBEDDERS_MAX = 16 };

/* Read before main begins, and never changed. */
static struct embedder embedders[EMBEDDERS_MAX];
static size_t embedder_count;

size_t embedders_read(const char *lock, struct embedder *list, size_t most)
{
    size_t count = 0;

    for (const char *line = lock; *line && count < most;
         line += strcspn(line, "\n"), line += *line == '\n') {
        struct embedder *embedder = &list[count];

        if (sscanf(line, "curve %127s %15s %zu %lf %lf", embedder->name,
                   embedder->version, &embedder->length, &embedder->half,
                   &embedder->slope) == 5)
            count++;
    }
    return count;
}

__attribute__((constructor)) static void read_ours(void)
{
    embedder_count = embedders_read(models_lock, embedders, EMBEDDERS_MAX);
}

const struct embedder *embedder_of_length(size_t length)
{
    for (size_t i = 0; i < embedder_count; i++)
        if (embedders[i].length == length)
            return &embedders[i];
    return NULL;
}

const struct embedder *embedder_of_version(const char *version)
{
    for (size_t i = 0; i < embedder_count; i++)
        if (strcmp(embedders[i].version, version) == 0)
            return &embedders[i];
    return NULL;
}

bool embedder_has_curve(const char *name, size_t length)
{
    const struct embedder *embedder = embedder_of_length(length);

    return embedder && strcmp(embedder->name, name) == 0;
}
