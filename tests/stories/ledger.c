/*
 * ledger.c - what was seen of each job on the live API
 */
#include "ledger.h"
#include "talk.h"
#include "text.h"
#include "unit.h"

enum { GROWTH = 256, MESSAGE_MS = 60000 };

static struct tally *append(struct ledger *ledger, const char *job)
{
    struct tally *tally;

    if (ledger->count % GROWTH == 0) {
        ledger->tallies = realloc(ledger->tallies, (ledger->count + GROWTH) *
                                                       sizeof *ledger->tallies);
        assert_non_null(ledger->tallies);
    }
    tally = &ledger->tallies[ledger->count++];
    *tally = (struct tally){0};
    text_copy(tally->job, sizeof tally->job, job);
    return tally;
}

void ledger_finish(struct ledger *ledger)
{
    free(ledger->tallies);
    *ledger = (struct ledger){0};
}

void ledger_add(struct ledger *ledger, const char *job)
{
    struct tally *tally = ledger_find(ledger, job);

    if (!tally)
        tally = append(ledger, job);
    tally->is_expected = true;
}

void ledger_search(struct ledger *ledger, int port, const char *photo)
{
    struct json *job = talk_search(port, photo);

    ledger_add(ledger, json_get_text(job, "id", ""));
    json_destroy(job);
}

/* Whoever asks mostly means one of the newest. */
struct tally *ledger_find(struct ledger *ledger, const char *job)
{
    for (size_t i = ledger->count; i-- > 0;)
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
    const char *job = json_get_text(message, "job", "");
    const char *event = json_get_text(message, "event", "");
    struct tally *tally = ledger_find(ledger, job);

    if (!tally && job[0] && ledger->takes_all)
        tally = append(ledger, job);
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

void ledger_hear(struct ledger *ledger, struct live *live, int quiet_ms,
                 ledger_gap_fn *on_gap)
{
    while (live_has(live, quiet_ms)) {
        struct json *message = live_next(live, MESSAGE_MS);

        if (!message)
            fail_msg("the live connection ended");
        if (!live_is(message, "type", "gap"))
            ledger_note(ledger, message);
        else if (on_gap)
            on_gap(ledger, message);
        else
            fail_msg("there is a gap");
        json_destroy(message);
    }
}

size_t ledger_completed(const struct ledger *ledger)
{
    size_t completed = 0;

    for (size_t i = 0; i < ledger->count; i++)
        completed += ledger->tallies[i].completed > 0;
    return completed;
}

size_t ledger_open(const struct ledger *ledger)
{
    size_t open = 0;

    for (size_t i = 0; i < ledger->count; i++) {
        const struct tally *tally = &ledger->tallies[i];

        open +=
            tally->is_expected && !tally->is_fetched && tally->completed == 0;
    }
    return open;
}

size_t ledger_unexpected(const struct ledger *ledger)
{
    size_t unexpected = 0;

    for (size_t i = 0; i < ledger->count; i++)
        unexpected += !ledger->tallies[i].is_expected;
    return unexpected;
}

void tally_begin_anew(struct tally *tally)
{
    struct tally fresh = {.is_expected = tally->is_expected,
                          .is_fetched = tally->is_fetched};

    memcpy(fresh.job, tally->job, sizeof fresh.job);
    *tally = fresh;
}

void ledger_begin_anew(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++)
        tally_begin_anew(&ledger->tallies[i]);
}

void ledger_fetch(struct ledger *ledger, int port)
{
    ledger_begin_anew(ledger);
    for (size_t i = 0; i < ledger->count; i++)
        ledger->tallies[i].is_fetched =
            talk_is_done(port, ledger->tallies[i].job);
}
