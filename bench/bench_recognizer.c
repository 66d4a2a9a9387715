/*
 * bench_recognizer.c - how long a photo takes, and how many go through
 *
 *   bench_recognizer PHOTO [ROUNDS]
 *
 * First the memory of two sets of networks, before and after work.  Then one
 * set works on the photo ROUNDS times, one after the other; the medians are
 * printed, without and with attributes.  Then one set and two sets work for as
 * many rounds with photos always waiting.  Models are found as the engine finds
 * them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <uv.h>

#include "attributes.h"
#include "clock.h"
#include "errors.h"
#include "footprint.h"
#include "log.h"
#include "picture.h"
#include "recognizer.h"
#include "xalloc.h"

enum {
    ROUNDS = 50,
    FILE_BYTES_MAX = 64 * 1024 * 1024,
    IN_FLIGHT = 4,
    WAITING_MS = 3600000
};

/* Longer than the recognizer waits before it gives memory back. */
enum { IDLE_MS = 6000 };

struct bench {
    uv_loop_t loop;
    struct models models;
    struct recognizer *recognizer;
    uv_timer_t pause;
    char *photo;
    size_t photo_bytes;
    size_t rounds;
    unsigned attributes; /* to be measured */
    size_t started;
    size_t ended;
    size_t faces;
    double *decode_ms; /* of each round */
    double *detect_ms;
    double *embed_ms;
    double *total_ms;
};

/* One of the photos that are under way. */
struct lane {
    struct recognition recognition;
    struct bench *bench;
};

static void start(struct lane *lane);

static void on_done(struct recognition *recognition, int error)
{
    struct lane *lane = container_of(recognition, struct lane, recognition);
    struct bench *bench = lane->bench;
    size_t at = bench->ended++;

    if (error < 0)
        fatal("the photo failed: %s", error_name(error));
    bench->faces = recognition->face_count;
    bench->decode_ms[at] = (double)recognition->decode_ns / 1e6;
    bench->detect_ms[at] = (double)recognition->detect_ns / 1e6;
    bench->embed_ms[at] = (double)recognition->embed_ns / 1e6;
    bench->total_ms[at] =
        bench->decode_ms[at] + bench->detect_ms[at] + bench->embed_ms[at];
    recognition_finish(recognition);
    if (bench->started < bench->rounds)
        start(lane);
}

static void start(struct lane *lane)
{
    struct bench *bench = lane->bench;

    lane->recognition = (struct recognition){.bytes = bench->photo,
                                             .len = bench->photo_bytes,
                                             .with_vectors = true,
                                             .attributes = bench->attributes,
                                             .done = on_done};
    bench->started++;
    if (recognizer_submit(bench->recognizer, &lane->recognition) < 0)
        fatal("too much is waiting");
}

/* Runs all rounds with so many photos under way; gives the seconds. */
static double run(struct bench *bench, size_t in_flight)
{
    struct lane lanes[IN_FLIGHT];
    int64_t from = clock_steady_ns();

    bench->started = bench->ended = 0;
    for (size_t i = 0; i < in_flight && bench->started < bench->rounds; i++) {
        lanes[i].bench = bench;
        start(&lanes[i]);
    }
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    return (double)(clock_steady_ns() - from) / 1e9;
}

static int compare(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return a < b ? -1 : a > b;
}

static double median(double *numbers, size_t count)
{
    qsort(numbers, count, sizeof *numbers, compare);
    return numbers[count / 2];
}

/* Proportional set size: what this program costs, shared libraries by share. */
static double memory_mb(void)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "re");
    char line[256];
    double kb = 0;

    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "Pss:", 4) == 0)
            kb = strtod(line + 4, NULL);
    if (file)
        fclose(file);
    return kb / 1024;
}

static void make_recognizer(struct bench *bench, size_t sets)
{
    struct buffer problem = {0};

    bench->recognizer = recognizer_create(
        &bench->loop, &bench->models,
        &(struct recognizer_limits){
            .sets = sets, .waiting = IN_FLIGHT, .waiting_ms = WAITING_MS},
        &problem);
    if (!bench->recognizer)
        fatal("%s", buffer_text(&problem));
}

static void on_pause(uv_timer_t *timer)
{
    uv_close((uv_handle_t *)timer, NULL);
}

/* Works, and waits until free memory was given back. */
static void work_and_rest(struct bench *bench)
{
    run(bench, IN_FLIGHT);
    printf("two sets, used      %8.1f MB\n", memory_mb());
    uv_timer_init(&bench->loop, &bench->pause);
    uv_timer_start(&bench->pause, on_pause, IDLE_MS, 0);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    printf("two sets, idle again%8.1f MB\n", memory_mb());
}

