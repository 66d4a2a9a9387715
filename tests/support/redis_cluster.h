#pragma once

#include "redis_server.h"

/*
 * A Redis Cluster of the test's own: three masters on loopback, and a replica
 * for each where one of them is to be killed.
 */
enum { CLUSTER_MASTERS = 3, CLUSTER_NODES = 6 };

struct redis_cluster {
    struct redis_server nodes[CLUSTER_NODES]; /* the masters first; the replica
                                                 of master i is i + 3 */
    size_t count;
    char url[512]; /* all of them, with commas */
};

/* Starts it, and waits until every node agrees that it is whole. */
void redis_cluster_start(struct redis_cluster *cluster, bool has_replicas);
void redis_cluster_stop(struct redis_cluster *cluster);

/* Starts a node again that was killed, whose replica has taken over. */
void redis_cluster_restart(struct redis_cluster *cluster, size_t node);

/* Runs one command on each master. */
void redis_cluster_say(const struct redis_cluster *cluster,
                       const char *command);

/* Whether a node says that it is a master. */
bool redis_cluster_is_master(const struct redis_cluster *cluster, size_t node);
