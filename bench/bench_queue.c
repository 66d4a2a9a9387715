/*
 * bench_queue.c - a job's way through Redis: added, taken, done once, seen
 *
 *   bench_queue
 *
 * Producer, worker and Redis are three processes.  The producer keeps so many
 * jobs in flight and times each from its start until the producer itself sees
 * its end.  Nothing is done in between, so that what is measured is the queue.
 * The program plays the roles itself when it is called with more words.
 *
 * Of one job in flight only one process works at a time.  On one core that is
 * all there is to see; on two, each step also wakes a core that has fallen
 * asleep, which a virtual machine's host may let wait for milliseconds.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cores.h"
#include "log.h"
#include "peer.h"
#include "queue_role.h"
#include "redis_server.h"
#include "results.h"
#include "xalloc.h"

enum { ROUNDS = 3 };

static const char *const columns[] = {"jobs/s", "p50 ms", "p99 ms",
                                      "Redis us/job"};

static const struct setting {
    const char *name;
    enum core core;
    unsigned in_flight;
    bool appendonly;
    unsigned our_jobs;
    unsigned peer_jobs; /* so that each round takes some seconds */
} settings[] = {
    {"1 in flight, one core", CORE_SERVERS, 1, false, 12000, 4000},
    {"1 in flight", CORE_BOTH, 1, false, 12000, 4000},
    {"100 in flight", CORE_BOTH, 100, false, 80000, 12000},
    {"100 in flight, AOF", CORE_BOTH, 100, true, 60000, 10000},
};

static const struct contender {
    const char *name;
    const char *worker, *producer; /* a role of ours, or a file of the peers' */
    bool is_peer;
} contenders[] = {
    {"Facewire", "work", "produce", false},
    {"BullMQ", "queue_worker.mjs", "queue_producer.mjs", true},
    {"bare streams", "plain-work", "plain-produce", false},
};

static void start_role(struct child *child, const struct contender *contender,
                       const char *role, const struct redis_server *redis,
                       const char *jobs, const char *in_flight)
{
    char *path = contender->is_peer ? peer_path(role) : NULL;
    char *log = xprintf("%s.log", role);
    char port[16];
    const char *ours[] = {"/proc/self/exe", role, redis->url, jobs,
                          in_flight,        NULL};
    const char *theirs[] = {"node", path, port, jobs, in_flight, NULL};

    snprintf(port, sizeof port, "%d", redis->port);
    peer_start(child, contender->is_peer ? theirs : ours, log);
    free(path);
    free(log);
}

static void measure(struct results *results, const struct setting *setting,
                    const struct contender *contender)
{
    static const char *const clean[] = {"rm", "-rf", "appendonlydir", NULL};
    unsigned jobs = contender->is_peer ? setting->peer_jobs : setting->our_jobs;
    struct redis_server redis;
    struct child worker, producer;
    struct cores_watch watch;
    struct json *found;
    double redis_s, foreign;
    char jobs_text[16], in_flight_text[16];

    cores_use(setting->core);
    child_run(clean, "/dev/null");
    redis_server_start(&redis, setting->appendonly);
    snprintf(jobs_text, sizeof jobs_text, "%u", jobs);
    snprintf(in_flight_text, sizeof in_flight_text, "%u", setting->in_flight);
    start_role(&worker, contender, contender->worker, &redis, NULL, NULL);
    redis_s = cores_seconds(redis.child.pid);
    cores_watch_begin(&watch, (pid_t[]){redis.child.pid, worker.pid}, 2);
    start_role(&producer, contender, contender->producer, &redis, jobs_text,
               in_flight_text);
    found = peer_result(&producer);
    foreign = cores_watch_end(&watch);
    redis_s = cores_seconds(redis.child.pid) - redis_s;
    results_add(results, setting->name, contender->name,
                (double[]){json_get_number(found, "rate", NAN),
                           json_get_number(found, "p50", NAN),
                           json_get_number(found, "p99", NAN),
                           redis_s * 1e6 / jobs},
                foreign);
    json_destroy(found);
    peer_stop(&worker);
    redis_server_stop(&redis);
    child_run(clean, "/dev/null");
}

static double ratio(const struct results *results, const char *setting,
                    const char *column)
{
    return results_median(results, setting, "Facewire", column) /
           results_median(results, setting, "BullMQ", column);
}

static void play(int argc, char **argv)
{
    unsigned jobs = argc > 4 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    unsigned in_flight = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 0;

    if (argc == 3 && strcmp(argv[1], "work") == 0)
        queue_role_work(argv[2]);
    else if (argc == 3 && strcmp(argv[1], "plain-work") == 0)
        plain_role_work(argv[2]);
    else if (argc == 5 && strcmp(argv[1], "produce") == 0)
        queue_role_produce(argv[2], jobs, in_flight);
    else if (argc == 5 && strcmp(argv[1], "plain-produce") == 0)
        plain_role_produce(argv[2], jobs, in_flight);
    else
        fatal("there is no such role");
}

int main(int argc, char **argv)
{
    struct results *results;

    log_open("bench", LOG_INFO, LOG_TEXT);
    if (argc > 1) {
        play(argc, argv);
        return EXIT_SUCCESS;
    }
    results = results_create(
        "queue", "a job is added, taken, done once and seen, by way of Redis",
        columns, COUNT(columns));
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < COUNT(settings); i++)
            for (size_t k = 0; k < COUNT(contenders); k++)
                measure(results, &settings[i], &contenders[k]);
    results_at_least(results, "jobs/s with 100 in flight, as times of BullMQ",
                     ratio(results, "100 in flight", "jobs/s"), 8);
    results_at_most(results, "p99 with 1 in flight, as a part of BullMQ's",
                    ratio(results, "1 in flight, one core", "p99 ms"), 0.1);
    results_finish(results);
    return EXIT_SUCCESS;
}
