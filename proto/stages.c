/*
 * stages.c - the moments of one job
 *
 * They are passed on as they are kept: numbers in the order of the stages, each
 * counted from the beginning, with nothing between the commas for one that was
 * not seen.  Redis keeps three of these texts for a job, so they are short.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "clock.h"
#include "stages.h"

static const int64_t moment_max = 4000000000000000; /* in the year 2096 */

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

char *stages_write(const struct stages *stages)
{
    struct buffer text = {0};
    size_t count = STAGES;

    if (stages->begun_us == 0)
        return buffer_take(&text);
    buffer_printf(&text, "%s,%" PRId64, stages->server, stages->begun_us);
    while (count && stages->when_us[count - 1] == 0)
        count--;
    for (size_t i = 0; i < count; i++) {
        buffer_add_byte(&text, ',');
        if (stages->when_us[i])
            buffer_printf(&text, "%" PRId64,
                          stages->when_us[i] - stages->begun_us);
    }
    return buffer_take(&text);
}

/* Reads a number; false if there is none that anybody can have meant. */
static bool read_number(const char **place, int64_t *number)
{
    char *end;

    *number = strtoll(*place, &end, 10);
    if (end == *place || *number > moment_max || *number < -moment_max)
        return false;
    *place = end;
    return true;
}

static bool read_moments(struct stages *stages, const char *place)
{
    int64_t us;

    if (*place++ != ',' || !read_number(&place, &stages->begun_us) ||
        stages->begun_us < 1)
        return false;
    for (size_t i = 0; i < STAGES && *place == ','; i++) {
        place++;
        if (*place == ',')
            continue;
        if (!read_number(&place, &us))
            return false;
        stages->when_us[i] = stages->begun_us + us;
    }
    return *place == '\0';
}

void stages_read(struct stages *stages, const char *text)
{
    size_t len = text ? strcspn(text, ",") : 0;

    *stages = (struct stages){0};
    if (!text || len >= sizeof stages->server)
        return;
    memcpy(stages->server, text, len);
    if (!read_moments(stages, text + len))
        *stages = (struct stages){0};
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
