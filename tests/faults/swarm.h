#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"

/*
 * Many live clients, each as a page is: it subscribes to `searches`, keeps the
 * last offset, and when it is cut off it comes back with it after a while that
 * chance picks (full jitter, 1 s at first, twice as long after each failure).
 *
 * The events are numbered: their data is {"number":0}, {"number":1}, and so on.
 * A client that is told one twice, or misses one, ends the test.
 */
struct swarm;

/* Connects them all, and waits until each is subscribed. */
struct swarm *swarm_open(int port, size_t count) MUST_CHECK;
void swarm_close(struct swarm *swarm);

/* Lets them hear and come back for so long. */
void swarm_run(struct swarm *swarm, int time_ms);

/* Resets all connections in the same moment. */
void swarm_cut(struct swarm *swarm);

/* How many are subscribed, and how many events the last of them has heard. */
size_t swarm_present(const struct swarm *swarm);
uint64_t swarm_heard(const struct swarm *swarm);

/* How often a client was refused, or reached nobody. */
size_t swarm_failures(const struct swarm *swarm);
