/*
 * queues.c - the queue in all its parts
 */
#include <stdlib.h>

#include "queues.h"
#include "xalloc.h"

struct part {
    struct queues *queues;
    unsigned number;
    struct queue *queue;
};

struct queues {
    queues_state_fn *on_state;
    void *owner;
    unsigned count;
    struct part parts[];
};

static void on_part_state(void *owner, bool is_up)
{
    const struct part *part = owner;

    part->queues->on_state(part->queues->owner, part->number, is_up);
}

struct queues *queues_create(uv_loop_t *loop,
                             const struct queue_options *options,
                             queues_state_fn *on_state, void *owner,
                             char problem[static 256])
{
    struct queues *queues =
        xcalloc(1, sizeof *queues + options->parts * sizeof queues->parts[0]);

    assert(options->parts > 0);
    queues->on_state = on_state;
    queues->owner = owner;
    queues->count = options->parts;
    for (unsigned i = 0; i < queues->count; i++) {
        struct queue_options one = *options;
        struct part *part = &queues->parts[i];

        one.part = part->number = i;
        part->queues = queues;
        part->queue = queue_create(loop, &one, on_part_state, part, problem);
        if (!part->queue) {
            queues_destroy(queues);
            return NULL;
        }
    }
    return queues;
}

/* What was under way is told before a queue is gone, and may still ask for
 * others: they stay until all have told. */
void queues_destroy(struct queues *queues)
{
    if (!queues)
        return;
    for (unsigned i = 0; i < queues->count; i++)
        queue_destroy(queues->parts[i].queue);
    free(queues);
}

unsigned queues_count(const struct queues *queues)
{
    return queues->count;
}

struct queue *queues_at(const struct queues *queues, unsigned part)
{
    assert(part < queues->count);
    return queues->parts[part].queue;
}

/* FNV-1a, stirred once more: it hardly moves its middle bits for the last
 * letter.  What is in Redis stands by it, so it never changes. */
unsigned queues_find(const struct queues *queues, const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15u;
    return (unsigned)((hash >> 32) % queues->count);
}

struct queue *queues_of(const struct queues *queues, const char *name)
{
    return queues->parts[queues_find(queues, name)].queue;
}

struct redis_terms queues_terms(const struct queues *queues)
{
    struct redis_terms all = {{false}};

    for (unsigned i = 0; i < queues->count; i++) {
        const struct redis_terms *terms = queue_terms(queues->parts[i].queue);

        for (enum redis_term term = 0; term < REDIS_TERMS; term++)
            all.has[term] |= terms->has[term];
    }
    return all;
}

bool queues_are_up(const struct queues *queues)
{
    for (unsigned i = 0; i < queues->count; i++)
        if (!queue_is_up(queues->parts[i].queue))
            return false;
    return true;
}
