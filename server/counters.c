/*
 * counters.c - what /metrics tells
 */
#include <inttypes.h>

#include "counters.h"
#include "figures.h"

void counters_write(const struct counters *counters, struct buffer *out)
{
    figures_begin(out, FIGURE_COUNTER, "facewire_answers_total",
                  "Answers by the first digit of their status.");
    for (int i = 1; i < 6; i++)
        buffer_printf(out,
                      "facewire_answers_total{class=\"%dxx\"} %" PRId64 "\n", i,
                      counters->answers[i]);
    figures_add_family(out, FIGURE_COUNTER, "facewire_uploads_total",
                       "Pictures that came in.", counters->uploads);
    figures_add_family(out, FIGURE_COUNTER, "facewire_upload_bytes_total",
                       "Bytes of those pictures.", counters->upload_bytes);
    figures_add_family(out, FIGURE_COUNTER, "facewire_jobs_accepted_total",
                       "Jobs that were accepted.", counters->accepted);
    figures_add_family(out, FIGURE_COUNTER, "facewire_events_total",
                       "Events read from the log.", counters->events);
    figures_add_family(out, FIGURE_COUNTER, "facewire_deliveries_total",
                       "Events handed to live clients.", counters->deliveries);
    figures_add_family(out, FIGURE_COUNTER, "facewire_replays_total",
                       "Events handed to clients anew.", counters->replays);
    figures_add_family(out, FIGURE_COUNTER, "facewire_gaps_total",
                       "Times a client was told of a gap.", counters->gaps);
    figures_add_family(out, FIGURE_COUNTER, "facewire_slow_closes_total",
                       "Clients closed as slow.", counters->slow_closes);
    figures_add_family(
        out, FIGURE_COUNTER, "facewire_coalesced_total",
        "Live results that a newer one replaced before they were read.",
        counters->coalesced);
    figures_add_family(out, FIGURE_COUNTER, "facewire_live_frames_total",
                       "Frames of the live lane.", counters->frames);
    figures_add_family(
        out, FIGURE_COUNTER, "facewire_live_frames_dropped_total",
        "Frames that a newer one replaced before a worker took them.",
        counters->dropped_frames);
    figures_add_family(out, FIGURE_GAUGE, "facewire_listeners",
                       "Live clients now.", counters->listeners);
    figures_add_family(out, FIGURE_GAUGE, "facewire_connections",
                       "Connections now.", counters->connections);
}
