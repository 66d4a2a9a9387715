#pragma once

#include <stddef.h>

#include "redis_url.h"

/*
 * Where a connection may go: the servers that were named to it, and the nodes
 * of their cluster that it has heard of since.  One of them is the place to be
 * tried now.
 */
struct redis_places {
    struct redis_url *urls;
    size_t given; /* how many were named; those behind them were heard of */
    size_t count;
    size_t here; /* the index of the one to be tried */
};

/* Reads URLs with commas between them (one that is part of a password is
 * percent-encoded).  E_INVALID if one of them is none, or if there are too
 * many. */
int redis_places_read(const char *text, struct redis_places *places) MUST_CHECK;
void redis_places_finish(struct redis_places *places);

const struct redis_url *redis_places_here(const struct redis_places *places);

/* The next one, after the last the first again. */
void redis_places_next(struct redis_places *places);

/* Hears of a node; it takes the login of the first URL.  A host that is NULL or
 * "" is that of the current place. */
void redis_places_learn(struct redis_places *places, const char *host,
                        int port);

/* Goes where a node of a cluster sends us: "MOVED 3999 10.0.0.7:6379".  False
 * if the words name no place. */
bool redis_places_follow(struct redis_places *places, const char *words);
