/*
 * recognizer.c - from a photo's bytes to its faces
 *
 * A recognition walks through four steps on one thread of the pool (check,
 * decode, detect, describe), with the set of networks that the crew gives it,
 * and comes back to the loop.  Its answer is in the recognition itself, which
 * belongs to that thread meanwhile.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "alignment.h"
#include "attributes.h"
#include "clock.h"
#include "detection.h"
#include "embedding.h"
#include "errors.h"
#include "footprint.h"
#include "log.h"
#include "picture.h"
#include "quality.h"
#include "recognizer.h"
#include "sniff.h"
#include "xalloc.h"

/*
 * A large JPEG is decoded at a fraction of its size, but not below this: the
 * detector looks at half of it, and the smallest face that it finds there still
 * has the pixels that its vector is made from.
 */
enum { DECODE_LONGEST = 1280 };

/*
 * A photo leaves megabytes of free memory behind, a large one tens of them.
 * The heap keeps so much for each set, and the next photo takes it at once;
 * all that is free goes back to the system now and then (footprint.h).
 */
enum { ROOM_BYTES = 32 << 20 };

/* How often it is looked whether a photo waits too long. */
enum { LATE_CHECK_MS = 100 };

struct recognizer {
    void **sets; /* of networks: the crew's tools */
    size_t set_count;
    size_t vector_length;
    char *measures[MEASURE_COUNT]; /* paths of their files; NULL: none */
    struct crew *crew;
    uv_timer_t late; /* runs while photos wait */
    int64_t waiting_ms;
    struct recognizer_times times;
    atomic_bool has_given_up;
};

struct recognizer *recognizer_create(uv_loop_t *loop,
                                     const struct models *models,
                                     const struct recognizer_limits *limits,
                                     struct buffer *problem)
{
    const struct networks_models files = {
        .detector = models->detector.bytes,
        .detector_bytes = models->detector.len,
        .embedder = models->embedder.bytes,
        .embedder_bytes = models->embedder.len,
    };
    struct recognizer *recognizer = xcalloc(1, sizeof *recognizer);
    char reason[NETWORKS_PROBLEM_BYTES];

    uv_timer_init(loop, &recognizer->late);
    uv_unref((uv_handle_t *)&recognizer->late);
    recognizer->waiting_ms = limits->waiting_ms;
    footprint_keep_room(limits->sets * ROOM_BYTES);
    networks_library_init();
    recognizer->sets = xcalloc(limits->sets, sizeof *recognizer->sets);
    for (size_t i = 0; i < limits->sets; i++) {
        recognizer->sets[i] = networks_create(&files, reason);
        if (!recognizer->sets[i]) {
            buffer_add_text(problem, reason);
            recognizer_destroy(recognizer);
            return NULL;
        }
        recognizer->set_count++;
    }
    for (size_t i = 0; i < MEASURE_COUNT; i++)
        recognizer->measures[i] = xstrdup(models->measures[i]);
    /* Reading a model takes several times the memory that it then needs. */
    footprint_shrink();
    recognizer->vector_length = networks_vector_length(recognizer->sets[0]);
    recognizer->crew =
        crew_create(loop, recognizer->sets, limits->sets, limits->waiting);
    return recognizer;
}

static void on_late_closed(uv_handle_t *handle)
{
    free(container_of(handle, struct recognizer, late));
}

void recognizer_destroy(struct recognizer *recognizer)
{
    if (!recognizer)
        return;
    crew_destroy(recognizer->crew);
    for (size_t i = 0; i < recognizer->set_count; i++)
        networks_destroy(recognizer->sets[i]);
    free(recognizer->sets);
    for (size_t i = 0; i < MEASURE_COUNT; i++)
        free(recognizer->measures[i]);
    uv_close((uv_handle_t *)&recognizer->late, on_late_closed);
}

size_t recognizer_vector_length(const struct recognizer *recognizer)
{
    return recognizer->vector_length;
}

/* Nothing is decoded before the headers say that it may be. */
static int check(const struct recognition *recognition)
{
    struct picture_facts facts;
    int error = sniff(recognition->bytes, recognition->len, &facts);

    if (error < 0)
        return error;
    if ((uint64_t)facts.width * facts.height > RECOGNIZER_PIXELS_MAX ||
        facts.width > RECOGNIZER_SIDE_MAX || facts.height > RECOGNIZER_SIDE_MAX)
        return E_TOO_LARGE;
    return 0;
}