static void measure_memory(struct bench *bench)
{
    int64_t from = clock_steady_ns();

    make_recognizer(bench, 2);
    printf("two sets, made in   %8.1f ms\n",
           (double)(clock_steady_ns() - from) / 1e6);
    printf("two sets, idle      %8.1f MB\n", memory_mb());
    work_and_rest(bench);
    printf("with attributes:\n");
    bench->attributes = 1U << ATTRIBUTE_ALL;
    work_and_rest(bench);
    bench->attributes = 0;
    recognizer_destroy(bench->recognizer);
}

static void measure_one(struct bench *bench)
{
    make_recognizer(bench, 1);
    run(bench, 1); /* warms up */
    run(bench, 1);
    printf("faces found         %8zu\n", bench->faces);
    printf("decode              %8.1f ms\n",
           median(bench->decode_ms, bench->rounds));
    printf("detect              %8.1f ms\n",
           median(bench->detect_ms, bench->rounds));
    printf("embed               %8.1f ms\n",
           median(bench->embed_ms, bench->rounds));
    printf("photo to vectors    %8.1f ms\n",
           median(bench->total_ms, bench->rounds));
    bench->attributes = 1U << ATTRIBUTE_ALL;
    run(bench, 1);
    printf("its first attributes%8.1f ms\n", bench->total_ms[0]);
    printf("with attributes     %8.1f ms\n",
           median(bench->total_ms, bench->rounds));
    bench->attributes = 0;
    recognizer_destroy(bench->recognizer);
}

/* What all threads have computed so far: it tells whether they stand in each
 * other's way, even where other programs keep the machine busy. */
static double computed_ms(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static double measure_throughput(struct bench *bench, size_t sets)
{
    double seconds, ms;

    make_recognizer(bench, sets);
    run(bench, IN_FLIGHT);
    ms = computed_ms();
    seconds = run(bench, IN_FLIGHT);
    ms = (computed_ms() - ms) / (double)bench->rounds;
    printf(
        "%zu set%s              %8.1f photos a second, %.1f ms of work each\n",
        sets, sets > 1 ? "s" : " ", (double)bench->rounds / seconds, ms);
    recognizer_destroy(bench->recognizer);
    return (double)bench->rounds / seconds;
}

static void read_photo(struct bench *bench, const char *path)
{
    FILE *file = fopen(path, "re");

    if (!file)
        fatal("%s cannot be read", path);
    bench->photo = xmalloc(FILE_BYTES_MAX);
    bench->photo_bytes = fread(bench->photo, 1, FILE_BYTES_MAX, file);
    bench->photo = xrealloc(bench->photo, bench->photo_bytes);
    fclose(file);
}

int main(int argc, char **argv)
{
    struct bench bench = {.rounds = ROUNDS};
    struct buffer problem = {0};
    const char *folder = getenv("FACEWIRE_MODELS");
    double one, two;

    log_open("bench", LOG_INFO, LOG_TEXT);
    if (argc < 2)
        fatal("usage: %s PHOTO [ROUNDS]", argv[0]);
    if (argc > 2)
        bench.rounds = strtoul(argv[2], NULL, 10);
    if (bench.rounds < 1 || bench.rounds > 100000)
        fatal("rounds are 1 to 100000");
    read_photo(&bench, argv[1]);
    footprint_init();
    picture_library_init();
    uv_loop_init(&bench.loop);
    if (models_load(&bench.models, folder ? folder : "", &problem) < 0)
        fatal("%s", buffer_text(&problem));
    bench.decode_ms = xcalloc(bench.rounds, sizeof(double));
    bench.detect_ms = xcalloc(bench.rounds, sizeof(double));
    bench.embed_ms = xcalloc(bench.rounds, sizeof(double));
    bench.total_ms = xcalloc(bench.rounds, sizeof(double));

    measure_memory(&bench);
    measure_one(&bench);
    one = measure_throughput(&bench, 1);
    two = measure_throughput(&bench, 2);
    printf("two against one     %8.2f times\n", two / one);

    models_finish(&bench.models);
    uv_run(&bench.loop, UV_RUN_DEFAULT);
    uv_loop_close(&bench.loop);
    picture_library_finish();
    free(bench.decode_ms);
    free(bench.detect_ms);
    free(bench.embed_ms);
    free(bench.total_ms);
    free(bench.photo);
    return EXIT_SUCCESS;
}
