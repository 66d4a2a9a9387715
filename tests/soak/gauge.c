/*
 * gauge.c - what the parts of a stack hold of the machine
 */
#include "gauge.h"
#include "clock.h"
#include "process_share.h"
#include "unit.h"
#include "xalloc.h"

enum { GROWTH = 256 };

/* What Redis may grow by for each key: it remembers every job for a day, so
 * that nothing is told twice, and has nothing else that grows. */
static const double KEY_BYTES_MOST = 700;

static const double FLAT = 1.02;

static const char *const names[GAUGED_PARTS] = {"server", "worker", "engine"};

static pid_t pid_of(const struct stack *stack, enum gauged part)
{
    const pid_t pids[GAUGED_PARTS] = {stack->server.pid, stack->worker.pid,
                                      stack->engine.pid};

    return pids[part];
}

struct look gauge_glance(const struct stack *stack)
{
    struct look look = {0};

    for (enum gauged i = 0; i < GAUGED_PARTS; i++) {
        look.kilobytes[i] = process_kilobytes(pid_of(stack, i));
        look.own_kilobytes[i] = process_own_kilobytes(pid_of(stack, i));
        look.descriptors[i] = process_descriptors(pid_of(stack, i));
        look.threads[i] = process_threads(pid_of(stack, i));
    }
    look.redis_bytes = redis_server_figure(&stack->redis, "used_memory:");
    look.redis_keys = redis_server_figure(&stack->redis, "db0:keys=");
    look.mariadb_kilobytes = process_kilobytes(stack->mariadb.child.pid);
    return look;
}

void gauge_open(struct gauge *gauge, const struct stack *stack)
{
    *gauge = (struct gauge){.stack = stack,
                            .csv = fopen("soak.csv", "we"),
                            .start_ms = clock_steady_ms()};
    if (!gauge->csv)
        fail_msg("soak.csv cannot be written");
    fprintf(gauge->csv, "seconds,acts,jobs");
    for (enum gauged i = 0; i < GAUGED_PARTS; i++)
        fprintf(gauge->csv, ",%s_kb,%s_own_kb,%s_descriptors,%s_threads",
                names[i], names[i], names[i], names[i]);
    fprintf(gauge->csv, ",redis_bytes,redis_keys,mariadb_kb\n");
}

void gauge_finish(struct gauge *gauge)
{
    fclose(gauge->csv);
    free(gauge->looks);
}

void gauge_look(struct gauge *gauge, size_t acts, size_t jobs)
{
    struct look *look;

    if (gauge->count % GROWTH == 0)
        gauge->looks = xrealloc(gauge->looks,
                                (gauge->count + GROWTH) * sizeof *gauge->looks);
    look = &gauge->looks[gauge->count++];
    *look = gauge_glance(gauge->stack);
    fprintf(gauge->csv, "%lld,%zu,%zu",
            (long long)(clock_steady_ms() - gauge->start_ms) / 1000, acts,
            jobs);
    for (enum gauged i = 0; i < GAUGED_PARTS; i++)
        fprintf(gauge->csv, ",%zu,%zu,%zu,%zu", look->kilobytes[i],
                look->own_kilobytes[i], look->descriptors[i], look->threads[i]);
    fprintf(gauge->csv, ",%lld,%lld,%zu\n", look->redis_bytes, look->redis_keys,
            look->mariadb_kilobytes);
    fflush(gauge->csv);
}

/* ---- verdicts ---- */

static double kilobytes_of(const struct look *look, int part)
{
    return (double)look->kilobytes[part];
}

static double own_kilobytes_of(const struct look *look, int part)
{
    return (double)look->own_kilobytes[part];
}

static double redis_bytes_of(const struct look *look, int part)
{
    (void)part;
    return (double)look->redis_bytes;
}

static double redis_keys_of(const struct look *look, int part)
{
    (void)part;
    return (double)look->redis_keys;
}

/* The mean over a quarter, counted from 0. */
static double mean(const struct gauge *gauge, size_t quarter,
                   double (*of)(const struct look *look, int part), int part)
{
    size_t first = quarter * gauge->count / 4;
    size_t end = (quarter + 1) * gauge->count / 4;
    double sum = 0;

    for (size_t i = first; i < end; i++)
        sum += of(&gauge->looks[i], part);
    return end > first ? sum / (double)(end - first) : 0;
}

bool gauge_is_flat(const struct gauge *gauge)
{
    double bytes =
        mean(gauge, 3, redis_bytes_of, 0) - mean(gauge, 1, redis_bytes_of, 0);
    double keys =
        mean(gauge, 3, redis_keys_of, 0) - mean(gauge, 1, redis_keys_of, 0);
    bool is_flat = bytes <= keys * KEY_BYTES_MOST;

    for (int i = 0; i < GAUGED_PARTS; i++) {
        double second = mean(gauge, 1, kilobytes_of, i);
        double last = mean(gauge, 3, kilobytes_of, i);

        print_message("%s: %.0f KB in the second quarter, %.0f KB in the last, "
                      "%+.1f %%; without files %.0f and %.0f KB\n",
                      names[i], second, last, 100 * (last / second - 1),
                      mean(gauge, 1, own_kilobytes_of, i),
                      mean(gauge, 3, own_kilobytes_of, i));
        is_flat = is_flat && last <= FLAT * second;
    }
    print_message("redis: %+.0f KB from the second quarter to the last, and "
                  "%+.0f keys: %.0f bytes for each\n",
                  bytes / 1024, keys, keys > 0 ? bytes / keys : 0);
    return is_flat;
}

bool gauge_is_back(const struct look *now, const struct look *before)
{
    bool is_back = true;

    for (int i = 0; i < GAUGED_PARTS; i++) {
        print_message("%s: %zu descriptors and %zu threads, %zu and %zu "
                      "before\n",
                      names[i], now->descriptors[i], now->threads[i],
                      before->descriptors[i], before->threads[i]);
        is_back = is_back && now->descriptors[i] <= before->descriptors[i] &&
                  now->threads[i] <= before->threads[i];
    }
    return is_back;
}
