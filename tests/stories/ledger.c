/*
 * ledger.c - what was seen of each job on the live API
 */
#include "ledger.h"
#include "text.h"
#include "unit.h"

void ledger_add(struct ledger *ledger, const char *job)
{
    struct tally *tally = &ledger->tallies[ledger->count];

    if (ledger->count == LEDGER_JOBS)
        fail_msg("more than %d jobs", LEDGER_JOBS);
    *tally = (struct tally){0};
    text_copy(tally->job, sizeof tally->job, job);
    ledger->count++;
}

struct tally *ledger_find(struct ledger *ledger, const char *job)
{
    for (size_t i = 0; i < ledger->count; i++)
        if (strcmp(ledger->tallies[i].job, job) == 0)
            return &ledger->tallies[i];
    return NULL;
}

static void note_once(const struct tally *tally, int *seen, const char *event)
{
    if (++*seen > 1)
        fail_msg("job %s: %s came twice", tally->job, event);
}

static void note_face(struct tally *tally, const struct json *data)
{
    int index = (int)json_get_number(data, "index", -1);

    if (index < 0 || index >= LEDGER_FACES)
        fail_msg("job %s: there is no face %d", tally->job, index);
    note_once(tally, &tally->faces[index], "search.face");
}

void ledger_note(struct ledger *ledger, const struct json *message)
{
    struct tally *tally =
        ledger_find(ledger, json_get_text(message, "job", ""));
    const char *event = json_get_text(message, "event", "");

    if (!tally)
        return;
    if (strcmp(event, "job.queued") == 0)
        note_once(tally, &tally->queued, event);
    else if (strcmp(event, "job.started") == 0)
        note_once(tally, &tally->started, event);
    else if (strcmp(event, "search.face") == 0)
        note_face(tally, json_get(message, "data"));
    else if (strcmp(event, "search.completed") == 0)
        note_once(tally, &tally->completed, event);
    else if (strcmp(event, "job.failed") == 0)
        note_once(tally, &tally->failed, event);
}

size_t ledger_completed(const struct ledger *ledger)
{
    size_t completed = 0;

    for (size_t i = 0; i < ledger->count; i++)
        completed += ledger->tallies[i].completed > 0;
    return completed;
}

void ledger_begin_anew(struct ledger *ledger)
{
    struct ledger old = *ledger;

    ledger->count = 0;
    for (size_t i = 0; i < old.count; i++)
        ledger_add(ledger, old.tallies[i].job);
}
