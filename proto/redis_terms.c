/*
 * redis_terms.c - on what terms a Redis keeps what we give it
 *
 * INFO is asked, not CONFIG GET, which those who run Redis for others refuse.
 */
#include <stdlib.h>
#include <string.h>

#include "basics.h"
#include "redis_terms.h"
#include "text.h"

static const char *const sentences[REDIS_TERMS] = {
    [TERM_EVICTS_ALL] =
        "Redis throws away any key when its memory is full, the queue's among "
        "them: set maxmemory-policy to noeviction, or maxmemory to 0",
    [TERM_EVICTS_EXPIRING] =
        "Redis throws away keys before their time when its memory is full, so "
        "that an event may be told twice: set maxmemory-policy to noeviction",
    [TERM_NO_FILE] =
        "Redis writes no append-only file, so that its events are lost when it "
        "is started anew, and live clients get a gap: set appendonly to yes",
    [TERM_REPLICA_BEHIND] =
        "Redis does not wait for its replicas, so that a failover may lose the "
        "newest events: set min-replicas-to-write to 1",
    [TERM_NOT_TOLD] =
        "Redis does not tell how it keeps its data: allow this user INFO, or "
        "see yourself that maxmemory-policy is noeviction",
};

/* What stands behind "name:" at the beginning of a line, up to that line's
 * end; NULL if there is no such line. */
static const char *find(const char *info, const char *name)
{
    size_t len = strlen(name);
    const char *line = info;

    while (line) {
        if (strncmp(line, name, len) == 0 && line[len] == ':')
            return line + len + 1;
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return NULL;
}

static long long number(const char *info, const char *name)
{
    const char *text = find(info, name);

    return text ? strtoll(text, NULL, 10) : 0;
}

struct redis_terms redis_terms_read(const char *info)
{
    struct redis_terms terms = {{false}};
    const char *policy = find(info, "maxmemory_policy");
    bool is_bounded = number(info, "maxmemory") > 0;

    terms.has[TERM_NOT_TOLD] = !policy || !find(info, "aof_enabled");
    if (terms.has[TERM_NOT_TOLD])
        return terms;
    terms.has[TERM_EVICTS_ALL] = is_bounded && text_begins(policy, "allkeys-");
    terms.has[TERM_EVICTS_EXPIRING] =
        is_bounded && text_begins(policy, "volatile-");
    terms.has[TERM_NO_FILE] = number(info, "aof_enabled") == 0;
    /* The line is there only where the setting is not 0. */
    terms.has[TERM_REPLICA_BEHIND] = number(info, "connected_slaves") > 0 &&
                                     !find(info, "min_slaves_good_slaves");
    return terms;
}

const char *redis_term_sentence(enum redis_term term)
{
    return sentences[term];
}
