/*
 * pulse.c - renews leases
 */
#include <stdlib.h>
#include <string.h>

#include "pulse.h"
#include "text.h"
#include "xalloc.h"

struct pulse {
    const struct tools *tools;
    const struct roster *roster;
    unsigned part;
    struct lease *beaten; /* the leases that a beat was asked for */
    size_t beaten_count;
    bool is_beating;
};

struct pulse *pulse_create(const struct tools *tools,
                           const struct roster *roster, unsigned part)
{
    struct pulse *pulse = xcalloc(1, sizeof *pulse);

    pulse->tools = tools;
    pulse->roster = roster;
    pulse->part = part;
    return pulse;
}

void pulse_destroy(struct pulse *pulse)
{
    if (!pulse)
        return;
    free(pulse->beaten);
    free(pulse);
}

/* Each answer is the lease's entry, perhaps a new one, or "" where it is lost.
 */
static void on_beaten(void *owner, int error, const struct redis_reply *reply)
{
    struct pulse *pulse = owner;

    pulse->is_beating = false;
    for (size_t i = 0; error == 0 && i < pulse->beaten_count; i++) {
        const char *entry = redis_reply_text(redis_reply_at(reply, i));
        struct job *job = roster_find(pulse->roster, pulse->beaten[i].job.id);

        if (!job || strcmp(job_lease(job)->entry, pulse->beaten[i].entry) != 0)
            continue; /* it ended meanwhile */
        if (entry[0])
            text_copy(job_lease(job)->entry, LEASE_BYTES, entry);
        else
            job_abandon(job);
    }
}

void pulse_beat(struct pulse *pulse)
{
    const struct tools *tools = pulse->tools;
    const struct roster *roster = pulse->roster;

    if (pulse->is_beating)
        return;
    free(pulse->beaten);
    pulse->beaten = xcalloc(roster_count(roster) + 1, sizeof *pulse->beaten);
    pulse->beaten_count = 0;
    for (size_t i = 0; i < roster_count(roster); i++) {
        struct job *job = roster_at(roster, i);

        if (job_has_lease(job) &&
            queues_find(tools->queues, job_lease(job)->job.id) == pulse->part)
            pulse->beaten[pulse->beaten_count++] = *job_lease(job);
    }
    pulse->is_beating =
        queue_beat(queues_at(tools->queues, pulse->part), tools->consumer,
                   pulse->beaten, pulse->beaten_count, on_beaten,
                   pulse) == PENDING;
}
