/*
 * darkroom.c - where photos are worked on
 */
#include <stdlib.h>

#include "crew.h"
#include "darkroom.h"
#include "errors.h"
#include "xalloc.h"

enum {
    WAITING_MAX = 10000,
    FIT_LONGEST = 4096, /* faces of a larger photo are large enough shrunk */
    THUMB_LONGEST = 256,
    VIEW_LONGEST = 1600,
    QUALITY = 90,
    THUMB_QUALITY = 80,
};

struct darkroom {
    struct crew *crew;
    uint64_t pixels;
};

struct photo {
    char *bytes;
    size_t len;
    struct picture *picture; /* once it is developed */
    struct buffer fitted;    /* empty: the bytes themselves fit */
    struct buffer thumb;
    struct buffer view;
};

/* Something to be done to a photo. */
struct errand {
    struct crew_task task;
    struct darkroom *darkroom;
    struct photo *photo;
    struct cut *cut; /* NULL: develop it */
    bool has_view;
    int error;
    done_fn *done;
    void *owner;
};

struct darkroom *darkroom_create(uv_loop_t *loop,
                                 const struct darkroom_limits *limits)
{
    struct darkroom *darkroom = xcalloc(1, sizeof *darkroom);

    darkroom->crew = crew_create(loop, NULL, limits->threads, WAITING_MAX);
    darkroom->pixels = limits->pixels;
    return darkroom;
}

void darkroom_destroy(struct darkroom *darkroom)
{
    if (!darkroom)
        return;
    crew_destroy(darkroom->crew);
    free(darkroom);
}

struct photo *photo_create(char *bytes, size_t len)
{
    struct photo *photo = xcalloc(1, sizeof *photo);

    photo->bytes = bytes;
    photo->len = len;
    return photo;
}

void photo_destroy(struct photo *photo)
{
    if (!photo)
        return;
    picture_close(photo->picture);
    buffer_finish(&photo->fitted);
    buffer_finish(&photo->thumb);
    buffer_finish(&photo->view);
    free(photo->bytes);
    free(photo);
}

uint32_t photo_width(const struct photo *photo)
{
    return picture_width(photo->picture);
}

uint32_t photo_height(const struct photo *photo)
{
    return picture_height(photo->picture);
}

struct recognition_image photo_image(const struct photo *photo)
{
    if (photo->fitted.len)
        return (struct recognition_image){photo->fitted.bytes,
                                          photo->fitted.len};
    return (struct recognition_image){photo->bytes, photo->len};
}

const struct buffer *photo_thumb(const struct photo *photo)
{
    return &photo->thumb;
}

const struct buffer *photo_view(const struct photo *photo)
{
    return &photo->view;
}

/* ---- on a thread of the crew ---- */

static int develop(const struct errand *errand)
{
    struct photo *photo = errand->photo;
    int error = 0;

    photo->picture = picture_open(photo->bytes, photo->len,
                                  errand->darkroom->pixels, FIT_LONGEST);
    if (!photo->picture)
        return E_INVALID;
    error = picture_fit(photo->picture, RECOGNITION_IMAGE_BYTES_MAX,
                        FIT_LONGEST, &photo->fitted);
    if (error == 0)
        error = picture_jpeg(photo->picture, NULL, THUMB_LONGEST, THUMB_QUALITY,
                             &photo->thumb);
    if (error == 0 && errand->has_view)
        error = picture_jpeg(photo->picture, NULL, VIEW_LONGEST, QUALITY,
                             &photo->view);
    return error;
}

static int make_cut(const struct errand *errand)
{
    struct cut *cut = errand->cut;

    cut->window = picture_grow(errand->photo->picture, cut->area, cut->margin,
                               cut->least);
    return picture_jpeg(errand->photo->picture, &cut->window, cut->longest,
                        QUALITY, &cut->jpeg);
}

static void work(struct crew_task *task, void *tool)
{
    struct errand *errand = container_of(task, struct errand, task);

    (void)tool;
    errand->error = errand->cut ? make_cut(errand) : develop(errand);
}

static void after(struct crew_task *task)
{
    struct errand *errand = container_of(task, struct errand, task);

    errand->done(errand->owner, errand->error);
    free(errand);
}

static int submit(const struct errand *wanted)
{
    struct errand *errand = xcalloc(1, sizeof *errand);
    int error;

    *errand = *wanted;
    errand->task = (struct crew_task){.work = work, .after = after};
    error = crew_submit(errand->darkroom->crew, &errand->task);
    if (error == 0)
        return PENDING;
    free(errand);
    return error;
}

int photo_develop(struct darkroom *darkroom, struct photo *photo, bool has_view,
                  done_fn *done, void *owner)
{
    return submit(&(struct errand){.darkroom = darkroom,
                                   .photo = photo,
                                   .has_view = has_view,
                                   .done = done,
                                   .owner = owner});
}

int photo_cut(struct darkroom *darkroom, struct photo *photo, struct cut *cut,
              done_fn *done, void *owner)
{
    return submit(&(struct errand){.darkroom = darkroom,
                                   .photo = photo,
                                   .cut = cut,
                                   .done = done,
                                   .owner = owner});
}
