/*
 * bench_fanout.c - one event to a thousand and to five thousand
 *
 *   bench_fanout
 *
 * Events of about 240 bytes, envelope included, go to every listener; the
 * server has one core, the client (this program) the other.  With four events
 * on their way a server is at work all the time; sixteen are a burst.  What
 * counts is the server's CPU for each delivery: the client is near its own
 * limit where servers are fast, so rates are lower bounds there.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cores.h"
#include "crowd.h"
#include "log.h"
#include "peer.h"
#include "port.h"
#include "xalloc.h"

enum { ROUNDS = 2, EVENT_BYTES = 240, DATA_BYTES = 16 };

static const char *const columns[] = {"CPU us/delivery", "deliveries/s",
                                      "p50 ms",          "p99 ms",
                                      "KB/connection",   "connections/s"};

static const struct setting {
    const char *name;
    struct crowd_wish wish;
} settings[] = {
    {"1,000 listeners", {1000, 4, 400, EVENT_BYTES, false}},
    {"5,000 listeners", {5000, 4, 80, EVENT_BYTES, false}},
    {"5,000, in bursts", {5000, 16, 48, EVENT_BYTES, false}},
};

static const struct contender {
    const char *name;
    const char *program, *file; /* `file` NULL: the program itself is it */
    struct crowd_host host;
} contenders[] = {
    {"ws",
     "node",
     "fanout_ws.mjs",
     {.path = "/", .headers = "", .beginning = "{\"type\":\"event\""}},
    {"Socket.IO",
     "node",
     "fanout_socketio.mjs",
     {.path = "/socket.io/?EIO=4&transport=websocket",
      .headers = "",
      .hello = "40",
      .beginning = "42["}},
    {"bare epoll",
     BENCH_BUILD "/floor_fanout",
     NULL,
     {.path = "/", .headers = "", .beginning = "{\"type\":\"event\""}},
};

static void measure(struct results *results, const struct setting *setting,
                    const char *who, const struct crowd_host *host)
{
    struct crowd_wish wish = setting->wish;
    struct crowd_found found;
    double deliveries = (double)(wish.listeners * wish.events);

    if (host->redis_port)
        wish.event_bytes = DATA_BYTES; /* the envelope is the rest */
    crowd_run(host, &wish, &found);
    results_add(results, setting->name, who,
                (double[]){found.cpu_s * 1e6 / deliveries,
                           deliveries / found.seconds, found.p50_ms,
                           found.p99_ms, found.idle_kilobytes,
                           (double)wish.listeners / found.connect_s},
                found.foreign);
}

static void measure_ours(struct results *results, const struct setting *setting)
{
    struct crowd_host host;
    struct stack stack;

    crowd_start_ours(&stack, &host);
    measure(results, setting, "Facewire", &host);
    stack_stop(&stack);
}

static void measure_other(struct results *results,
                          const struct setting *setting,
                          const struct contender *contender)
{
    char *path = contender->file ? peer_path(contender->file) : NULL;
    struct crowd_host host = contender->host;
    struct child child;
    char port[16];

    host.port = port_free();
    snprintf(port, sizeof port, "%d", host.port);
    cores_use(CORE_SERVERS);
    peer_start(&child,
               path ? (const char *[]){contender->program, path, port, NULL}
                    : (const char *[]){contender->program, port, NULL},
               "fanout.log");
    cores_use(CORE_CLIENTS);
    host.pid = child.pid;
    measure(results, setting, contender->name, &host);
    peer_stop(&child);
    free(path);
}

/* BENCH_NGINX and BENCH_NCHAN say where nginx and its module lie; without them
 * nchan is left out. */
static void measure_nchan(struct results *results,
                          const struct setting *setting)
{
    const char *nginx = getenv("BENCH_NGINX"), *module = getenv("BENCH_NCHAN");
    struct crowd_host host = {.path = "/v1/live",
                              .headers = "",
                              .beginning = "{\"type\":\"event\"",
                              .port = port_free()};
    char *here, *command;
    struct child child;

    if (!nginx || !module)
        return;
    here = getcwd(NULL, 0);
    command = xprintf("sed -e 's,MODULE,%s,' -e 's,PORT,%d,' "
                      "%s/bench/peers/nchan.conf >nchan.conf",
                      module, host.port, BENCH_SOURCE);
    child_run((const char *[]){"sh", "-c", command, NULL}, "nchan-setup.log");
    free(command);
    command = xprintf("%s/nchan.conf", here);
    cores_use(CORE_SERVERS);
    child_start(&child,
                (const char *[]){nginx, "-p", here, "-c", command, NULL},
                "nchan.log");
    cores_use(CORE_CLIENTS);
    if (!port_answers(host.port, 10000))
        child_give_up(&child, "it does not answer");
    host.pid = child.pid;
    measure(results, setting, "nchan", &host);
    peer_stop(&child);
    free(command);
    free(here);
}

static double part(const struct results *results, const char *setting,
                   const char *who, const char *other, const char *column)
{
    return results_median(results, setting, who, column) /
           results_median(results, setting, other, column);
}

static void hold(struct results *results)
{
    static const char cpu[] = "CPU us/delivery";
    const char *few = settings[0].name, *many = settings[1].name,
               *burst = settings[2].name;

    results_at_most(results, "1,000: CPU as times of the floor's",
                    part(results, few, "Facewire", "bare epoll", cpu), 1.3);
    results_at_most(results, "5,000: CPU as times of the floor's",
                    part(results, many, "Facewire", "bare epoll", cpu), 1.6);
    results_at_least(results, "1,000: deliveries for the CPU of Socket.IO",
                     part(results, few, "Socket.IO", "Facewire", cpu), 2.2);
    results_at_least(results, "1,000: deliveries for the CPU of ws",
                     part(results, few, "ws", "Facewire", cpu), 1.4);
    results_at_least(results, "1,000: deliveries for the CPU of nchan",
                     part(results, few, "nchan", "Facewire", cpu), 1);
    results_at_least(results, "5,000: deliveries for the CPU of nchan",
                     part(results, many, "nchan", "Facewire", cpu), 1);
    results_at_least(results, "bursts: deliveries for the CPU of nchan",
                     part(results, burst, "nchan", "Facewire", cpu), 3);
    results_at_most(results, "KB a connection",
                    results_median(results, many, "Facewire", "KB/connection"),
                    8);
}

int main(void)
{
    struct results *results = results_create(
        "fanout", "one event of 240 bytes goes to every listener, one core",
        columns, COUNT(columns));

    log_open("bench", LOG_INFO, LOG_TEXT);
    crowd_allow_descriptors();
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < COUNT(settings); i++) {
            measure_ours(results, &settings[i]);
            for (size_t k = 0; k < COUNT(contenders); k++)
                if (strcmp(contenders[k].program, "node") != 0 ||
                    peer_has("node"))
                    measure_other(results, &settings[i], &contenders[k]);
            measure_nchan(results, &settings[i]);
        }
    hold(results);
    results_finish(results);
    return EXIT_SUCCESS;
}
