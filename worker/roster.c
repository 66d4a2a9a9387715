/*
 * roster.c - the jobs under way
 */
#include <stdlib.h>
#include <string.h>

#include "roster.h"
#include "xalloc.h"

struct roster {
    size_t most;
    size_t count;
    struct job *jobs[];
};

struct roster *roster_create(size_t most)
{
    struct roster *roster =
        xcalloc(1, sizeof *roster + most * sizeof roster->jobs[0]);

    roster->most = most;
    return roster;
}

void roster_destroy(struct roster *roster)
{
    free(roster);
}

void roster_add(struct roster *roster, struct job *job)
{
    assert(roster->count < roster->most);
    roster->jobs[roster->count++] = job;
}

void roster_remove(struct roster *roster, const struct job *job)
{
    size_t i = 0;

    while (roster->jobs[i] != job)
        i++;
    roster->jobs[i] = roster->jobs[--roster->count];
}

size_t roster_count(const struct roster *roster)
{
    return roster->count;
}

struct job *roster_at(const struct roster *roster, size_t index)
{
    return roster->jobs[index];
}

struct job *roster_find(const struct roster *roster, const char *id)
{
    for (size_t i = 0; i < roster->count; i++) {
        struct job *job = roster->jobs[i];

        if (job_has_lease(job) && strcmp(job_lease(job)->job.id, id) == 0)
            return job;
    }
    return NULL;
}
