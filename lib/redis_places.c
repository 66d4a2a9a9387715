/*
 * redis_places.c - where a connection may go
 *
 * Nodes come and go, so what was heard of is bounded and the newest replaces
 * the one before it; what was named stays, since it is what we come back to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "redis_places.h"
#include "xalloc.h"

enum { GIVEN_MAX = 32, PLACES_MAX = 96, HOST_BYTES = 256 };

int redis_places_read(const char *text, struct redis_places *places)
{
    char *copy = xstrdup(text), *rest = copy, *url;
    int error = 0;

    *places = (struct redis_places){
        .urls = xcalloc(PLACES_MAX, sizeof *places->urls)};
    while (error == 0 && (url = strsep(&rest, ",")) != NULL) {
        if (places->count == GIVEN_MAX)
            error = E_INVALID;
        else
            error = redis_url_parse(url, &places->urls[places->count]);
        places->count += error == 0;
    }
    places->given = places->count;
    free(copy);
    if (error)
        redis_places_finish(places);
    return error;
}

void redis_places_finish(struct redis_places *places)
{
    for (size_t i = 0; i < places->count; i++)
        redis_url_finish(&places->urls[i]);
    free(places->urls);
    *places = (struct redis_places){0};
}

const struct redis_url *redis_places_here(const struct redis_places *places)
{
    return &places->urls[places->here];
}

void redis_places_next(struct redis_places *places)
{
    places->here = (places->here + 1) % places->count;
}

static char *copy_of(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

/* The index of a place, which is new if it is none of ours. */
static size_t find_or_add(struct redis_places *places, const char *host,
                          int port)
{
    const struct redis_url *first = &places->urls[0];
    struct redis_url place = {.user = copy_of(first->user),
                              .password = copy_of(first->password),
                              .host = xstrdup(host),
                              .port = port,
                              .database = first->database};

    for (size_t i = 0; i < places->count; i++) {
        const struct redis_url *url = &places->urls[i];

        if (url->host && strcmp(url->host, host) == 0 && url->port == port) {
            redis_url_finish(&place);
            return i;
        }
    }
    if (places->count == PLACES_MAX)
        redis_url_finish(&places->urls[--places->count]);
    places->urls[places->count] = place;
    return places->count++;
}

/* A node may leave out its host, or not know it yet ("?"): then it is the one
 * by which we reached whoever told us. */
static const char *host_or_ours(const struct redis_places *places,
                                const char *host)
{
    const char *ours = redis_places_here(places)->host;

    if (host && host[0] && strcmp(host, "?") != 0)
        return host;
    return ours ? ours : "127.0.0.1";
}

void redis_places_learn(struct redis_places *places, const char *host, int port)
{
    if (port > 0 && port <= 65535)
        (void)find_or_add(places, host_or_ours(places, host), port);
}

bool redis_places_follow(struct redis_places *places, const char *words)
{
    char host[HOST_BYTES] = "";
    const char *place, *colon;
    int port, slot, len = 0;

    if (sscanf(words, "MOVED %5d %n", &slot, &len) != 1 || len == 0)
        return false;
    place = words + len;
    colon = strrchr(place, ':');
    if (!colon || (size_t)(colon - place) >= sizeof host)
        return false;
    memcpy(host, place, (size_t)(colon - place));
    port = atoi(colon + 1);
    if (port <= 0 || port > 65535)
        return false;
    places->here = find_or_add(places, host_or_ours(places, host), port);
    return true;
}
