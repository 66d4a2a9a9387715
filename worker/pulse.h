#pragma once

#include "roster.h"

/*
 * Renews the leases that jobs under way hold in one part of the queue, and
 * tells those that have lost theirs.
 */
struct pulse;

/* The roster outlives it. */
struct pulse *pulse_create(const struct tools *tools,
                           const struct roster *roster,
                           unsigned part) MUST_CHECK;

/* The queue has to be gone. */
void pulse_destroy(struct pulse *pulse);

/* Called each second, and when the queue came back.  Also without leases: it
 * says that the worker lives. */
void pulse_beat(struct pulse *pulse);
