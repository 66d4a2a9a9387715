/*
 * counters.c - what /metrics tells
 */
#include <inttypes.h>

#include "counters.h"

enum kind { COUNTER, GAUGE };

static void add(struct buffer *out, enum kind kind, const char *name,
                const char *help, int64_t value)
{
    buffer_printf(out,
                  "# HELP facewire_%s %s\n# TYPE facewire_%s %s\n"
                  "facewire_%s %" PRId64 "\n",
                  name, help, name, kind == COUNTER ? "counter" : "gauge", name,
                  value);
}

void counters_write(const struct counters *counters, struct buffer *out)
{
    buffer_add_text(out, "# HELP facewire_answers_total Answers by the first "
                         "digit of their status.\n"
                         "# TYPE facewire_answers_total counter\n");
    for (int i = 1; i < 6; i++)
        buffer_printf(out,
                      "facewire_answers_total{class=\"%dxx\"} %" PRId64 "\n", i,
                      counters->answers[i]);
    add(out, COUNTER, "uploads_total", "Pictures that came in.",
        counters->uploads);
    add(out, COUNTER, "upload_bytes_total", "Bytes of those pictures.",
        counters->upload_bytes);
    add(out, COUNTER, "jobs_accepted_total", "Jobs that were accepted.",
        counters->accepted);
    add(out, COUNTER, "events_total", "Events read from the log.",
        counters->events);
    add(out, COUNTER, "deliveries_total", "Events handed to live clients.",
        counters->deliveries);
    add(out, COUNTER, "replays_total", "Events handed to clients anew.",
        counters->replays);
    add(out, COUNTER, "gaps_total", "Times a client was told of a gap.",
        counters->gaps);
    add(out, COUNTER, "slow_closes_total", "Clients closed as slow.",
        counters->slow_closes);
    add(out, COUNTER, "coalesced_total",
        "Live results that a newer one replaced before they were read.",
        counters->coalesced);
    add(out, COUNTER, "live_frames_total", "Frames of the live lane.",
        counters->frames);
    add(out, COUNTER, "live_frames_dropped_total",
        "Frames that a newer one replaced before a worker took them.",
        counters->dropped_frames);
    add(out, GAUGE, "listeners", "Live clients now.", counters->listeners);
    add(out, GAUGE, "connections", "Connections now.", counters->connections);
}