/* `bytes` is to be freed. */
static int decode(struct recognition *recognition, unsigned char **bytes,
                  struct bitmap *bitmap)
{
    uint32_t width, height;
    struct picture *picture =
        picture_open(recognition->bytes, recognition->len,
                     RECOGNIZER_PIXELS_MAX, DECODE_LONGEST);

    *bytes = NULL;
    if (picture) {
        recognition->width = picture_width(picture);
        recognition->height = picture_height(picture);
        *bytes = picture_bgr(picture, &width, &height);
    }
    picture_close(picture);
    if (!*bytes)
        return E_INVALID;
    *bitmap = (struct bitmap){*bytes, (int)width, (int)height};
    return 0;
}

static int detect(struct recognition *recognition, struct networks *networks,
                  const struct bitmap *bitmap)
{
    int error = detection_run(networks, bitmap, &recognition->faces,
                              &recognition->face_count);

    if (recognition->largest_only && recognition->face_count > 1)
        recognition->face_count = 1;
    return error;
}

/* Without it, what it measures is left out. */
static void add_measure(struct networks *networks, enum measure measure,
                        const char *path)
{
    struct buffer problem = {0};
    struct model model;

    if (models_read_measure(&model, measure, path, &problem) < 0)
        log_error("recognizer: no %s model: %s", models_measure_name(measure),
                  buffer_text(&problem));
    else if (networks_add(networks, measure, model.bytes, model.len) < 0)
        log_error("recognizer: no %s model: %s", models_measure_name(measure),
                  networks_problem(networks));
    model_finish(&model);
    buffer_finish(&problem);
}

/* A set gets a network for attributes when it is first asked for them: most
 * never are. */
static void add_measures(const struct recognition *recognition,
                         struct networks *networks)
{
    char *const *paths = recognition->recognizer->measures;

    for (enum measure i = 0; i < MEASURE_COUNT; i++)
        if (paths[i] && attributes_need(recognition->attributes, i) &&
            !networks_has(networks, i))
            add_measure(networks, i, paths[i]);
}

static bool wants_vector(const struct recognition *recognition,
                         const struct face *face)
{
    return recognition->with_vectors &&
           (!recognition->wants_vector ||
            recognition->wants_vector(recognition, face));
}

/* Cuts the face out as the embedder wants it, and says what is to be said of
 * it.  A face whose points lie in one place is left without. */
static int describe_face(const struct recognition *recognition,
                         struct face *face, struct networks *networks,
                         const struct bitmap *bitmap)
{
    unsigned char crop[NETWORKS_CROP_BYTES];
    struct point points[FACE_POINTS];
    double matrix[6];
    int error;

    for (size_t i = 0; i < FACE_POINTS; i++)
        points[i] = (struct point){face->points[i].x * bitmap->width,
                                   face->points[i].y * bitmap->height};
    if (alignment_find(points, matrix) < 0)
        return 0;
    error = networks_cut(networks, bitmap, matrix, crop);
    if (error < 0)
        return error;
    face->quality = quality_measure(crop);
    if (recognition->attributes)
        error = attributes_measure(face, recognition->attributes, networks,
                                   bitmap, crop);
    if (error == 0 && wants_vector(recognition, face))
        error = embedding_make(networks, crop, face->vector);
    return error;
}

static int describe(struct recognition *recognition, struct networks *networks,
                    const struct bitmap *bitmap)
{
    int error = 0;

    if (recognition->face_count > 0)
        add_measures(recognition, networks);
    for (size_t i = 0; i < recognition->face_count && error == 0; i++)
        error = describe_face(recognition, &recognition->faces[i], networks,
                              bitmap);
    return error;
}

