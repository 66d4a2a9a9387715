#pragma once

#include <uv.h>

#include "buffer.h"
#include "done.h"
#include "picture.h"
#include "recognition.h"

/*
 * Where photos are worked on: a few threads that decode, fit, cut and shrink.
 * A photo is decoded when something is first asked of it that needs its
 * pixels: most searches end without that.
 */
struct darkroom;
struct photo;

struct darkroom_limits {
    size_t threads;
    uint64_t pixels;
};

struct darkroom *
darkroom_create(uv_loop_t *loop,
                const struct darkroom_limits *limits) MUST_CHECK;

/* Nothing may be under way.  It is gone from the loop once the loop has turned.
 */
void darkroom_destroy(struct darkroom *darkroom);

/* A photo of so many bytes, which are taken over. */
struct photo *photo_create(char *bytes, size_t len) MUST_CHECK;
void photo_destroy(struct photo *photo);

/*
 * Makes it fit for the recognition endpoint.  DONE, and nothing was decoded,
 * where it will do as it came.  E_INVALID: it is damaged.
 */
int photo_fit(struct darkroom *darkroom, struct photo *photo, done_fn *done,
              void *owner) MUST_CHECK;

/* After that: its upright size in pixels, and what is sent to the endpoint. */
uint32_t photo_width(const struct photo *photo);
uint32_t photo_height(const struct photo *photo);
struct recognition_image photo_image(const struct photo *photo);

/* Decodes it, once, whoever asks first.  DONE: it is; E_INVALID: it is damaged.
 */
int photo_develop(struct darkroom *darkroom, struct photo *photo, done_fn *done,
                  void *owner) MUST_CHECK;

/* A part of a photo that is developed, as a JPEG. */
struct cut {
    struct picture_area area;
    double margin;              /* of the area's size, on every side */
    uint32_t least;             /* pixels both ways, where the photo has them */
    uint32_t longest;           /* shrunk to this; 0: as it is */
    struct buffer jpeg;         /* the answer */
    struct picture_area window; /* what it shows of the photo */
};
int photo_cut(struct darkroom *darkroom, struct photo *photo, struct cut *cut,
              done_fn *done, void *owner) MUST_CHECK;

/* The whole of a photo in a size that is kept beside it: for lists, or for
 * browsers that do not show what it is.  Nobody may be developing it. */
struct print {
    const char *name;
    uint32_t longest;
    int quality;
};
extern const struct print print_thumb, print_view;
int photo_print(struct darkroom *darkroom, struct photo *photo,
                const struct print *print, struct buffer *jpeg, done_fn *done,
                void *owner) MUST_CHECK;
