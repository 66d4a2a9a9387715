#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"

/*
 * Who is connected, by address: how many connections each has, and how often it
 * asks.  The /64 of an IPv6 address counts as one, since one customer has it.
 */
struct visitors;
struct visitor;

struct visitors_limits {
    size_t connections;         /* in all */
    size_t address_connections; /* of one address */
    int64_t requests_s;         /* a second, of one address, in the long run */
    int64_t burst;              /* requests at once after a pause */
};

struct visitors *
visitors_create(const struct visitors_limits *limits) MUST_CHECK;

/* Everybody must have left. */
void visitors_destroy(struct visitors *visitors);

/* One more connection from that address; NULL if that is too many. */
struct visitor *visitors_enter(struct visitors *visitors, const char *address);

/* A connection has ended. */
void visitor_leave(struct visitor *visitor);

/* Counts a request.  0, or how many milliseconds the visitor must wait. */
int64_t visitor_ask(struct visitor *visitor);

/* Connections now, in all. */
size_t visitors_count(const struct visitors *visitors);
