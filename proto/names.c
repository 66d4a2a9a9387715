/*
 * names.c - the words of the conversations
 */
#include <string.h>

#include "names.h"

static const struct {
    const char *name;
    const char *done_event;
    const char *topic;
} kinds[JOB_KINDS] = {
    [JOB_ENROLL] = {"enroll", "person.enrolled", "people"},
    [JOB_SEARCH] = {"search", "search.completed", "searches"},
    [JOB_ANALYZE] = {"analyze", "analysis.completed", NULL},
    [JOB_COMPARE] = {"compare", "comparison.completed", NULL},
    [JOB_ERASE] = {"erase", "person.erased", "people"},
};
static const char *const statuses[JOB_STATUSES] = {
    [JOB_QUEUED] = "queued", [JOB_RUNNING] = "running", [JOB_DONE] = "done",
    [JOB_FAILED] = "failed", [JOB_DEAD] = "dead",
};
static const char *const priorities[PRIORITIES] = {
    [PRIORITY_INTERACTIVE] = "interactive", [PRIORITY_BACKFILL] = "backfill"};

const char *job_kind_name(enum job_kind kind)
{
    return kinds[kind].name;
}

const char *job_status_name(enum job_status status)
{
    return statuses[status];
}

const char *priority_name(enum priority priority)
{
    return priorities[priority];
}

bool job_kind_find(const char *name, enum job_kind *kind)
{
    for (int i = 0; i < JOB_KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *kind = (enum job_kind)i;
            return true;
        }
    }
    return false;
}

/* The index of a word in a list; -1 if it is not there. */
static int find(const char *const *words, int count, const char *word)
{
    for (int i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

bool job_status_find(const char *name, enum job_status *status)
{
    int index = find(statuses, JOB_STATUSES, name);

    *status = (enum job_status)(index < 0 ? 0 : index);
    return index >= 0;
}

bool priority_find(const char *name, enum priority *priority)
{
    int index = find(priorities, PRIORITIES, name);

    *priority = (enum priority)(index < 0 ? 0 : index);
    return index >= 0;
}

const char *job_kind_done_event(enum job_kind kind)
{
    return kinds[kind].done_event;
}

bool event_is_last(const char *name)
{
    if (strcmp(name, "job.failed") == 0)
        return true;
    for (int kind = 0; kind < JOB_KINDS; kind++)
        if (strcmp(name, kinds[kind].done_event) == 0)
            return true;
    return false;
}

const char *job_kind_topic(enum job_kind kind)
{
    return kinds[kind].topic;
}
