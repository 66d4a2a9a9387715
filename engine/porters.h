#pragma once

#include "gallery.h"

/*
 * Porters carry faces into galleries on threads of their own, so that the
 * archive is read by one core while others work on what was read.  One thread
 * calls them; the galleries outlive them.
 */
struct porters;

struct porters *porters_start(size_t vector_length_max) MUST_CHECK;

/* Copies both, as gallery_add; waits while too many are under way. */
void porters_carry(struct porters *porters, struct gallery *gallery,
                   const struct record *record, const float *vector,
                   size_t vector_length);

/* Waits until all are where they belong, and frees.  The first error that
 * gallery_add gave. */
int porters_finish(struct porters *porters) MUST_CHECK;
