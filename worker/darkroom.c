/*
 * darkroom.c - where photos are worked on
 *
 * A photo is developed on one thread at a time: whoever asks meanwhile waits on
 * the photo, on the loop thread, and is woken with the first.
 */
#include <stdlib.h>

#include "crew.h"
#include "darkroom.h"
#include "errors.h"
#include "sniff.h"
#include "turn.h"
#include "xalloc.h"

enum {
    WAITING_MAX = 10000,
    FIT_LONGEST = 4096, /* faces of a larger photo are large enough shrunk */
    QUALITY = 90,
};

const struct print print_thumb = {"thumb", 256, 80};
const struct print print_view = {"view", 1600, QUALITY};

struct darkroom {
    struct crew *crew;
    uint64_t pixels;
};

struct photo {
    char *bytes;
    size_t len;
    bool is_readable; /* as far as its headers tell */
    struct picture_facts facts;
    struct picture *picture; /* once it is developed */
    struct buffer fitted;    /* empty: the bytes themselves fit */
    struct errand *developing;
};

/* Something to be done to a photo. */
struct errand {
    struct crew_task task;
    struct darkroom *darkroom;
    struct photo *photo;
    int (*run)(const struct errand *errand); /* on a thread of the crew */
    struct cut *cut;
    const struct print *print;
    struct buffer *jpeg; /* the print's */
    bool has_fit;        /* what is developed is fitted as well */
    int error;
    done_fn *done;
    void *owner;
    struct errand *next; /* who waits for the same photo to be developed */
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
    photo->is_readable = sniff(bytes, len, &photo->facts) == 0;
    return photo;
}

void photo_destroy(struct photo *photo)
{
    if (!photo)
        return;
    picture_close(photo->picture);
    buffer_finish(&photo->fitted);
    free(photo->bytes);
    free(photo);
}

uint32_t photo_width(const struct photo *photo)
{
    const struct picture_facts *facts = &photo->facts;

    if (photo->picture)
        return picture_width(photo->picture);
    return turn_swaps(facts->orientation) ? facts->height : facts->width;
}

uint32_t photo_height(const struct photo *photo)
{
    const struct picture_facts *facts = &photo->facts;

    if (photo->picture)
        return picture_height(photo->picture);
    return turn_swaps(facts->orientation) ? facts->width : facts->height;
}

struct recognition_image photo_image(const struct photo *photo)
{
    if (photo->fitted.len)
        return (struct recognition_image){photo->fitted.bytes,
                                          photo->fitted.len};
    return (struct recognition_image){photo->bytes, photo->len};
}

/* ---- on a thread of the crew ---- */

static int develop(const struct errand *errand)
{
    struct photo *photo = errand->photo;

    photo->picture = picture_open(photo->bytes, photo->len,
                                  errand->darkroom->pixels, FIT_LONGEST);
    if (!photo->picture)
        return E_INVALID;
    return errand->has_fit
               ? picture_fit(photo->picture, RECOGNITION_IMAGE_BYTES_MAX,
                             FIT_LONGEST, &photo->fitted)
               : 0;
}

static int make_cut(const struct errand *errand)
{
    struct cut *cut = errand->cut;

    cut->window = picture_grow(errand->photo->picture, cut->area, cut->margin,
                               cut->least);
    return picture_jpeg(errand->photo->picture, &cut->window, cut->longest,
                        QUALITY, &cut->jpeg);
}

/* A photo that nobody has developed is decoded at a fraction of its size, which
 * is all that a print needs. */
static int make_print(const struct errand *errand)
{
    const struct print *print = errand->print;
    struct photo *photo = errand->photo;
    struct picture *small = NULL;
    int error = E_INVALID;

    if (!photo->picture)
        small = picture_open(photo->bytes, photo->len, errand->darkroom->pixels,
                             print->longest);
    if (photo->picture || small)
        error = picture_jpeg(small ? small : photo->picture, NULL,
                             print->longest, print->quality, errand->jpeg);
    picture_close(small);
    return error;
}

static void work(struct crew_task *task, void *tool)
{
    struct errand *errand = container_of(task, struct errand, task);

    (void)tool;
    errand->error = errand->run(errand);
}

/* ---- on the loop thread ---- */

/* Those who waited for the same are done with it. */
static void after(struct crew_task *task)
{
    struct errand *errand = container_of(task, struct errand, task);
    int error = errand->error;

    if (errand->photo->developing == errand)
        errand->photo->developing = NULL;
    while (errand) {
        struct errand *next = errand->next;

        errand->done(errand->owner, error);
        free(errand);
        errand = next;
    }
}

static struct errand *errand_create(const struct errand *wanted)
{
    struct errand *errand = xcalloc(1, sizeof *errand);

    *errand = *wanted;
    errand->task = (struct crew_task){.work = work, .after = after};
    return errand;
}

static int submit(struct errand *errand)
{
    int error = crew_submit(errand->darkroom->crew, &errand->task);

    if (error == 0)
        return PENDING;
    free(errand);
    return error;
}

static int submit_developing(const struct errand *wanted)
{
    struct photo *photo = wanted->photo;
    struct errand *errand = errand_create(wanted);
    int result;

    if (photo->developing) {
        errand->next = photo->developing->next;
        photo->developing->next = errand;
        return PENDING;
    }
    result = submit(errand);
    if (result == PENDING)
        photo->developing = errand;
    return result;
}

int photo_fit(struct darkroom *darkroom, struct photo *photo, done_fn *done,
              void *owner)
{
    const struct picture_facts *facts = &photo->facts;

    if (!photo->is_readable ||
        (uint64_t)facts->width * facts->height > darkroom->pixels)
        return E_INVALID;
    if (picture_fits(facts, photo->len, RECOGNITION_IMAGE_BYTES_MAX,
                     FIT_LONGEST))
        return DONE;
    return submit_developing(&(struct errand){.darkroom = darkroom,
                                              .photo = photo,
                                              .run = develop,
                                              .has_fit = true,
                                              .done = done,
                                              .owner = owner});
}

int photo_develop(struct darkroom *darkroom, struct photo *photo, done_fn *done,
                  void *owner)
{
    if (photo->picture && !photo->developing)
        return DONE;
    return submit_developing(&(struct errand){.darkroom = darkroom,
                                              .photo = photo,
                                              .run = develop,
                                              .done = done,
                                              .owner = owner});
}

int photo_cut(struct darkroom *darkroom, struct photo *photo, struct cut *cut,
              done_fn *done, void *owner)
{
    assert(photo->picture && !photo->developing);
    return submit(errand_create(&(struct errand){.darkroom = darkroom,
                                                 .photo = photo,
                                                 .run = make_cut,
                                                 .cut = cut,
                                                 .done = done,
                                                 .owner = owner}));
}

int photo_print(struct darkroom *darkroom, struct photo *photo,
                const struct print *print, struct buffer *jpeg, done_fn *done,
                void *owner)
{
    assert(!photo->developing);
    return submit(errand_create(&(struct errand){.darkroom = darkroom,
                                                 .photo = photo,
                                                 .run = make_print,
                                                 .print = print,
                                                 .jpeg = jpeg,
                                                 .done = done,
                                                 .owner = owner}));
}
