/*
 * results.c - what a bench found
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "results.h"
#include "sample.h"
#include "xalloc.h"

enum { ROWS_MAX = 64 };

struct row {
    size_t place;  /* of the setting */
    size_t serial; /* of the row */
    char *setting;
    char *who;
    struct sample columns[RESULTS_COLUMNS_MAX];
    struct sample foreign;
};

struct results {
    const char *bench;
    const char *about;
    const char *const *columns;
    size_t column_count;
    struct row rows[ROWS_MAX];
    size_t row_count;
    struct json *bars;
};

struct results *results_create(const char *bench, const char *about,
                               const char *const *columns, size_t count)
{
    struct results *results = xcalloc(1, sizeof *results);

    assert(count <= RESULTS_COLUMNS_MAX);
    results->bench = bench;
    results->about = about;
    results->columns = columns;
    results->column_count = count;
    results->bars = json_array();
    return results;
}

static struct row *find(const struct results *results, const char *setting,
                        const char *who)
{
    for (size_t i = 0; i < results->row_count; i++)
        if (strcmp(results->rows[i].setting, setting) == 0 &&
            strcmp(results->rows[i].who, who) == 0)
            return (struct row *)&results->rows[i];
    return NULL;
}

void results_add(struct results *results, const char *setting, const char *who,
                 const double *values, double foreign)
{
    struct row *row = find(results, setting, who);

    if (!row) {
        assert(results->row_count < ROWS_MAX);
        row = &results->rows[results->row_count++];
        row->serial = row->place = results->row_count;
        for (size_t i = 0; i < results->row_count - 1; i++)
            if (strcmp(results->rows[i].setting, setting) == 0)
                row->place = results->rows[i].place;
        row->setting = xstrdup(setting);
        row->who = xstrdup(who);
    }
    for (size_t i = 0; i < results->column_count; i++)
        if (!isnan(values[i]))
            sample_add(&row->columns[i], values[i]);
    sample_add(&row->foreign, foreign);
    fprintf(stderr, "  %s, %s:", setting, who);
    for (size_t i = 0; i < results->column_count; i++)
        if (!isnan(values[i]))
            fprintf(stderr, " %s %.4g", results->columns[i], values[i]);
    fprintf(stderr, " (foreign %.0f %%)\n", foreign);
}

static double median(struct sample *sample)
{
    return sample->count ? sample_at(sample, 0.5) : NAN;
}

double results_median(const struct results *results, const char *setting,
                      const char *who, const char *column)
{
    struct row *row = find(results, setting, who);

    for (size_t i = 0; row && i < results->column_count; i++)
        if (strcmp(results->columns[i], column) == 0)
            return median(&row->columns[i]);
    return NAN;
}

static void hold(struct results *results, const char *what, double value,
                 double bar, bool is_least)
{
    struct json *held;

    if (isnan(value))
        return; /* a contender was not there */
    held = json_append(results->bars, json_object());
    json_add_text(held, "what", what);
    json_add_number(held, "value", value);
    json_add_number(held, "bar", bar);
    json_add_text(held, "side", is_least ? "at least" : "at most");
    json_add_bool(held, "holds", is_least ? value >= bar : value <= bar);
}

void results_at_least(struct results *results, const char *what, double value,
                      double bar)
{
    hold(results, what, value, bar, true);
}

void results_at_most(struct results *results, const char *what, double value,
                     double bar)
{
    hold(results, what, value, bar, false);
}

/* ---- at the end ---- */

static void print_value(double value)
{
    if (isnan(value))
        printf(" %14s", "-");
    else
        printf(" %14.*f", value >= 1000 ? 0 : value >= 10 ? 1 : 3, value);
}

/* In the order in which settings came. */
static int by_setting(const void *one, const void *other)
{
    const struct row *a = one, *b = other;

    return a->place != b->place
               ? (a->place > b->place) - (a->place < b->place)
               : (a->serial > b->serial) - (a->serial < b->serial);
}

static void print_rows(struct results *results)
{
    const char *setting = "";

    printf("\n%s: %s\n", results->bench, results->about);
    for (size_t i = 0; i < results->row_count; i++) {
        struct row *row = &results->rows[i];

        if (strcmp(setting, row->setting) != 0) {
            setting = row->setting;
            printf("\n%-26s", setting);
            for (size_t k = 0; k < results->column_count; k++)
                printf(" %14s", results->columns[k]);
            printf(" %10s\n", "foreign %");
        }
        printf("  %-24s", row->who);
        for (size_t k = 0; k < results->column_count; k++)
            print_value(median(&row->columns[k]));
        printf(" %10.0f\n", median(&row->foreign));
    }
}

static void print_bars(const struct results *results)
{
    printf("\n");
    for (const struct json *bar = json_first(results->bars); bar;
         bar = json_next(bar))
        printf("  %-6s %s: %.3g (%s %.3g)\n",
               json_get_bool(bar, "holds", false) ? "holds" : "MISSES",
               json_get_text(bar, "what", ""), json_get_number(bar, "value", 0),
               json_get_text(bar, "side", ""), json_get_number(bar, "bar", 0));
    fflush(stdout);
}

static void add_number_or_null(struct json *object, const char *name,
                               double number)
{
    if (isnan(number))
        json_add_null(object, name);
    else
        json_add_number(object, name, number);
}

static struct json *row_json(struct results *results, struct row *row)
{
    struct json *object = json_object();
    struct json *values = json_object();

    json_add_text(object, "setting", row->setting);
    json_add_text(object, "who", row->who);
    json_add_number(object, "rounds", (double)row->foreign.count);
    json_add_number(object, "foreign", median(&row->foreign));
    for (size_t i = 0; i < results->column_count; i++) {
        struct sample *sample = &row->columns[i];
        struct json *value =
            json_add(values, results->columns[i], json_object());

        add_number_or_null(value, "median", median(sample));
        add_number_or_null(value, "least",
                           sample->count ? sample_at(sample, 0) : NAN);
        add_number_or_null(value, "most",
                           sample->count ? sample_at(sample, 1) : NAN);
    }
    json_add(object, "values", values);
    return object;
}

static void write_json(struct results *results)
{
    struct json *document = json_object();
    struct json *rows = json_array();
    char *path = xprintf("%s.json", results->bench);
    char time[CLOCK_TEXT_BYTES];
    FILE *file = fopen(path, "we");
    char *text;

    clock_text(clock_wall_ms(), time);
    json_add_text(document, "bench", results->bench);
    json_add_text(document, "about", results->about);
    json_add_text(document, "time", time);
    for (size_t i = 0; i < results->row_count; i++)
        json_append(rows, row_json(results, &results->rows[i]));
    json_add(document, "rows", rows);
    json_add(document, "bars", results->bars);
    text = json_print_and_destroy(document);
    if (!file || fprintf(file, "%s\n", text) < 0 || fclose(file) != 0)
        fatal("%s cannot be written", path);
    free(text);
    free(path);
}

void results_finish(struct results *results)
{
    qsort(results->rows, results->row_count, sizeof *results->rows, by_setting);
    print_rows(results);
    print_bars(results);
    write_json(results);
    for (size_t i = 0; i < results->row_count; i++) {
        struct row *row = &results->rows[i];

        for (size_t k = 0; k < results->column_count; k++)
            sample_finish(&row->columns[k]);
        sample_finish(&row->foreign);
        free(row->setting);
        free(row->who);
    }
    free(results);
}
