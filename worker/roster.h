#pragma once

#include "job.h"

/*
 * The jobs that a worker has under way.  Their order says nothing.
 */
struct roster;

/* `most` can be under way at once. */
struct roster *roster_create(size_t most) MUST_CHECK;
void roster_destroy(struct roster *roster);

void roster_add(struct roster *roster, struct job *job);
void roster_remove(struct roster *roster, const struct job *job);

size_t roster_count(const struct roster *roster);
struct job *roster_at(const struct roster *roster, size_t index);

/* The one of that id that still holds a lease; NULL if there is none. */
struct job *roster_find(const struct roster *roster, const char *id);
