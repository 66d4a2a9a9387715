/*
 * attributes.c - what more is measured of a face
 *
 * Three networks look at a square about the face's box: one finds its places,
 * one its expression, one its age and gender.  What they say becomes a value
 * and a confidence by scales that were measured; a confidence never says more
 * than the photos that it was measured on can show.
 */
#include <math.h>

#include "attributes.h"
#include "eyeglasses.h"
#include "landmarks.h"

/* From a number to yes or no: yes from the threshold on.  The confidence is 50
 * there and comes near to its limit a few widths away: the share of the photos'
 * answers that were right, lowered for how few they were. */
struct scale {
    double threshold;
    double width;
    double no_limit;
    double yes_limit;
};

static const struct scale smile_scale = {0.5, 0.15, 90, 84};
static const struct scale mouth_scale = {0.09, 0.03, 83, 77};
static const struct scale eyes_scale = {0.15, 0.05, 50, 66};
static const struct scale eyeglasses_scale = {0.44, 0.06, 79, 75};

/* What the authors of the network measured, by the age that it sees. */
static const struct age_group {
    double from;         /* years */
    double error;        /* the mean of it, either way */
    double gender_limit; /* per cent of genders that were right */
} age_groups[] = {
    {60, 6.17, 96}, {41, 4.94, 97}, {29, 5.43, 97}, {19, 4.99, 96},
    {9, 4.82, 88},  {4, 3.06, 80},  {0, 1.52, 69},
};
static const double gender_width = 0.15;

/* The range is so many mean errors wide, either way: nine in ten faces of the
 * kind that the network was tested with are inside. */
static const double age_errors = 2;

/* How often an emotion that it was sure of was there, at most. */
static const double emotion_limits[EMOTION_COUNT] = {
    [EMOTION_CALM] = 86,      [EMOTION_HAPPY] = 89, [EMOTION_SAD] = 17,
    [EMOTION_ANGRY] = 17,     [EMOTION_FEAR] = 17,  [EMOTION_DISGUSTED] = 17,
    [EMOTION_SURPRISED] = 17,
};

/* The networks know faces up to so many degrees from upright; others are turned
 * upright for them. */
static const double upright_degrees = 15;

/* Farther apart, the two networks have not seen the same face: profiles. */
static const double apart_most = 0.25;

/* Which network an attribute comes from; MEASURE_COUNT: none. */
static const enum measure sources[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_DEFAULT] = MEASURE_COUNT,
    [ATTRIBUTE_ALL] = MEASURE_LANDMARKS, /* for all places by name */
    [ATTRIBUTE_AGE_RANGE] = MEASURE_AGE,
    [ATTRIBUTE_BEARD] = MEASURE_COUNT,
    [ATTRIBUTE_EMOTIONS] = MEASURE_EXPRESSION,
    [ATTRIBUTE_EYE_DIRECTION] = MEASURE_COUNT,
    [ATTRIBUTE_EYEGLASSES] = MEASURE_COUNT,
    [ATTRIBUTE_EYES_OPEN] = MEASURE_LANDMARKS,
    [ATTRIBUTE_GENDER] = MEASURE_AGE,
    [ATTRIBUTE_MOUTH_OPEN] = MEASURE_LANDMARKS,
    [ATTRIBUTE_MUSTACHE] = MEASURE_COUNT,
    [ATTRIBUTE_FACE_OCCLUDED] = MEASURE_COUNT,
    [ATTRIBUTE_SMILE] = MEASURE_EXPRESSION,
    [ATTRIBUTE_SUNGLASSES] = MEASURE_COUNT,
};

bool attributes_ask(unsigned asked, enum attribute attribute)
{
    return asked & (1U << attribute | 1U << ATTRIBUTE_ALL);
}

bool attributes_need(unsigned asked, enum measure measure)
{
    for (enum attribute i = 0; i < ATTRIBUTE_COUNT; i++)
        if (sources[i] == measure && attributes_ask(asked, i))
            return true;
    return false;
}

static struct opinion opinion_of(double number, const struct scale *scale)
{
    bool value = number >= scale->threshold;
    double limit = value ? scale->yes_limit : scale->no_limit;
    double away = fabs(number - scale->threshold) / scale->width;

    return (struct opinion){
        .is_told = true,
        .value = value,
        .confidence = 50 + (limit - 50) * (1 - exp(-away)),
    };
}

/* ---- the square that the networks look at ---- */

/* The place in the picture that becomes a place of the square, and back. */
struct square {
    double left, top; /* of its middle, in pixels of the picture */
    double side;
    double turn; /* clockwise, radians */
};

static struct square square_about(const struct face *face,
                                  const struct bitmap *picture)
{
    const struct box *box = &face->box;
    bool is_upright = fabs(face->pose.roll) <= upright_degrees;

    return (struct square){
        .left = (box->left + box->width / 2) * picture->width,
        .top = (box->top + box->height / 2) * picture->height,
        .side =
            fmax(box->width * picture->width, box->height * picture->height),
        .turn = is_upright ? 0 : face->pose.roll * acos(-1) / 180,
    };
}

