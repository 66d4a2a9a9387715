/*
 * bench_similarity.c - how well a similarity tells people apart
 *
 *   bench_similarity FOLDER
 *
 * The folder has photos, and a truth.json that says who is on which.  Every
 * photo of one person is compared with every other one, and the table says, for
 * each threshold, how many pairs of one person it misses and how many pairs of
 * two people it takes for one.  The tables in docs/recognition.md come from it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "dot.h"
#include "errors.h"
#include "footprint.h"
#include "json.h"
#include "log.h"
#include "picture.h"
#include "recognizer.h"
#include "similarity.h"
#include "xalloc.h"

enum { PHOTOS_MAX = 1000, FILE_BYTES_MAX = 64 * 1024 * 1024 };

/* The face on a photo of one person. */
struct sitter {
    const char *person;
    const char *photo;
    float vector[NETWORKS_VECTOR_MAX];
};

/* The cosines of some pairs. */
struct pairs {
    double *cosines;
    size_t count;
};

static struct sitter sitters[PHOTOS_MAX];
static size_t sitter_count;
static size_t vector_length;

static char *read_file(const char *folder, const char *name, size_t *len)
{
    char *path = xprintf("%s/%s", folder, name);
    char *bytes = xmalloc(FILE_BYTES_MAX);
    FILE *file = fopen(path, "re");

    if (!file)
        fatal("%s cannot be read", path);
    *len = fread(bytes, 1, FILE_BYTES_MAX, file);
    fclose(file);
    free(path);
    return bytes;
}

static void on_done(struct recognition *recognition, int error)
{
    struct sitter *sitter = &sitters[sitter_count];

    if (error < 0 || recognition->face_count == 0)
        fatal("no face on %s: %s", sitter->photo, error_name(error));
    memcpy(sitter->vector, recognition->faces[0].vector, sizeof sitter->vector);
    sitter_count++;
    recognition_finish(recognition);
}

static void meet(uv_loop_t *loop, struct recognizer *recognizer,
                 const char *folder, const struct json *photo)
{
    struct recognition recognition = {
        .largest_only = true, .with_vectors = true, .done = on_done};
    const char *person = json_get_text(photo, "person", NULL);
    char *bytes;

    if (!person || sitter_count == PHOTOS_MAX)
        return;
    sitters[sitter_count].person = person;
    sitters[sitter_count].photo = json_name(photo);
    bytes = read_file(folder, json_name(photo), &recognition.len);
    recognition.bytes = bytes;
    if (recognizer_submit(recognizer, &recognition) < 0)
        fatal("the recognizer is busy");
    uv_run(loop, UV_RUN_DEFAULT);
    free(bytes);
}

static int compare(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return a < b ? -1 : a > b;
}

/* All pairs of one person, or all of two; in rising order. */
static struct pairs find_pairs(bool of_one_person)
{
    struct pairs pairs = {
        xcalloc(sitter_count * sitter_count, sizeof *pairs.cosines), 0};

    for (size_t i = 0; i < sitter_count; i++)
        for (size_t k = i + 1; k < sitter_count; k++)
            if ((strcmp(sitters[i].person, sitters[k].person) == 0) ==
                of_one_person)
                pairs.cosines[pairs.count++] = dot_plain(
                    sitters[i].vector, sitters[k].vector, vector_length);
    if (pairs.count == 0)
        fatal("there are no pairs to be compared");
    qsort(pairs.cosines, pairs.count, sizeof *pairs.cosines, compare);
    return pairs;
}

static void print_spread(const char *what, const struct pairs *pairs)
{
    static const double parts[] = {0, 0.01, 0.05, 0.5, 0.95, 0.99, 1};

    printf("| %s | %zu |", what, pairs->count);
    for (size_t i = 0; i < COUNT(parts); i++)
        printf(" %.3f |",
               pairs->cosines[(size_t)(parts[i] * (double)(pairs->count - 1))]);
    printf("\n");
}

static size_t count_from(const struct pairs *pairs, double cosine)
{
    size_t count = 0;

    for (size_t i = 0; i < pairs->count; i++)
        count += pairs->cosines[i] >= cosine;
    return count;
}

static void print_tables(void)
{
    static const int thresholds[] = {30, 40, 50, 60, 70, 75,
                                     80, 85, 90, 95, 97, 99};
    struct pairs same = find_pairs(true), other = find_pairs(false);

    printf("| pairs of | number | least | 1%% | 5%% | median | 95%% | 99%% | "
           "most |\n|---|---|---|---|---|---|---|---|---|\n");
    print_spread("one person", &same);
    print_spread("two people", &other);
    printf("\n| threshold | cosine | pairs of one person found | pairs of two "
           "people taken for one |\n|---|---|---|---|\n");
    for (size_t i = 0; i < COUNT(thresholds); i++) {
        double cosine = similarity_cosine(vector_length, thresholds[i]);

        printf("| %d | %.3f | %zu of %zu | %zu of %zu |\n", thresholds[i],
               cosine, count_from(&same, cosine), same.count,
               count_from(&other, cosine), other.count);
    }
    free(same.cosines);
    free(other.cosines);
}

int main(int argc, char **argv)
{
    const char *models_folder = getenv("FACEWIRE_MODELS");
    struct recognizer *recognizer;
    struct buffer problem = {0};
    struct models models;
    struct json *truth;
    uv_loop_t loop;
    char *text;
    size_t len;

    log_open("bench", LOG_INFO, LOG_TEXT);
    if (argc != 2)
        fatal("usage: %s FOLDER", argv[0]);
    footprint_init();
    picture_library_init();
    uv_loop_init(&loop);
    if (models_load(&models, models_folder ? models_folder : "", &problem) < 0)
        fatal("%s", buffer_text(&problem));
    recognizer = recognizer_create(&loop, &models, 1, 1, &problem);
    if (!recognizer)
        fatal("%s", buffer_text(&problem));
    models_finish(&models);
    vector_length = recognizer_vector_length(recognizer);

    text = read_file(argv[1], "truth.json", &len);
    truth = json_parse(text, len);
    if (!truth)
        fatal("%s/truth.json is no JSON", argv[1]);
    for (const struct json *photo = json_first(truth); photo;
         photo = json_next(photo))
        meet(&loop, recognizer, argv[1], photo);
    print_tables();

    recognizer_destroy(recognizer);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    picture_library_finish();
    json_destroy(truth);
    free(text);
    return EXIT_SUCCESS;
}
