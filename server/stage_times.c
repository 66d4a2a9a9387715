/*
 * stage_times.c - how long the stages of jobs took, as histograms
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "stage_times.h"
#include "xalloc.h"

/* The upper bounds of the buckets: from less than one turn of a loop to what
 * nobody waits for. */
static const struct {
    int64_t us;
    const char *seconds;
} bounds[] = {
    {100, "0.0001"},  {250, "0.00025"}, {500, "0.0005"},  {1000, "0.001"},
    {2500, "0.0025"}, {5000, "0.005"},  {10000, "0.01"},  {25000, "0.025"},
    {50000, "0.05"},  {100000, "0.1"},  {250000, "0.25"}, {500000, "0.5"},
    {1000000, "1"},   {2500000, "2.5"}, {5000000, "5"},   {10000000, "10"},
    {30000000, "30"}, {60000000, "60"},
};

struct histogram {
    uint64_t counts[COUNT(bounds) + 1]; /* of each bucket alone */
    uint64_t sum_us;
};

struct stage_times {
    struct {
        bool has_any;
        struct histogram stages[STAGES];
        struct histogram whole;
    } kinds[JOB_KINDS];
};

struct stage_times *stage_times_create(void)
{
    return xcalloc(1, sizeof(struct stage_times));
}

void stage_times_destroy(struct stage_times *times)
{
    free(times);
}

/* ---- counting ---- */

static void count(struct histogram *histogram, int64_t us)
{
    size_t i = 0;

    while (i < COUNT(bounds) && us > bounds[i].us)
        i++;
    histogram->counts[i]++;
    histogram->sum_us += (uint64_t)us;
}

void stage_times_count(struct stage_times *times, enum job_kind kind,
                       const struct stages *stages)
{
    struct stage_span spans[STAGES];
    size_t span_count = stages_list(stages, spans);
    int64_t received_us = 0;

    times->kinds[kind].has_any = true;
    for (size_t i = 0; i < span_count; i++) {
        enum job_stage stage = spans[i].stage;

        count(&times->kinds[kind].stages[stage], spans[i].took_us);
        if (stage == STAGE_RECEIVED)
            received_us = spans[i].at_us;
        if (stage == STAGE_PUBLISHED)
            count(&times->kinds[kind].whole, spans[i].at_us - received_us);
    }
}

/* ---- telling ---- */

/* A series of buckets, each of which counts those before it as well, their sum
 * and their count. */
static void write_histogram(const struct histogram *histogram, const char *name,
                            const char *labels, struct buffer *out)
{
    uint64_t total = 0;

    for (size_t i = 0; i < COUNT(bounds); i++) {
        total += histogram->counts[i];
        buffer_printf(out, "%s_bucket{%s,le=\"%s\"} %" PRIu64 "\n", name,
                      labels, bounds[i].seconds, total);
    }
    total += histogram->counts[COUNT(bounds)];
    buffer_printf(out,
                  "%s_bucket{%s,le=\"+Inf\"} %" PRIu64 "\n"
                  "%s_sum{%s} %" PRIu64 ".%06" PRIu64 "\n"
                  "%s_count{%s} %" PRIu64 "\n",
                  name, labels, total, name, labels,
                  histogram->sum_us / 1000000, histogram->sum_us % 1000000,
                  name, labels, total);
}

static void write_head(struct buffer *out, const char *name,
                       const char *sentence)
{
    buffer_printf(out, "# HELP %s %s\n# TYPE %s histogram\n", name, sentence,
                  name);
}

static void write_stages(const struct stage_times *times, struct buffer *out)
{
    static const char name[] = "facewire_job_stage_seconds";
    char labels[64];

    write_head(out, name,
               "How long each stage of a job took that this server took in, "
               "from the end of the stage before.");
    for (size_t kind = 0; kind < JOB_KINDS; kind++)
        for (size_t i = 0; i < STAGES && times->kinds[kind].has_any; i++) {
            snprintf(labels, sizeof labels, "kind=\"%s\",stage=\"%s\"",
                     job_kind_name((enum job_kind)kind),
                     stage_name((enum job_stage)i));
            write_histogram(&times->kinds[kind].stages[i], name, labels, out);
        }
}

static void write_wholes(const struct stage_times *times, struct buffer *out)
{
    static const char name[] = "facewire_job_seconds";
    char labels[64];

    write_head(out, name,
               "From the whole request to the job's last event in the log, of "
               "jobs that this server took in.");
    for (size_t kind = 0; kind < JOB_KINDS; kind++)
        if (times->kinds[kind].has_any) {
            snprintf(labels, sizeof labels, "kind=\"%s\"",
                     job_kind_name((enum job_kind)kind));
            write_histogram(&times->kinds[kind].whole, name, labels, out);
        }
}

void stage_times_write(const struct stage_times *times, struct buffer *out)
{
    write_stages(times, out);
    write_wholes(times, out);
}