int attributes_cut(const struct face *face, struct networks *networks,
                   const struct bitmap *picture, unsigned char *crop)
{
    const struct square square = square_about(face, picture);
    const double half = NETWORKS_CROP / 2.0;
    double scale = NETWORKS_CROP / fmax(square.side, 1);
    double real = cos(square.turn) * scale;
    double imaginary = -sin(square.turn) * scale;
    const double matrix[] = {
        real,
        -imaginary,
        half - real * square.left + imaginary * square.top,
        imaginary,
        real,
        half - imaginary * square.left - real * square.top,
    };

    return networks_cut(networks, picture, matrix, crop);
}

/* `x` and `y` are ratios of the square. */
static struct point place(const struct square *square, double x, double y)
{
    double right = (x - 0.5) * square->side, down = (y - 0.5) * square->side;

    return (struct point){
        square->left + cos(square->turn) * right - sin(square->turn) * down,
        square->top + sin(square->turn) * right + cos(square->turn) * down,
    };
}

/* ---- what each network says ---- */

int attributes_see(const struct face *face, struct networks *networks,
                   const struct bitmap *picture, const unsigned char *crop,
                   struct point *seen)
{
    const struct square square = square_about(face, picture);
    float numbers[NETWORKS_NUMBERS_MAX];
    int error = networks_measure(networks, MEASURE_LANDMARKS, crop, numbers);

    for (size_t i = 0; i < LANDMARKS_SEEN && error == 0; i++)
        seen[i] =
            place(&square, (double)numbers[2 * i], (double)numbers[2 * i + 1]);
    return error;
}

/* What the two networks disagree on is not told. */
static int measure_places(struct face *face, struct networks *networks,
                          const struct bitmap *picture,
                          const unsigned char *crop)
{
    struct attributes *attributes = &face->attributes;
    struct point seen[LANDMARKS_SEEN], points[FACE_POINTS];
    int error = attributes_see(face, networks, picture, crop, seen);

    if (error < 0)
        return error;
    for (size_t i = 0; i < FACE_POINTS; i++)
        points[i] = (struct point){face->points[i].x * picture->width,
                                   face->points[i].y * picture->height};
    if (landmarks_apart(seen, points) > apart_most)
        return 0;

    landmarks_pick(seen, attributes->landmarks);
    for (size_t i = 0; i < FACE_LANDMARKS; i++) {
        attributes->landmarks[i].x /= picture->width;
        attributes->landmarks[i].y /= picture->height;
    }
    attributes->has_landmarks = true;
    attributes->mouth_open = opinion_of(landmarks_mouth(seen), &mouth_scale);
    attributes->eyes_open = opinion_of(landmarks_eyes(seen), &eyes_scale);
    return 0;
}

static int measure_expression(struct attributes *attributes,
                              struct networks *networks,
                              const unsigned char *crop)
{
    /* In the order of the network's numbers. */
    static const enum emotion order[EMOTION_COUNT] = {
        EMOTION_CALM, EMOTION_HAPPY,     EMOTION_SAD,       EMOTION_ANGRY,
        EMOTION_FEAR, EMOTION_DISGUSTED, EMOTION_SURPRISED,
    };
    float numbers[NETWORKS_NUMBERS_MAX] = {0};
    int error = networks_measure(networks, MEASURE_EXPRESSION, crop, numbers);

    if (error < 0)
        return error;
    for (size_t i = 0; i < EMOTION_COUNT; i++)
        attributes->emotions[order[i]] =
            (double)numbers[i] * emotion_limits[order[i]];
    attributes->has_emotions = true;
    attributes->smile = opinion_of((double)numbers[1], &smile_scale);
    return 0;
}

static int measure_age(struct attributes *attributes, struct networks *networks,
                       const unsigned char *crop)
{
    float numbers[NETWORKS_NUMBERS_MAX] = {0};
    int error = networks_measure(networks, MEASURE_AGE, crop, numbers);
    double years = fmax((double)numbers[0], 0);
    const struct age_group *group = age_groups;

    if (error < 0)
        return error;
    while (years < group->from)
        group++;
    attributes->has_age = true;
    attributes->age_low = (int)fmax(years - age_errors * group->error, 0);
    attributes->age_high = (int)ceil(years + age_errors * group->error);
    attributes->is_male =
        opinion_of((double)numbers[1],
                   &(struct scale){0.5, gender_width, group->gender_limit,
                                   group->gender_limit});
    return 0;
}

int attributes_measure(struct face *face, unsigned asked,
                       struct networks *networks, const struct bitmap *picture,
                       const unsigned char *crop)
{
    unsigned char own_crop[NETWORKS_CROP_BYTES];
    bool is_needed[MEASURE_COUNT], is_any_needed = false;
    int error = 0;

    for (enum measure i = 0; i < MEASURE_COUNT; i++) {
        is_needed[i] = attributes_need(asked, i) && networks_has(networks, i);
        is_any_needed |= is_needed[i];
    }
    if (attributes_ask(asked, ATTRIBUTE_EYEGLASSES))
        face->attributes.eyeglasses =
            opinion_of(eyeglasses_measure(crop), &eyeglasses_scale);
    if (is_any_needed)
        error = attributes_cut(face, networks, picture, own_crop);
    if (error == 0 && is_needed[MEASURE_LANDMARKS])
        error = measure_places(face, networks, picture, own_crop);
    if (error == 0 && is_needed[MEASURE_EXPRESSION])
        error = measure_expression(&face->attributes, networks, own_crop);
    if (error == 0 && is_needed[MEASURE_AGE])
        error = measure_age(&face->attributes, networks, own_crop);
    return error;
}
