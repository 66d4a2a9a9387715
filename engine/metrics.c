/*
 * metrics.c - what GET /metrics tells
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "figures.h"
#include "histogram.h"
#include "metrics.h"
#include "operations.h"
#include "processor.h"
#include "xalloc.h"

enum { LABELS_BYTES = 192, FRESH_MS = 100 };

struct metrics {
    /* In the order of the operations; the last row is for what names none. */
    struct row {
        uint64_t answers[EXCEPTIONS];
        struct histogram took;
    } * rows;
    struct buffer text; /* as it was last told */
    int64_t fresh_until_ms;
};

struct metrics *metrics_create(void)
{
    struct metrics *metrics = xcalloc(1, sizeof *metrics);

    metrics->rows = xcalloc(operations_count() + 1, sizeof *metrics->rows);
    return metrics;
}

void metrics_destroy(struct metrics *metrics)
{
    if (!metrics)
        return;
    buffer_finish(&metrics->text);
    free(metrics->rows);
    free(metrics);
}

/* ---- counting ---- */

static bool are_alike(enum exception one, enum exception other)
{
    return strcmp(exception_name(one), exception_name(other)) == 0 &&
           exception_status(one) == exception_status(other);
}

/* Several of ours are one to a client: they are counted as the first. */
static enum exception first_alike(enum exception exception)
{
    enum exception first = exception;

    for (enum exception i = EXCEPTION_NONE + 1; i < exception; i++)
        if (first == exception && are_alike(i, exception))
            first = i;
    return first;
}

void metrics_count(struct metrics *metrics, const struct operation *operation,
                   enum exception exception, int64_t took_us)
{
    size_t place = 0;
    struct row *row;

    while (place < operations_count() && operations_at(place) != operation)
        place++;
    row = &metrics->rows[place];
    row->answers[first_alike(exception)]++;
    if (operation)
        histogram_count(&row->took, took_us);
}

/* ---- telling ---- */

static void write_answers(const struct metrics *metrics, struct buffer *out)
{
    static const char name[] = "facewire_engine_requests_total";
    char labels[LABELS_BYTES];

    figures_begin(out, FIGURE_COUNTER, name,
                  "Answers by operation, code and status; operation none: "
                  "refused before it was known.");
    for (size_t i = 0; i <= operations_count(); i++)
        for (enum exception code = 0; code < EXCEPTIONS; code++) {
            bool is_good = code == EXCEPTION_NONE;

            snprintf(labels, sizeof labels,
                     "operation=\"%s\",code=\"%s\",status=\"%d\"",
                     i < operations_count() ? operations_at(i)->name : "none",
                     is_good ? "OK" : exception_name(code),
                     is_good ? 200 : exception_status(code));
            if (metrics->rows[i].answers[code])
                figures_add(out, name, labels,
                            (int64_t)metrics->rows[i].answers[code]);
        }
}

static void write_latencies(const struct metrics *metrics, struct buffer *out)
{
    static const char name[] = "facewire_engine_request_seconds";
    char labels[LABELS_BYTES];

    figures_begin(out, FIGURE_HISTOGRAM, name,
                  "From the whole request to its answer.");
    for (size_t i = 0; i < operations_count(); i++) {
        snprintf(labels, sizeof labels, "operation=\"%s\"",
                 operations_at(i)->name);
        if (histogram_total(&metrics->rows[i].took))
            histogram_write(&metrics->rows[i].took, name, labels, out);
    }
}

static void write_photos(const struct recognizer *recognizer,
                         struct buffer *out)
{
    static const char total[] = "facewire_engine_photos_total";
    static const char seconds[] = "facewire_engine_photo_seconds";
    const struct recognizer_times *times = recognizer_times(recognizer);

    figures_begin(out, FIGURE_COUNTER, total,
                  "Photos by what became of them; late: they waited too long.");
    figures_add(out, total, "result=\"recognized\"",
                (int64_t)times->recognized);
    figures_add(out, total, "result=\"refused\"", (int64_t)times->refused);
    figures_add(out, total, "result=\"late\"", (int64_t)times->late);
    figures_add(out, total, "result=\"failed\"", (int64_t)times->failed);
    figures_add_family(out, FIGURE_COUNTER, "facewire_engine_faces_found_total",
                       "Faces found in photos.", (int64_t)times->faces);
    figures_begin(out, FIGURE_HISTOGRAM, seconds,
                  "How long each step of a photo took; embed: everything about "
                  "its faces, where there is one.");
    histogram_write(&times->wait, seconds, "step=\"wait\"", out);
    histogram_write(&times->decode, seconds, "step=\"decode\"", out);
    histogram_write(&times->detect, seconds, "step=\"detect\"", out);
    histogram_write(&times->describe, seconds, "step=\"embed\"", out);
}

