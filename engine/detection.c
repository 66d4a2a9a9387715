/*
 * detection.c - finding the faces of a picture, whichever way up it is
 *
 * The detector is good at faces up to 45 degrees from upright.  A photo without
 * a word on how the camera was held may lie on its side, so when nothing in it
 * looks like an upright face beyond doubt, it is looked at in the other three
 * turns, smaller, because the best turn shows itself at any size; and then once
 * more in full in the turn that won.
 */
#include <math.h>
#include <stdlib.h>

#include "candidates.h"
#include "detection.h"
#include "pose.h"
#include "xalloc.h"

enum {
    FULL_LOOK = 640,  /* longest side, in pixels, of what the detector sees */
    BRIEF_LOOK = 448, /* half of the work, and sees faces down to 20 pixels */
};

/* From here on it is a face. */
static const double face_score = 0.8;

/* A face that stands upright scores this; one that is turned by 90 degrees or
 * more hardly ever does. */
static const double upright_score = 0.91;

/* What a face may lose when it is looked at smaller. */
static const double brief_score = 0.6;

/* One look of the detector, and what it was of. */
struct look {
    struct detector_view view; /* the grids are gone at the next look */
    struct candidates found;
};

static int look_at(struct look *look, struct networks *networks,
                   const struct bitmap *picture, int longest, enum turn turn,
                   double score_min)
{
    int error = networks_detect(networks, picture, longest, turn, &look->view);

    if (error < 0)
        return error;
    candidates_read(&look->found, &look->view, score_min);
    return 0;
}

static double best_score(const struct look *look)
{
    return look->found.count ? look->found.list[0].score : 0;
}

/* The turn in which a brief look finds most; TURN_NONE: nothing in any. */
static int find_turn(struct networks *networks, const struct bitmap *picture,
                     enum turn *best)
{
    struct look look;
    double score = 0;

    *best = TURN_NONE;
    for (enum turn turn = TURN_90; turn < TURN_COUNT; turn++) {
        int error =
            look_at(&look, networks, picture, BRIEF_LOOK, turn, brief_score);

        if (error < 0)
            return error;
        if (best_score(&look) > score) {
            score = best_score(&look);
            *best = turn;
        }
    }
    return 0;
}

/* Replaces an upright look that convinces nobody by a better one. */
static int look_turned(struct look *upright, struct networks *networks,
                       const struct bitmap *picture)
{
    struct look turned;
    enum turn turn;
    int error = find_turn(networks, picture, &turn);

    if (error < 0 || turn == TURN_NONE)
        return error;
    error = look_at(&turned, networks, picture, FULL_LOOK, turn, face_score);
    if (error == 0 && best_score(&turned) > best_score(upright))
        *upright = turned;
    return error;
}

/* A place in what was shown, as a place in the picture. */
static struct point place(const struct detector_view *view, struct point at)
{
    struct point back = at;

    switch (view->turn) {
    case TURN_90:
        back = (struct point){at.y, view->width - at.x};
        break;
    case TURN_180:
        back = (struct point){view->width - at.x, view->height - at.y};
        break;
    case TURN_270:
        back = (struct point){view->height - at.y, at.x};
        break;
    case TURN_NONE:
    case TURN_COUNT:
        break;
    }
    return (struct point){back.x / view->scale, back.y / view->scale};
}

static struct box place_box(const struct detector_view *view, struct box box)
{
    struct point one = place(view, (struct point){box.left, box.top});
    struct point other =
        place(view, (struct point){box.left + box.width, box.top + box.height});

    return (struct box){fmin(one.x, other.x), fmin(one.y, other.y),
                        fabs(one.x - other.x), fabs(one.y - other.y)};
}

/*
 * The detector's scores of faces crowd between 0.8 and 0.96, while people who
 * read a confidence expect 99 and more of a plain face.  This curve says 50 at
 * 0.66 (dogs are found below), 97 at 0.8 and 99.9 at 0.94.
 */
static double confidence_of(double score)
{
    return 100 / (1 + exp(-25 * (score - 0.66)));
}

static void fill(struct face *face, const struct candidate *candidate,
                 const struct detector_view *view, const struct bitmap *picture)
{
    struct box box = place_box(view, candidate->box);
    struct point points[FACE_POINTS];

    for (size_t i = 0; i < FACE_POINTS; i++)
        points[i] = place(view, candidate->points[i]);

    *face = (struct face){
        .box = {box.left / picture->width, box.top / picture->height,
                box.width / picture->width, box.height / picture->height},
        .confidence = confidence_of(candidate->score),
        .pose = pose_estimate(points),
    };
    for (size_t i = 0; i < FACE_POINTS; i++)
        face->points[i] = (struct point){points[i].x / picture->width,
                                         points[i].y / picture->height};
}

/* The largest first; the order of equal ones is that of their places. */
static int compare_faces(const void *one, const void *other)
{
    const struct box *a = &((const struct face *)one)->box;
    const struct box *b = &((const struct face *)other)->box;
    double area_a = a->width * a->height, area_b = b->width * b->height;

    if (area_a != area_b)
        return area_a < area_b ? 1 : -1;
    if (a->left != b->left)
        return a->left < b->left ? -1 : 1;
    return a->top < b->top ? -1 : 1;
}

int detection_run(struct networks *networks, const struct bitmap *picture,
                  struct face **faces, size_t *count)
{
    struct look look;
    int error =
        look_at(&look, networks, picture, FULL_LOOK, TURN_NONE, face_score);

    *faces = NULL;
    *count = 0;
    if (error == 0 && best_score(&look) < upright_score)
        error = look_turned(&look, networks, picture);
    if (error < 0 || look.found.count == 0)
        return error;

    *faces = xcalloc(look.found.count, sizeof **faces);
    for (size_t i = 0; i < look.found.count; i++)
        fill(&(*faces)[i], &look.found.list[i], &look.view, picture);
    qsort(*faces, look.found.count, sizeof **faces, compare_faces);
    *count = look.found.count < DETECTION_FACES_MAX ? look.found.count
                                                    : DETECTION_FACES_MAX;
    return 0;
}
