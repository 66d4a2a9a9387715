#pragma once

/*
 * Entries of an event log, as tests make them: the offset is all that tells
 * them apart.
 */
#include "unit.h"

#include "event_log.h"
#include "window.h"
#include "xalloc.h"

static inline struct offset offset_at(const char *epoch, uint64_t ms)
{
    struct offset offset = {.ms = ms};

    snprintf(offset.epoch, sizeof offset.epoch, "%s", epoch);
    return offset;
}

static inline struct log_entry *entry_make(uint64_t ms, const char *topic,
                                           const char *name, const char *job,
                                           size_t bytes)
{
    struct log_entry *entry = xcalloc(1, sizeof *entry);

    entry->offset = offset_at("log", ms);
    entry->topic = xstrdup(topic);
    entry->name = xstrdup(name);
    entry->job = xstrdup(job);
    entry->data = xstrdup("{}");
    entry->frame = frame_text("{}", 2);
    entry->bytes = bytes;
    return entry;
}