static void write_queues(const struct engine *engine, struct buffer *out)
{
    static const char waiting[] = "facewire_engine_waiting";
    static const char working[] = "facewire_engine_working";

    figures_begin(out, FIGURE_GAUGE, waiting,
                  "What waits for a thread: photos, requests to be read and "
                  "searches, changes of the archive.");
    figures_add(out, waiting, "queue=\"photos\"",
                (int64_t)recognizer_waiting(engine->recognizer));
    figures_add(out, waiting, "queue=\"requests\"",
                (int64_t)crew_waiting(engine->readers));
    figures_add(out, waiting, "queue=\"changes\"",
                (int64_t)crew_waiting(engine->clerk));
    figures_begin(out, FIGURE_GAUGE, working, "What is worked on now.");
    figures_add(out, working, "queue=\"photos\"",
                (int64_t)recognizer_working(engine->recognizer));
    figures_add(out, working, "queue=\"requests\"",
                (int64_t)crew_working(engine->readers));
    figures_add(out, working, "queue=\"changes\"",
                (int64_t)crew_working(engine->clerk));
    figures_add_family(out, FIGURE_GAUGE, "facewire_engine_calls",
                       "Requests that have no answer yet.",
                       (int64_t)engine->calls);
    figures_add_family(out, FIGURE_GAUGE, "facewire_engine_requests_bytes",
                       "Memory that the bodies of those requests take.",
                       (int64_t)engine->bodies_bytes);
}

static void write_web(const struct web *web, struct buffer *out)
{
    figures_add_family(out, FIGURE_GAUGE, "facewire_engine_connections",
                       "Connections now.", (int64_t)web_connections(web));
    figures_add_family(out, FIGURE_COUNTER,
                       "facewire_engine_connections_refused_total",
                       "Connections turned away: there were too many.",
                       (int64_t)web_turned_away(web));
}

static void write_collections(const struct collections *collections,
                              struct buffer *out)
{
    size_t count = collections_count(collections), faces = 0, users = 0;

    for (size_t i = 0; i < count; i++) {
        const struct collection *collection = collections_at(collections, i);

        faces += gallery_count(collection->gallery);
        users += collection->users.count;
    }
    figures_add_family(out, FIGURE_GAUGE, "facewire_engine_collections",
                       "Collections.", (int64_t)count);
    figures_add_family(out, FIGURE_GAUGE, "facewire_engine_faces",
                       "Faces of all collections.", (int64_t)faces);
    figures_add_family(out, FIGURE_GAUGE, "facewire_engine_users",
                       "Users of all collections.", (int64_t)users);
}

static void write_commits(struct archive *archive, struct buffer *out)
{
    static const char name[] = "facewire_engine_commit_seconds";
    struct histogram commits;

    archive_commits(archive, &commits);
    figures_begin(out, FIGURE_HISTOGRAM, name,
                  "How long commits of the archive took, with their sync.");
    histogram_write(&commits, name, "", out);
}

static void write_build(const struct engine *engine, struct buffer *out)
{
    static const char name[] = "facewire_engine_build_info";
    enum processor_skill skill = SKILL_AVX512;
    char labels[LABELS_BYTES];

    while (!processor_has(skill))
        skill--;
    snprintf(labels, sizeof labels,
             "version=\"%s\",face_model=\"%s\",processor=\"%s\"",
             FACEWIRE_VERSION, engine->model_version,
             processor_skill_name(skill));
    figures_begin(out, FIGURE_GAUGE, name, "Which engine this is; always 1.");
    figures_add(out, name, labels, 1);
}

static void write_all(const struct engine *engine, struct buffer *out)
{
    write_build(engine, out);
    write_answers(engine->metrics, out);
    write_latencies(engine->metrics, out);
    write_photos(engine->recognizer, out);
    write_queues(engine, out);
    write_web(engine->web, out);
    write_collections(engine->collections, out);
    write_commits(engine->archive, out);
}

const char *metrics_text(const struct engine *engine)
{
    struct metrics *metrics = engine->metrics;
    int64_t now_ms = clock_steady_ms();

    if (now_ms >= metrics->fresh_until_ms) {
        metrics->fresh_until_ms = now_ms + FRESH_MS;
        buffer_clear(&metrics->text);
        write_all(engine, &metrics->text);
    }
    return buffer_text(&metrics->text);
}
