/*
 * stage_times.c - how long the stages of jobs took, as histograms
 */
#include <stdio.h>
#include <stdlib.h>

#include "figures.h"
#include "histogram.h"
#include "stage_times.h"
#include "xalloc.h"

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

void stage_times_count(struct stage_times *times, enum job_kind kind,
                       const struct stages *stages)
{
    struct stage_span spans[STAGES];
    size_t span_count = stages_list(stages, spans);
    int64_t received_us = 0;

    times->kinds[kind].has_any = true;
    for (size_t i = 0; i < span_count; i++) {
        enum job_stage stage = spans[i].stage;

        histogram_count(&times->kinds[kind].stages[stage], spans[i].took_us);
        if (stage == STAGE_RECEIVED)
            received_us = spans[i].at_us;
        if (stage == STAGE_PUBLISHED)
            histogram_count(&times->kinds[kind].whole,
                            spans[i].at_us - received_us);
    }
}

/* ---- telling ---- */

static void write_stages(const struct stage_times *times, struct buffer *out)
{
    static const char name[] = "facewire_job_stage_seconds";
    char labels[64];

    figures_begin(out, FIGURE_HISTOGRAM, name,
                  "How long each stage of a job took that this server took in, "
                  "from the end of the stage before.");
    for (size_t kind = 0; kind < JOB_KINDS; kind++)
        for (size_t i = 0; i < STAGES && times->kinds[kind].has_any; i++) {
            snprintf(labels, sizeof labels, "kind=\"%s\",stage=\"%s\"",
                     job_kind_name((enum job_kind)kind),
                     stage_name((enum job_stage)i));
            histogram_write(&times->kinds[kind].stages[i], name, labels, out);
        }
}

static void write_wholes(const struct stage_times *times, struct buffer *out)
{
    static const char name[] = "facewire_job_seconds";
    char labels[64];

    figures_begin(
        out, FIGURE_HISTOGRAM, name,
        "From the whole request to the job's last event in the log, of "
        "jobs that this server took in.");
    for (size_t kind = 0; kind < JOB_KINDS; kind++)
        if (times->kinds[kind].has_any) {
            snprintf(labels, sizeof labels, "kind=\"%s\"",
                     job_kind_name((enum job_kind)kind));
            histogram_write(&times->kinds[kind].whole, name, labels, out);
        }
}

void stage_times_write(const struct stage_times *times, struct buffer *out)
{
    write_stages(times, out);
    write_wholes(times, out);
}
