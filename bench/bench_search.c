/*
 * bench_search.c - the engine's search among a million faces, beside FAISS
 *
 *   bench_search
 *
 * Both search the same faces for the same ten best, one search after the other
 * on one core, in turns.  Then faces come and go while searches run, ten
 * thousand searches are held to a plain loop, and an engine starts with a
 * million faces in its archive.
 */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <uv.h>

#include "clock.h"
#include "cores.h"
#include "exactness.h"
#include "faces.h"
#include "faiss_flat.h"
#include "gallery.h"
#include "log.h"
#include "million_start.h"
#include "process_share.h"
#include "results.h"
#include "sample.h"
#include "similarity.h"
#include "xalloc.h"

enum {
    ROUNDS = 3,
    QUERIES = 20, /* in a round */
    BEST = 10,
    CHANGES = 200000,
};

static const char *const columns[] = {"ms",         "p99 ms",       "changes/s",
                                      "longest ms", "bytes a face", "start s"};

static const struct setting {
    const char *name;
    size_t faces;
    bool are_of_people;
} settings[] = {
    {"100,000 faces at random", 100000, false},
    {"100,000 faces of people", 100000, true},
    {"1,000,000 faces at random", 1000000, false},
    {"1,000,000 faces of people", 1000000, true},
};

/* The same faces in both. */
struct contest {
    const struct setting *setting;
    struct results *results;
    struct faces faces;
    struct gallery *gallery;
    struct faiss_flat *faiss; /* NULL: it is not there */
    float wanted[QUERIES][FACES_LENGTH];
};

static double ms_since(int64_t start_ns)
{
    return (double)(clock_steady_ns() - start_ns) / 1e6;
}

static void add_face(struct gallery *gallery, size_t number,
                     const float *vector)
{
    char text[2 * UUID_BYTES];
    struct record record = faces_record(number, text);

    if (gallery_add(gallery, &record, vector) != 0)
        fatal("a face could not be added");
}

static void remove_face(struct gallery *gallery, size_t number)
{
    char text[2 * UUID_BYTES];
    struct record record = faces_record(number, text);

    if (gallery_remove(gallery, record.id) != 0)
        fatal("a face could not be removed");
}

/* Who is looked for is spread over the whole gallery. */
static void fill(struct contest *contest)
{
    const size_t count = contest->setting->faces;
    size_t before = process_kilobytes(getpid());
    float vector[FACES_LENGTH];
    double bytes;

    faces_begin(&contest->faces, contest->setting->are_of_people);
    contest->gallery = gallery_create(FACES_LENGTH, SIZE_MAX);
    for (size_t i = 0; i < count; i++) {
        faces_next(&contest->faces, vector);
        add_face(contest->gallery, i, vector);
        if (i % (count / QUERIES) == 0)
            faces_again(&contest->faces, contest->wanted[i * QUERIES / count]);
    }
    bytes = (double)(process_kilobytes(getpid()) - before) * 1024;
    results_add(contest->results, contest->setting->name, "Facewire",
                (double[]){NAN, NAN, NAN, NAN, bytes / (double)count, NAN}, 0);
}

/* The same faces once more. */
static void fill_faiss(struct contest *contest)
{
    struct faces faces;
    float vector[FACES_LENGTH], wanted[FACES_LENGTH];
    const size_t count = contest->setting->faces;

    contest->faiss = faiss_flat_create(FACES_LENGTH);
    faces_begin(&faces, contest->setting->are_of_people);
    for (size_t i = 0; contest->faiss && i < count; i++) {
        faces_next(&faces, vector);
        faiss_flat_add(contest->faiss, vector);
        if (i % (count / QUERIES) == 0)
            faces_again(&faces, wanted);
    }
}

static double search(struct gallery *gallery, const float *vector,
                     double percent)
{
    struct gallery_query query = {.vector = vector,
                                  .cosine_min =
                                      similarity_cosine(FACES_LENGTH, percent),
                                  .most = BEST};
    int64_t start_ns = clock_steady_ns();
    struct matches matches;
    double ms;

    gallery_search(gallery, &query, &matches);
    ms = ms_since(start_ns);
    matches_finish(&matches);
    return ms;
}

static double search_faiss(struct faiss_flat *index, const float *vector)
{
    float cosines[BEST];
    int64_t numbers[BEST], start_ns = clock_steady_ns();

    faiss_flat_search(index, vector, BEST, cosines, numbers);
    return ms_since(start_ns);
}

static void add_times(struct contest *contest, const char *who,
                      struct sample *ms, double foreign)
{
    results_add(
        contest->results, contest->setting->name, who,
        (double[]){sample_at(ms, 0.5), sample_at(ms, 0.99), NAN, NAN, NAN, NAN},
        foreign);
    sample_finish(ms);
}

