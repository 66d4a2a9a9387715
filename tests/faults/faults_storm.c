/*
 * faults_storm.c - all live clients are cut off in the same moment
 *
 * As when a network fails: they come back within the second that chance spreads
 * them over, all from one address, while events go on.  Each hears every event
 * once, all are back soon, and Redis hardly notices, since servers keep the
 * newest events in memory.
 */
#include "unit.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "raw_client.h"
#include "scene.h"
#include "swarm.h"
#include "xalloc.h"

enum {
    CLIENTS = 500,
    LONG_CLIENTS = 5000,
    STORMS = 2,
    LONG_STORMS = 5,
    QUIET_MS = 3000, /* before a storm, to know what is usual */
    PUBLISH_MS = 50, /* of 500 clients; of more it is longer */
    TURN_MS = 20,
    JITTER_MS = 1000,
    BACK_MS = 3000,
    END_MS = 30000,
    REDIS_TIMES = 2,
    DESCRIPTORS = 12000,
};

static struct stack stack;
static struct swarm *swarm;
static int redis = -1;
static uint64_t published;

static size_t clients(void)
{
    return scene_is_long() ? LONG_CLIENTS : CLIENTS;
}

static int start(void **state)
{
    struct rlimit limit = {DESCRIPTORS, DESCRIPTORS};

    (void)state;
    setrlimit(RLIMIT_NOFILE, &limit);
    setenv("FACEWIRE_LISTENERS", "6000", 1);
    setenv("FACEWIRE_ADDRESS_LISTENERS", "6000", 1);
    setenv("FACEWIRE_ADDRESS_CONNECTIONS", "6000", 1);
    stack_start(&stack);
    redis = raw_connect(stack.redis.port);
    swarm = swarm_open(stack.port, clients());
    return 0;
}

static int stop(void **state)
{
    (void)state;
    swarm_close(swarm);
    close(redis);
    stack_stop(&stack);
    return 0;
}

static void publish(void)
{
    char replies[4096];
    char *command = xprintf(
        "FCALL facewire_progress 1 facewire:{0}: "
        "0199c1de-7f3a-7000-8000-0123456789ab 1 search.face:%llu searches "
        "'{\"number\":%llu}' 100000\r\n",
        (unsigned long long)published, (unsigned long long)published);

    published++;
    if (!raw_say(redis, command))
        fail_msg("Redis is away");
    while (recv(redis, replies, sizeof replies, MSG_DONTWAIT) > 0)
        ;
    free(command);
}

/* Goes on for so long, or until all are there and have heard everything; how
 * long that took. */
static int64_t go_on(int limit_ms, bool until_all_are_back)
{
    int64_t each_ms = (int64_t)(PUBLISH_MS * clients() / CLIENTS);
    int64_t start_ms = clock_steady_ms();
    int64_t next_ms = start_ms;
    int64_t took_ms = 0;

    while (took_ms < limit_ms) {
        if (clock_steady_ms() >= next_ms) {
            publish();
            next_ms += each_ms;
        }
        swarm_run(swarm, TURN_MS);
        took_ms = clock_steady_ms() - start_ms;
        if (until_all_are_back && swarm_present(swarm) == clients())
            break;
    }
    return took_ms;
}

/* Commands a second while we go on. */
static double commands_while(int limit_ms, bool until_all_are_back,
                             int64_t *took_ms)
{
    static const char figure[] = "total_commands_processed:";
    long long before = redis_server_figure(&stack.redis, figure);

    *took_ms = go_on(limit_ms, until_all_are_back);
    return (double)(redis_server_figure(&stack.redis, figure) - before) * 1000 /
           (double)*took_ms;
}

static void all_hear_everything(void)
{
    int64_t end_ms = clock_steady_ms() + END_MS;

    while (swarm_heard(swarm) < published)
        if (clock_steady_ms() > end_ms)
            fail_msg("somebody heard %llu of %llu events",
                     (unsigned long long)swarm_heard(swarm),
                     (unsigned long long)published);
        else
            swarm_run(swarm, TURN_MS);
}

static void one_storm(void)
{
    int64_t took_ms;
    double usual = commands_while(QUIET_MS, false, &took_ms);
    double meanwhile;

    swarm_cut(swarm);
    meanwhile = commands_while(END_MS, true, &took_ms);
    print_message("%zu clients were back after %lld ms; Redis had %.0f "
                  "commands a second, %.0f before; %zu attempts failed\n",
                  swarm_present(swarm), (long long)took_ms, meanwhile, usual,
                  swarm_failures(swarm));
    assert_in_range(took_ms, 0, JITTER_MS + BACK_MS);
    assert_true(meanwhile <= REDIS_TIMES * usual);
}

static void everybody_is_back_and_has_missed_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < (scene_is_long() ? LONG_STORMS : STORMS); i++)
        one_storm();
    all_hear_everything();
    assert_int_equal(swarm_failures(swarm), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_is_back_and_has_missed_nothing),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
