#pragma once

/*
 * The two sides of the queue bench, each a process of its own on a loop of its
 * own.  Both say "ready" when they are; the worker works until it is stopped,
 * the producer prints what it found and ends.
 */

/* With the queue's functions, as servers and workers use them. */
void queue_role_work(const char *redis_url);
void queue_role_produce(const char *redis_url, unsigned jobs,
                        unsigned in_flight);

/* The floor: bare streams, without order, leases, gate or log. */
void plain_role_work(const char *redis_url);
void plain_role_produce(const char *redis_url, unsigned jobs,
                        unsigned in_flight);