/* One round: each search of the one is followed by the same of the other. */
static void race(struct contest *contest)
{
    struct sample best = {0}, alike = {0}, faiss = {0};
    struct cores_watch watch;
    double foreign;

    cores_watch_begin(&watch, NULL, 0);
    for (size_t i = 0; i < QUERIES; i++) {
        const float *wanted = contest->wanted[i];

        sample_add(&best, search(contest->gallery, wanted, 0));
        sample_add(&alike, search(contest->gallery, wanted, 80));
        if (contest->faiss)
            sample_add(&faiss, search_faiss(contest->faiss, wanted));
    }
    foreign = cores_watch_end(&watch);
    add_times(contest, "Facewire", &best, foreign);
    add_times(contest, "Facewire, 80 % alike", &alike, foreign);
    if (contest->faiss)
        add_times(contest, "FAISS IndexFlatIP", &faiss, foreign);
}

/* ---- faces that come and go ---- */

struct searcher {
    struct contest *contest;
    struct sample ms;
    atomic_bool is_over;
};

static void on_searcher(void *owner)
{
    struct searcher *searcher = owner;

    cores_use(CORE_SERVERS);
    for (size_t i = 0; !searcher->is_over; i++)
        sample_add(&searcher->ms,
                   search(searcher->contest->gallery,
                          searcher->contest->wanted[i % QUERIES], 0));
}

/* New faces come, and are gone again. */
static void change(struct contest *contest)
{
    struct searcher searcher = {.contest = contest};
    float vector[FACES_LENGTH];
    struct sample ms = {0};
    double all_ms = 0;
    uv_thread_t thread;

    uv_thread_create(&thread, on_searcher, &searcher);
    for (size_t i = 0; i < CHANGES; i++) {
        size_t number = contest->setting->faces + i / 2;
        int64_t start_ns;

        faces_next(&contest->faces, vector);
        start_ns = clock_steady_ns();
        if (i % 2 == 0)
            add_face(contest->gallery, number, vector);
        else
            remove_face(contest->gallery, number);
        sample_add(&ms, ms_since(start_ns));
        all_ms += ms.values[ms.count - 1];
    }
    searcher.is_over = true;
    uv_thread_join(&thread);
    results_add(
        contest->results, contest->setting->name,
        "Facewire, while faces come and go",
        (double[]){sample_at(&searcher.ms, 0.5), sample_at(&searcher.ms, 0.99),
                   1000 * CHANGES / all_ms, sample_at(&ms, 1), NAN, NAN},
        0);
    sample_finish(&searcher.ms);
    sample_finish(&ms);
}

static void measure(const struct setting *setting, struct results *results)
{
    struct contest *contest = xcalloc(1, sizeof *contest);

    contest->setting = setting;
    contest->results = results;
    fill(contest);
    fill_faiss(contest);
    for (int round = 0; round < ROUNDS; round++)
        race(contest);
    change(contest);
    faiss_flat_destroy(contest->faiss);
    gallery_destroy(contest->gallery);
    free(contest);
}

static void start_engine(struct results *results)
{
    size_t kilobytes;
    double seconds = million_start(&kilobytes);

    results_add(results, settings[COUNT(settings) - 1].name, "facewire-engine",
                (double[]){NAN, NAN, NAN, NAN,
                           (double)kilobytes * 1024 / MILLION_FACES, seconds},
                0);
}

static void hold_to_bars(struct results *results)
{
    for (size_t i = 0; i < COUNT(settings); i++) {
        const char *name = settings[i].name;
        double ours = results_median(results, name, "Facewire", "ms");
        char *text = xprintf("ms of a search, %s", name);

        results_at_most(results, text, ours,
                        settings[i].faces == 100000 ? 2 : 25);
        text = xprintf("times FAISS's speed, %s", name);
        results_at_least(
            results, text,
            results_median(results, name, "FAISS IndexFlatIP", "ms") / ours, 1);
    }
    results_at_most(
        results, "bytes a face, 1,000,000 at random",
        results_median(results, settings[2].name, "Facewire", "bytes a face"),
        1400);
    results_at_most(
        results, "seconds from a start with 1,000,000 faces to an answer",
        results_median(results, settings[3].name, "facewire-engine", "start s"),
        5);
}

int main(void)
{
    struct results *results = results_create(
        "search",
        "The ten best of all faces, vectors of 256 numbers, on one core",
        columns, COUNT(columns));

    log_open("bench", LOG_INFO, LOG_TEXT);
    cores_use(CORE_CLIENTS);
    for (size_t i = 0; i < COUNT(settings); i++)
        measure(&settings[i], results);
    cores_use(CORE_BOTH);
    results_at_least(results,
                     "percent of the ten best of 10,000 searches that a plain "
                     "loop gives, to the last bit",
                     exactness_measure(), 100);
    for (int round = 0; round < ROUNDS; round++)
        start_engine(results);
    hold_to_bars(results);
    results_finish(results);
    return EXIT_SUCCESS;
}
