/*
 * calibrate.c - how well the models tell people apart, on one's own photos
 *
 * The photos go through the recognizer one by one, as those of a search do; the
 * largest face of each stands for its person.  Then each is compared with each.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "calibrate.h"
#include "calibration.h"
#include "dot.h"
#include "embedders.h"
#include "errors.h"
#include "footprint.h"
#include "log.h"
#include "models.h"
#include "picture.h"
#include "recognizer.h"
#include "similarity.h"
#include "xalloc.h"

enum { PHOTOS_MAX = 20000, FILE_BYTES_MAX = 64 * 1024 * 1024 };

/* The face on a photo. */
struct sitter {
    size_t person; /* the number of its folder */
    float vector[NETWORKS_VECTOR_MAX];
};

struct studio {
    uv_loop_t loop;
    struct recognizer *recognizer;
    const char *path; /* of the photo that is looked at */
    size_t person;
    struct sitter *sitters;
    size_t sitter_count;
    size_t person_count; /* with a face */
    size_t left_out;     /* photos */
};

static void leave_out(struct studio *studio, const char *reason)
{
    studio->left_out++;
    log_warn("%s is left out: %s", studio->path, reason);
}

/* The photo under way; one at a time. */
struct sitting {
    struct recognition recognition;
    struct studio *studio;
};

static void on_done(struct recognition *recognition, int error)
{
    struct sitting *sitting =
        container_of(recognition, struct sitting, recognition);
    struct studio *studio = sitting->studio;
    struct sitter *sitter;

    if (error < 0) {
        leave_out(studio, error_sentence(error));
    } else if (recognition->face_count == 0) {
        leave_out(studio, "no face is on it");
    } else {
        studio->sitters = xrealloc(studio->sitters,
                                   (studio->sitter_count + 1) * sizeof *sitter);
        sitter = &studio->sitters[studio->sitter_count++];
        sitter->person = studio->person;
        memcpy(sitter->vector, recognition->faces[0].vector,
               sizeof sitter->vector);
    }
    recognition_finish(recognition);
}

/* All of a file; NULL, and the reason is told, if it cannot be had. */
static char *read_photo(struct studio *studio, size_t *len)
{
    FILE *file = fopen(studio->path, "re");
    char *bytes = NULL;

    if (!file) {
        leave_out(studio, strerror(errno));
        return NULL;
    }
    bytes = xmalloc(FILE_BYTES_MAX);
    *len = fread(bytes, 1, FILE_BYTES_MAX, file);
    if (ferror(file) || *len == FILE_BYTES_MAX) {
        leave_out(studio, ferror(file) ? "it cannot be read" : "too large");
        free(bytes);
        bytes = NULL;
    }
    fclose(file);
    return bytes;
}

static void look_at(struct studio *studio)
{
    struct sitting sitting = {
        .recognition = {.with_vectors = true, .done = on_done},
        .studio = studio};
    char *bytes;

    if (studio->sitter_count == PHOTOS_MAX)
        fatal("more than %d photos", PHOTOS_MAX);
    bytes = read_photo(studio, &sitting.recognition.len);
    if (!bytes)
        return;
    sitting.recognition.bytes = bytes;
    if (recognizer_submit(studio->recognizer, &sitting.recognition) < 0)
        fatal("the recognizer is busy");
    uv_run(&studio->loop, UV_RUN_DEFAULT);
    free(bytes);
}

/* ---- the folder ---- */

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void look_at_person(struct studio *studio, const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_shown, alphasort);
    size_t before = studio->sitter_count;

    if (count < 0) {
        if (errno != ENOTDIR)
            fatal("%s: %s", folder, strerror(errno));
        return; /* a file among the people's folders */
    }
    for (int i = 0; i < count; i++) {
        char *path = xprintf("%s/%s", folder, entries[i]->d_name);

        studio->path = path;
        look_at(studio);
        free(path);
        free(entries[i]);
    }
    free(entries);
    studio->person++;
    studio->person_count += studio->sitter_count > before;
}

static void look_at_all(struct studio *studio, const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_shown, alphasort);

    if (count < 0)
        fatal("%s: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        char *path = xprintf("%s/%s", folder, entries[i]->d_name);

        look_at_person(studio, path);
        free(path);
        free(entries[i]);
    }
    free(entries);
}

/* ---- what comes of it ---- */

static void compare_all(const struct studio *studio, size_t length,
                        struct calibration *calibration)
{
    dot_fn *dot = dot_fastest();

    for (size_t i = 0; i < studio->sitter_count; i++) {
        for (size_t k = i + 1; k < studio->sitter_count; k++) {
            const struct sitter *one = &studio->sitters[i];
            const struct sitter *other = &studio->sitters[k];

            cosines_add(one->person == other->person ? &calibration->same
                                                     : &calibration->other,
                        (double)dot(one->vector, other->vector, length));
        }
    }
}

static double percent(uint64_t part, uint64_t whole)
{
    return 100 * (double)part / (double)whole;
}

