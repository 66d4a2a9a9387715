/*
 * stages.c - the moments of one job
 *
 * They are passed on as they are kept: JSON, so that people can ask the
 * database, with every moment counted from the beginning, which keeps it short.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "clock.h"
#include "stages.h"
#include "text.h"

static const double moment_max = 4e15; /* in the year 2096 */

static const char *const names[STAGES] = {
    [STAGE_RECEIVED] = "received",   [STAGE_STORED] = "stored",
    [STAGE_INSERTED] = "inserted",   [STAGE_QUEUED] = "queued",
    [STAGE_TAKEN] = "taken",         [STAGE_RECOGNIZED] = "recognized",
    [STAGE_LOOKED_UP] = "looked_up", [STAGE_COMMITTED] = "committed",
    [STAGE_PUBLISHED] = "published", [STAGE_DELIVERED] = "delivered",
};

const char *stage_name(enum job_stage stage)
{
    return names[stage];
}

void stages_mark(struct stages *stages, enum job_stage stage)
{
    stages->when_us[stage] = clock_wall_us();
}

/* ---- passing on ---- */

/* By hand: a tree of JSON costs a few microseconds for each job. */
char *stages_write(const struct stages *stages)
{
    struct buffer text = {0};

    if (stages->begun_us == 0)
        return buffer_take(&text);
    buffer_printf(&text, "{\"server\":\"%s\",\"begun\":%" PRId64,
                  stages->server, stages->begun_us);
    for (size_t i = 0; i < STAGES; i++)
        if (stages->when_us[i])
            buffer_printf(&text, ",\"%s\":%" PRId64, names[i],
                          stages->when_us[i] - stages->begun_us);
    buffer_add_byte(&text, '}');
    return buffer_take(&text);
}

/* Whether a number is a count of microseconds that anybody can have meant. */
static bool is_moment(const struct json *number)
{
    return json_is_number(number) && fabs(json_number(number)) < moment_max;
}

static void read_moments(struct stages *stages, const struct json *document)
{
    const struct json *begun = json_get(document, "begun");

    if (!is_moment(begun) || json_number(begun) < 1)
        return;
    stages->begun_us = (int64_t)json_number(begun);
    text_copy(stages->server, sizeof stages->server,
              json_get_text(document, "server", ""));
    for (size_t i = 0; i < STAGES; i++) {
        const struct json *moment = json_get(document, names[i]);

        if (is_moment(moment))
            stages->when_us[i] =
                stages->begun_us + (int64_t)json_number(moment);
    }
}

void stages_read(struct stages *stages, const char *text)
{
    struct json *document = text ? json_parse(text, strlen(text)) : NULL;

    *stages = (struct stages){0};
    if (document)
        read_moments(stages, document);
    json_destroy(document);
}

void stages_read_stamped(struct stages *stages, enum job_stage stage,
                         const char *text)
{
    char *rest;
    int64_t when_us = strtoll(text, &rest, 10);

    stages_read(stages, rest);
    if (stages->begun_us)
        stages->when_us[stage] = when_us;
}

/* ---- telling ---- */

size_t stages_list(const struct stages *stages,
                   struct stage_span spans[static STAGES])
{
    int64_t before_us = 0;
    size_t count = 0;

    for (size_t i = 0; i < STAGES && stages->begun_us; i++) {
        int64_t at_us = stages->when_us[i] - stages->begun_us;

        if (stages->when_us[i] == 0)
            continue;
        at_us = at_us < before_us ? before_us : at_us;
        spans[count++] =
            (struct stage_span){(enum job_stage)i, at_us, at_us - before_us};
        before_us = at_us;
    }
    return count;
}

struct json *stages_json(const struct stages *stages)
{
    struct stage_span spans[STAGES];
    size_t count = stages_list(stages, spans);
    struct json *list = json_array();

    for (size_t i = 0; i < count; i++) {
        struct json *object = json_append(list, json_object());

        json_add_text(object, "name", names[spans[i].stage]);
        json_add_number(object, "at_us", (double)spans[i].at_us);
        json_add_number(object, "took_us", (double)spans[i].took_us);
    }
    return list;
}
