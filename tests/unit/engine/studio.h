#pragma once

/*
 * A studio for tests: one set of networks, the photos with what is known of
 * them (truth.json), and the reference answers (golden.json).
 */
#include "unit.h"

#include "errors.h"
#include "face.h"
#include "json.h"
#include "models.h"
#include "networks.h"
#include "picture.h"

struct studio {
    struct networks *networks;
    struct json *truth;  /* by photo */
    struct json *golden; /* by photo, below "photos" */
};

/* A photo on the table. */
struct shot {
    struct bitmap bitmap;
    unsigned char *bytes;
};

static inline struct json *studio_read_json(const char *path)
{
    size_t len;
    char *text = unit_read_file(path, &len);
    struct json *value = json_parse(text, len);

    assert_non_null(value);
    free(text);
    return value;
}

/* Skips the program where there are no models or photos. */
static inline void studio_load_models(struct models *models)
{
    struct buffer problem = {0};
    char folder[4096];

    snprintf(folder, sizeof folder, "%s",
             unit_shared("FACEWIRE_MODELS", "models", "golden.json"));
    *strrchr(folder, '/') = '\0';
    if (models_load(models, folder, &problem) < 0)
        fail_msg("%s", buffer_text(&problem));
    buffer_finish(&problem);
}

static inline void studio_open(struct studio *studio)
{
    char problem[NETWORKS_PROBLEM_BYTES] = "";
    struct models models;

    studio_load_models(&models);
    networks_library_init();
    picture_library_init();
    studio->networks = networks_create(
        &(struct networks_models){models.detector.bytes, models.detector.len,
                                  models.embedder.bytes, models.embedder.len},
        problem);
    assert_string_equal(problem, "");
    assert_non_null(studio->networks);
    models_finish(&models);
    studio->golden = studio_read_json(
        unit_shared("FACEWIRE_MODELS", "models", "golden.json"));
    studio->truth = studio_read_json(
        unit_shared("FACEWIRE_PHOTOS", "photos", "truth.json"));
}

static inline void studio_close(struct studio *studio)
{
    networks_destroy(studio->networks);
    json_destroy(studio->truth);
    json_destroy(studio->golden);
    picture_library_finish();
}

/* Gives the set the networks that measure attributes. */
static inline void studio_add_measures(struct studio *studio)
{
    struct buffer problem = {0};
    struct models models;

    studio_load_models(&models);
    for (enum measure i = 0; i < MEASURE_COUNT; i++) {
        struct model model;

        assert_non_null(models.measures[i]);
        assert_int_equal(
            models_read_measure(&model, i, models.measures[i], &problem), 0);
        assert_int_equal(
            networks_add(studio->networks, i, model.bytes, model.len), 0);
        model_finish(&model);
    }
    models_finish(&models);
    buffer_finish(&problem);
}

/* A photo's file, to be freed. */
static inline char *studio_file(const char *name, size_t *len)
{
    return unit_read_file(unit_shared("FACEWIRE_PHOTOS", "photos", name), len);
}

/* Decodes bytes in full; shot_finish frees it. */
static inline void shot_decode(struct shot *shot, const void *bytes, size_t len)
{
    struct picture *picture = picture_open(bytes, len, UINT64_MAX, 0);
    uint32_t width, height;

    assert_non_null(picture);
    shot->bytes = picture_bgr(picture, &width, &height);
    assert_non_null(shot->bytes);
    shot->bitmap = (struct bitmap){shot->bytes, (int)width, (int)height};
    picture_close(picture);
}

static inline void shot_open(struct shot *shot, const char *name)
{
    size_t len;
    char *bytes = studio_file(name, &len);

    shot_decode(shot, bytes, len);
    free(bytes);
}

static inline void shot_finish(struct shot *shot)
{
    free(shot->bytes);
    *shot = (struct shot){0};
}
