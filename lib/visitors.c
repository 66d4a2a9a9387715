/*
 * visitors.c - who is connected, by address
 *
 * A hash table with a chain in each slot.  A visitor is forgotten when its last
 * connection ends; its rate would then have recovered within seconds anyway.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "random.h"
#include "visitors.h"
#include "xalloc.h"

enum { SLOTS = 1024, KEY_BYTES = 16 };

struct visitor {
    struct visitors *visitors;
    struct visitor *next; /* in the slot's chain */
    unsigned char key[KEY_BYTES];
    size_t connections;
    int64_t paid_us; /* until when its requests have used up its rate */
};

struct visitors {
    struct visitors_limits limits;
    uint64_t seed; /* so that nobody can fill one chain on purpose */
    size_t connections;
    struct visitor *slots[SLOTS];
};

struct visitors *visitors_create(const struct visitors_limits *limits)
{
    struct visitors *visitors = xcalloc(1, sizeof *visitors);

    visitors->limits = *limits;
    random_bytes(&visitors->seed, sizeof visitors->seed);
    return visitors;
}

void visitors_destroy(struct visitors *visitors)
{
    if (!visitors)
        return;
    assert(visitors->connections == 0);
    free(visitors);
}

/* IPv4 as it is, IPv6 by its first 64 bits; an IPv4 address that comes as IPv6
 * is IPv4.  What is neither counts as one visitor. */
static void make_key(const char *address, unsigned char key[static KEY_BYTES])
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

    memset(key, 0, KEY_BYTES);
    memcpy(key, mapped, sizeof mapped);
    if (inet_pton(AF_INET, address, key + sizeof mapped) == 1)
        return;
    memset(key, 0, KEY_BYTES);
    if (inet_pton(AF_INET6, address, key) == 1 &&
        memcmp(key, mapped, sizeof mapped) != 0)
        memset(key + 8, 0, 8);
}

/* FNV-1a, started from the seed. */
static size_t slot_of(const struct visitors *visitors,
                      const unsigned char key[static KEY_BYTES])
{
    uint64_t hash = visitors->seed ^ 0xcbf29ce484222325u;

    for (size_t i = 0; i < KEY_BYTES; i++)
        hash = (hash ^ key[i]) * 0x100000001b3u;
    return (size_t)(hash >> 32) % SLOTS;
}

struct visitor *visitors_enter(struct visitors *visitors, const char *address)
{
    unsigned char key[KEY_BYTES];
    struct visitor **slot;
    struct visitor *visitor;

    make_key(address, key);
    slot = &visitors->slots[slot_of(visitors, key)];
    for (visitor = *slot; visitor; visitor = visitor->next)
        if (memcmp(visitor->key, key, sizeof key) == 0)
            break;
    if (visitors->connections >= visitors->limits.connections ||
        (visitor &&
         visitor->connections >= visitors->limits.address_connections))
        return NULL;
    if (!visitor) {
        visitor = xcalloc(1, sizeof *visitor);
        visitor->visitors = visitors;
        visitor->next = *slot;
        memcpy(visitor->key, key, sizeof key);
        *slot = visitor;
    }
    visitor->connections++;
    visitors->connections++;
    return visitor;
}

void visitor_leave(struct visitor *visitor)
{
    struct visitors *visitors = visitor->visitors;
    struct visitor **place;

    visitors->connections--;
    if (--visitor->connections > 0)
        return;
    place = &visitors->slots[slot_of(visitors, visitor->key)];
    while (*place != visitor)
        place = &(*place)->next;
    *place = visitor->next;
    free(visitor);
}

/* A leaky bucket kept as the time at which its debts are paid: each request
 * moves it on by one request's share of a second. */
int64_t visitor_ask(struct visitor *visitor)
{
    const struct visitors_limits *limits = &visitor->visitors->limits;
    int64_t now = clock_steady_ns() / 1000;
    int64_t share = 1000000 / limits->requests_s;
    int64_t start = visitor->paid_us > now ? visitor->paid_us : now;
    int64_t debt = start + share - now;

    if (debt > share * limits->burst)
        return (debt - share * limits->burst + 999) / 1000;
    visitor->paid_us = start + share;
    return 0;
}

size_t visitors_count(const struct visitors *visitors)
{
    return visitors->connections;
}
