/*
 * redis_cluster.c - a Redis Cluster of the test's own
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "patience.h"
#include "port.h"
#include "redis_cluster.h"
#include "unit.h"
#include "xalloc.h"

enum { WHOLE_MS = 60000 };

/* A dead node is noticed after this; short of it a busy machine makes healthy
 * ones look dead. */
static const char node_timeout_ms[] = "2000";

static void run_node(struct redis_server *node)
{
    char *port = xprintf("%d", node->port);
    char *names = xprintf("nodes-%d.conf", node->port);
    char *folder = xprintf("append-%d", node->port);
    char *bus = xprintf("%d", port_free());
    const char *arguments[] = {"redis-server",
                               "--port",
                               port,
                               "--bind",
                               "127.0.0.1",
                               "--save",
                               "",
                               "--appendonly",
                               "yes",
                               "--appenddirname",
                               folder,
                               "--cluster-enabled",
                               "yes",
                               "--cluster-port",
                               bus,
                               "--cluster-config-file",
                               names,
                               "--cluster-node-timeout",
                               node_timeout_ms,
                               "--cluster-require-full-coverage",
                               "no",
                               "--cluster-replica-validity-factor",
                               "0",
                               "--repl-diskless-sync-delay",
                               "0",
                               NULL};

    child_finish(&node->child);
    child_start(&node->child, arguments, "redis.log");
    if (!port_answers(node->port, 10000))
        child_give_up(&node->child, "it does not answer");
    free(port);
    free(bus);
    free(names);
    free(folder);
}

static void start_node(struct redis_server *node)
{
    node->port = port_free();
    snprintf(node->url, sizeof node->url, "redis://127.0.0.1:%d", node->port);
    run_node(node);
}

/* Whether a line of the shell ends well; $1 in it is the node's port. */
static bool is_so(const struct redis_server *node, const char *format)
{
    char port[16];
    const char *arguments[] = {"sh", "-c", format, "sh", port, NULL};

    snprintf(port, sizeof port, "%d", node->port);
    return child_run(arguments, "redis-cli.log") == 0;
}

static void await(const struct redis_server *node, const char *line)
{
    struct patience patience = patience_of(WHOLE_MS);

    while (!is_so(node, line))
        if (!patience_lasts(&patience))
            child_give_up(&node->child, line);
}

/* The masters share the slots; everybody is introduced to the first, whose
 * second port is found in its own words. */
static void introduce(struct redis_cluster *cluster)
{
    static const char *const slots[CLUSTER_MASTERS] = {"0 5460", "5461 10922",
                                                       "10923 16383"};
    const struct redis_server *first = &cluster->nodes[0];

    for (size_t i = 0; i < cluster->count; i++) {
        struct redis_server *node = &cluster->nodes[i];
        char *line = xprintf("CLUSTER SET-CONFIG-EPOCH %zu", i + 1);

        redis_server_say(node, line);
        free(line);
        line = xprintf("CLUSTER ADDSLOTSRANGE %s", slots[i % CLUSTER_MASTERS]);
        if (i < CLUSTER_MASTERS)
            redis_server_say(node, line);
        free(line);
        line = xprintf("redis-cli -p %d cluster meet 127.0.0.1 $1 $(redis-cli "
                       "-p $1 config get cluster-port | tail -1) | grep OK",
                       node->port);
        if (i > 0)
            await(first, line);
        free(line);
    }
}

static void make_replicas(struct redis_cluster *cluster)
{
    for (size_t i = CLUSTER_MASTERS; i < cluster->count; i++) {
        const struct redis_server *node = &cluster->nodes[i];
        char *line = xprintf("redis-cli -p $1 cluster replicate $(redis-cli -p "
                             "%d cluster myid) | grep OK",
                             cluster->nodes[i - CLUSTER_MASTERS].port);

        await(node, line);
        await(node, "redis-cli -p $1 info replication | "
                    "grep master_link_status:up");
        free(line);
    }
}

void redis_cluster_start(struct redis_cluster *cluster, bool has_replicas)
{
    char *known;

    *cluster = (struct redis_cluster){.count = has_replicas ? CLUSTER_NODES
                                                            : CLUSTER_MASTERS};
    for (size_t i = 0; i < cluster->count; i++) {
        struct redis_server *node = &cluster->nodes[i];
        size_t len = strlen(cluster->url);

        start_node(node);
        snprintf(cluster->url + len, sizeof cluster->url - len, "%s%s",
                 len ? "," : "", node->url);
    }
    introduce(cluster);
    known = xprintf("redis-cli -p $1 cluster info | "
                    "grep -q cluster_known_nodes:%zu",
                    cluster->count);
    for (size_t i = 0; i < cluster->count; i++)
        await(&cluster->nodes[i], known);
    make_replicas(cluster);
    for (size_t i = 0; i < cluster->count; i++)
        await(&cluster->nodes[i], "redis-cli -p $1 cluster info | "
                                  "grep -q cluster_state:ok");
    free(known);
}

/* It comes back with another second port, which it tells the others itself. */
void redis_cluster_restart(struct redis_cluster *cluster, size_t node)
{
    run_node(&cluster->nodes[node]);
    await(&cluster->nodes[node], "redis-cli -p $1 role | head -1 | "
                                 "grep -q slave");
}

void redis_cluster_stop(struct redis_cluster *cluster)
{
    for (size_t i = 0; i < cluster->count; i++)
        redis_server_stop(&cluster->nodes[i]);
}

bool redis_cluster_is_master(const struct redis_cluster *cluster, size_t node)
{
    return is_so(&cluster->nodes[node],
                 "redis-cli -p $1 role | head -1 | grep -q master");
}

void redis_cluster_say(const struct redis_cluster *cluster, const char *command)
{
    for (size_t i = 0; i < cluster->count; i++)
        if (child_is_running((struct child *)&cluster->nodes[i].child) &&
            redis_cluster_is_master(cluster, i))
            redis_server_say(&cluster->nodes[i], command);
}