static void print_table(const struct calibration *calibration, size_t length)
{
    static const int rows[] = {30, 40, 50, 60, 70, 75, 80, 85, 90, 95, 97, 99};

    printf("similarity  cosine  of one person found  of two taken for one\n");
    for (size_t i = 0; i < COUNT(rows); i++) {
        double cosine = similarity_cosine(length, rows[i]);

        printf("%10d  %6.3f  %18.2f%%  %19.3f%%\n", rows[i], cosine,
               percent(cosines_from(&calibration->same, cosine),
                       calibration->same.count),
               percent(cosines_from(&calibration->other, cosine),
                       calibration->other.count));
    }
}

static void print_spread(const char *what, const struct cosines *cosines)
{
    printf("%s: %llu pairs, cosines %.3f least, %.3f at 5%%, %.3f median, "
           "%.3f at 95%%, %.3f most\n",
           what, (unsigned long long)cosines->count,
           cosines_quantile(cosines, 0), cosines_quantile(cosines, 0.05),
           cosines_quantile(cosines, 0.5), cosines_quantile(cosines, 0.95),
           cosines_quantile(cosines, 1));
}

/* False: too few pairs to say anything of it. */
static bool print_threshold(const struct calibration *calibration,
                            size_t length, int pairs, double *cosine)
{
    enum calibration_way way = calibration_find(calibration, pairs, cosine);

    printf("one false accept in %d: ", pairs);
    if (way == CALIBRATION_UNKNOWN) {
        printf("too few pairs of two people to tell\n");
        return false;
    }
    printf(
        "similarity %.1f (cosine %.3f), which finds %.2f%% of one person%s\n",
        similarity_percent(length, *cosine), *cosine,
        percent(cosines_from(&calibration->same, *cosine),
                calibration->same.count),
        way == CALIBRATION_COUNTED
            ? ""
            : "; reckoned, for there are too few pairs to count it");
    return true;
}

static void write_plot(const struct calibration *calibration,
                       const double *thresholds, size_t count, const char *path)
{
    static const char *const names[] = {"80", "1 in 1,000", "1 in 10,000"};
    struct buffer svg = {0};
    FILE *file = fopen(path, "we");
    bool is_written;

    calibration_draw(calibration, thresholds, names, count, &svg);
    is_written = file && fwrite(svg.bytes, 1, svg.len, file) == svg.len;
    if ((file && fclose(file) != 0) || !is_written)
        fatal("%s cannot be written: %s", path, strerror(errno));
    buffer_finish(&svg);
    printf("plot: %s\n", path);
}

static void report(const struct studio *studio, const char *plot)
{
    struct calibration *calibration = xcalloc(1, sizeof *calibration);
    size_t length = recognizer_vector_length(studio->recognizer);
    double thresholds[3] = {similarity_cosine(length, 80)};
    size_t count = 1;

    compare_all(studio, length, calibration);
    printf("%zu people, %zu photos, %zu left out\n", studio->person_count,
           studio->sitter_count, studio->left_out);
    if (calibration->same.count == 0 || calibration->other.count == 0)
        fatal("there must be two people, and two photos of one of them");
    print_spread("one person", &calibration->same);
    print_spread("two people", &calibration->other);
    print_table(calibration, length);
    count += print_threshold(calibration, length, 1000, &thresholds[count]);
    count += print_threshold(calibration, length, 10000, &thresholds[count]);
    write_plot(calibration, thresholds, count, plot);
    free(calibration);
}

static void open_recognizer(struct studio *studio)
{
    const char *folder = getenv("FACEWIRE_MODELS");
    const struct recognizer_limits limits = {
        .sets = 1, .waiting = 1, .waiting_ms = INT32_MAX};
    struct buffer problem = {0};
    struct models models;

    if (models_load(&models, folder ? folder : "", &problem) < 0)
        fatal("%s", buffer_text(&problem));
    studio->recognizer =
        recognizer_create(&studio->loop, &models, &limits, &problem);
    if (!studio->recognizer)
        fatal("%s", buffer_text(&problem));
    if (!embedder_has_curve(models.embedder.name,
                            recognizer_vector_length(studio->recognizer)))
        fatal("models.lock has no curve for %s: give it one, to be put right "
              "by what comes out here",
              models.embedder.name);
    models_finish(&models);
    buffer_finish(&problem);
}

int calibrate_main(int argc, char **argv)
{
    struct studio studio = {0};

    if (argc < 2 || argc > 3)
        fatal("usage: facewire-engine calibrate FOLDER [PLOT]");
    picture_library_init();
    uv_loop_init(&studio.loop);
    open_recognizer(&studio);
    look_at_all(&studio, argv[1]);
    report(&studio, argc > 2 ? argv[2] : "calibration.svg");

    recognizer_destroy(studio.recognizer);
    uv_run(&studio.loop, UV_RUN_DEFAULT);
    uv_loop_close(&studio.loop);
    picture_library_finish();
    free(studio.sitters);
    return EXIT_SUCCESS;
}