static void on_work(struct crew_task *task, void *tool)
{
    struct recognition *recognition =
        container_of(task, struct recognition, task);
    struct networks *networks = tool;
    unsigned char *bytes = NULL;
    struct bitmap bitmap;
    int64_t start = clock_steady_ns(), decoded, detected;
    int error = recognition->recognizer->has_given_up ? E_CANCELLED
                                                      : check(recognition);

    if (error == 0)
        error = decode(recognition, &bytes, &bitmap);
    decoded = clock_steady_ns();
    if (error == 0)
        error = detect(recognition, networks, &bitmap);
    detected = clock_steady_ns();
    if (error == 0)
        error = describe(recognition, networks, &bitmap);
    free(bytes);

    if (error == E_SYSTEM)
        log_error("recognizer: a photo failed: %s", networks_problem(networks));
    recognition->wait_ns = start - recognition->submitted_ns;
    recognition->decode_ns = decoded - start;
    recognition->detect_ns = detected - decoded;
    recognition->embed_ns = clock_steady_ns() - detected;
    recognition->error = error;
}

static void count(struct recognizer_times *times,
                  const struct recognition *recognition)
{
    switch (recognition->error) {
    case 0:
        times->recognized++;
        times->faces += recognition->face_count;
        histogram_count(&times->wait, recognition->wait_ns / 1000);
        histogram_count(&times->decode, recognition->decode_ns / 1000);
        histogram_count(&times->detect, recognition->detect_ns / 1000);
        if (recognition->face_count > 0)
            histogram_count(&times->describe, recognition->embed_ns / 1000);
        break;
    case E_TIMEOUT:
        times->late++;
        break;
    case E_SYSTEM:
    case E_CANCELLED:
        times->failed++;
        break;
    default:
        times->refused++;
    }
}

/* A failed one has no answer, so that nobody acts on half of one. */
static void end(struct recognition *recognition)
{
    if (!recognition->is_trial)
        count(&recognition->recognizer->times, recognition);
    if (recognition->error < 0)
        recognition_finish(recognition);
    recognition->done(recognition, recognition->error);
}

static void on_after(struct crew_task *task)
{
    end(container_of(task, struct recognition, task));
}

static bool is_late(const struct crew_task *task, void *owner)
{
    const struct recognition *recognition =
        container_of(task, const struct recognition, task);
    const struct recognizer *recognizer = owner;

    return clock_steady_ns() - recognition->submitted_ns >=
           recognizer->waiting_ms * 1000000;
}

/* Those that were begun keep their thread for as long as they take; those that
 * wait behind them need not. */
static void on_late(uv_timer_t *timer)
{
    struct recognizer *recognizer =
        container_of(timer, struct recognizer, late);
    struct crew_task *task;

    while ((task = crew_withdraw(recognizer->crew, is_late, recognizer))) {
        struct recognition *recognition =
            container_of(task, struct recognition, task);

        recognition->error = E_TIMEOUT;
        log_set_about(&task->about);
        end(recognition);
        log_set_about(NULL);
    }
    if (crew_waiting(recognizer->crew) == 0)
        uv_timer_stop(timer);
}

int recognizer_submit(struct recognizer *recognizer,
                      struct recognition *recognition)
{
    int error;

    recognition->width = recognition->height = 0;
    recognition->faces = NULL;
    recognition->face_count = 0;
    recognition->recognizer = recognizer;
    recognition->submitted_ns = clock_steady_ns();
    recognition->task = (struct crew_task){.work = on_work, .after = on_after};
    error = crew_submit(recognizer->crew, &recognition->task);
    if (crew_waiting(recognizer->crew) > 0 &&
        !uv_is_active((uv_handle_t *)&recognizer->late))
        uv_timer_start(&recognizer->late, on_late, LATE_CHECK_MS,
                       LATE_CHECK_MS);
    return error;
}

void recognizer_give_up(struct recognizer *recognizer)
{
    recognizer->has_given_up = true;
}

void recognition_finish(struct recognition *recognition)
{
    free(recognition->faces);
    recognition->faces = NULL;
    recognition->face_count = 0;
}

size_t recognizer_waiting(const struct recognizer *recognizer)
{
    return crew_waiting(recognizer->crew);
}

size_t recognizer_working(const struct recognizer *recognizer)
{
    return crew_working(recognizer->crew);
}

const struct recognizer_times *
recognizer_times(const struct recognizer *recognizer)
{
    return &recognizer->times;
}
