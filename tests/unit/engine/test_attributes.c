/*
 * What the networks say is held to the reference on every photo; what we make
 * of it is held to what a person sees.
 */
#include <math.h>

#include "studio.h"

#include "alignment.h"
#include "attributes.h"
#include "detection.h"
#include "landmarks.h"

static struct studio studio;

enum { ASKED = 1U << ATTRIBUTE_ALL };

/* What a person sees on a photo, for its faces by falling size: + yes, - no,
 * ? people would not agree.  Variants of a photo are not counted twice. */
static const struct sight {
    const char *photo;
    const char *male;
    const char *smile;
    const char *mouth_open;
    const char *eyes_open;
    const char *eyeglasses;
} sights[] = {
    {"biden-1.jpg", "+", "-", "-", "+", "-"},
    {"biden-2.jpg", "+", "+", "+", "+", "-"},
    {"f1-dad-1.jpg", "+", "+", "+", "+", "-"},
    {"f1-dad-2.jpg", "+", "+", "+", "+", "-"},
    {"f1-dad-3.jpg", "+", "+", "+", "+", "-"},
    {"f1-daughter-1.jpg", "-", "-", "+", "+", "-"},
    {"f1-daughter-2.jpg", "-", "+", "+", "+", "-"},
    {"f1-daughter-3.jpg", "-", "?", "+", "+", "-"},
    {"f1-group.jpg", "+-+-", "++++", "++++", "++++", "----"},
    {"f1-mom-1.jpg", "-", "+", "+", "+", "-"},
    {"f1-mom-2.jpg", "-", "+", "+", "+", "-"},
    {"f1-son-1.jpg", "+", "-", "+", "+", "-"},
    {"f1-son-2.jpg", "+", "+", "+", "+", "-"},
    {"man-helmet-profile.jpg", "+", "-", "-", "+", "+"},
    {"man-on-sofa.jpg", "+", "+", "+", "+", "-"},
    {"obama-1.jpg", "+", "+", "+", "+", "-"},
    {"obama-2.jpg", "+", "-", "+", "+", "-"},
    {"obama-3.jpg", "+", "-", "-", "+", "-"},
    {"obama-biden.jpg", "++", "--", "--", "++", "--"},
    {"restaurant.jpg", "-+-", "-?+", "-++", "+++", "---"},
    {"woman-eyeglasses.jpg", "-", "+", "+", "+", "+"},
};

/* Cut out as the embedder sees it. */
static void align(const struct face *face, const struct shot *shot,
                  unsigned char crop[static NETWORKS_CROP_BYTES])
{
    struct point points[FACE_POINTS];
    double matrix[6];

    for (size_t i = 0; i < FACE_POINTS; i++)
        points[i] = (struct point){face->points[i].x * shot->bitmap.width,
                                   face->points[i].y * shot->bitmap.height};
    assert_int_equal(alignment_find(points, matrix), 0);
    assert_int_equal(networks_cut(studio.networks, &shot->bitmap, matrix, crop),
                     0);
}

static void measure(struct face *face, unsigned asked, const struct shot *shot)
{
    unsigned char crop[NETWORKS_CROP_BYTES];

    align(face, shot, crop);
    assert_int_equal(
        attributes_measure(face, asked, studio.networks, &shot->bitmap, crop),
        0);
}

/* ---- the reference ---- */

/* It knows no turns: the photo that lies on its side has none, and tilted faces
 * are looked at as they are. */
static void for_each_golden(void (*check)(const char *photo,
                                          const struct face *face,
                                          const struct json *golden,
                                          const struct shot *shot))
{
    for (const struct json *photo =
             json_first(json_get(studio.golden, "photos"));
         photo; photo = json_next(photo)) {
        const struct json *golden = json_first(json_get(photo, "faces"));
        struct face *faces;
        struct shot shot;
        size_t count;

        if (strstr(json_name(photo), "rot90"))
            continue;
        shot_open(&shot, json_name(photo));
        assert_int_equal(
            detection_run(studio.networks, &shot.bitmap, &faces, &count), 0);
        for (size_t i = 0; i < count; i++, golden = json_next(golden)) {
            faces[i].pose.roll = 0;
            check(json_name(photo), &faces[i], golden, &shot);
        }
        free(faces);
        shot_finish(&shot);
    }
}

static void compare_landmarks(const char *photo, const struct face *face,
                              const struct json *golden,
                              const struct shot *shot)
{
    unsigned char crop[NETWORKS_CROP_BYTES];
    struct point seen[LANDMARKS_SEEN];
    const struct json *number = json_first(json_get(golden, "landmarks68"));

    assert_int_equal(attributes_cut(face, studio.networks, &shot->bitmap, crop),
                     0);
    assert_int_equal(
        attributes_see(face, studio.networks, &shot->bitmap, crop, seen), 0);
    for (size_t i = 0; i < LANDMARKS_SEEN; i++) {
        double x = json_number(number), y = json_number(json_next(number));

        number = json_next(json_next(number));
        if (hypot(seen[i].x - x, seen[i].y - y) > 0.5)
            fail_msg("%s: landmark %zu is %.2f pixels away", photo, i,
                     hypot(seen[i].x - x, seen[i].y - y));
    }
}

static void landmarks_are_those_of_the_reference(void **state)
{
    (void)state;
    for_each_golden(compare_landmarks);
}

static void compare_numbers(const char *photo, const struct face *face,
                            const struct json *golden, const struct shot *shot)
{
    static const char *const names[] = {"neutral",  "happy",   "sad",
                                        "angry",    "fearful", "disgusted",
                                        "surprised"};
    const struct json *expression = json_get(golden, "expression");
    unsigned char crop[NETWORKS_CROP_BYTES];
    float numbers[NETWORKS_NUMBERS_MAX];

    assert_int_equal(attributes_cut(face, studio.networks, &shot->bitmap, crop),
                     0);
    assert_int_equal(
        networks_measure(studio.networks, MEASURE_EXPRESSION, crop, numbers),
        0);
    for (size_t i = 0; i < COUNT(names); i++)
        if (fabs((double)numbers[i] -
                 json_get_number(expression, names[i], -1)) > 0.01)
            fail_msg("%s: %s is %.3f", photo, names[i], (double)numbers[i]);
    assert_int_equal(
        networks_measure(studio.networks, MEASURE_AGE, crop, numbers), 0);
    if (fabs((double)numbers[0] - json_get_number(golden, "age", -1)) > 0.2)
        fail_msg("%s: age %.2f", photo, (double)numbers[0]);
    if (fabs((double)numbers[1] - json_get_number(golden, "male", -1)) > 0.01)
        fail_msg("%s: male %.3f", photo, (double)numbers[1]);
}

static void expression_age_and_gender_are_those_of_the_reference(void **state)
{
    (void)state;
    for_each_golden(compare_numbers);
}

/* ---- what a person sees ---- */

/* How answers went: by what a person sees, and by what is told. */
struct score {
    int right[2]; /* no, yes */
    int wrong[2];
};

static void count(struct score *score, char seen, const struct opinion *opinion)
{
    bool is_right = opinion->value == (seen == '+');

    assert_true(opinion->confidence >= 50 && opinion->confidence <= 97);
    if (seen != '?')
        (is_right ? score->right : score->wrong)[opinion->value]++;
}

static void assert_score(const char *what, const struct score *score,
                         struct score wanted)
{
    print_message("%s: yes %d right, %d wrong; no %d right, %d wrong\n", what,
                  score->right[1], score->wrong[1], score->right[0],
                  score->wrong[0]);
    assert_memory_equal(score, &wanted, sizeof wanted);
}

/* The limits of confidences in attributes.c come from these numbers, so does
 * the table in docs/recognition.md: they change together. */
static void attributes_are_what_a_person_sees(void **state)
{
    struct score male = {0}, smile = {0}, mouth = {0}, eyes = {0},
                 glasses = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(sights); i++) {
        const struct sight *sight = &sights[i];
        struct face *faces;
        struct shot shot;
        size_t face_count;

        shot_open(&shot, sight->photo);
        assert_int_equal(
            detection_run(studio.networks, &shot.bitmap, &faces, &face_count),
            0);
        assert_int_equal(face_count, strlen(sight->male));
        for (size_t k = 0; k < face_count; k++) {
            const struct attributes *told = &faces[k].attributes;

            measure(&faces[k], ASKED, &shot);
            count(&male, sight->male[k], &told->is_male);
            count(&smile, sight->smile[k], &told->smile);
            count(&glasses, sight->eyeglasses[k], &told->eyeglasses);
            if (!told->has_landmarks)
                continue;
            count(&mouth, sight->mouth_open[k], &told->mouth_open);
            count(&eyes, sight->eyes_open[k], &told->eyes_open);
        }
        free(faces);
        shot_finish(&shot);
    }
    assert_score("male", &male, (struct score){{10, 16}, {1, 0}});
    assert_score("smile", &smile, (struct score){{8, 16}, {0, 1}});
    assert_score("mouth open", &mouth, (struct score){{4, 21}, {0, 1}});
    assert_score("eyes open", &eyes, (struct score){{0, 26}, {0, 0}});
    assert_score("eyeglasses", &glasses, (struct score){{25, 2}, {0, 0}});
}

static struct face face_of(const char *photo, unsigned asked)
{
    struct face *faces, face;
    struct shot shot;
    size_t count;

    shot_open(&shot, photo);
    assert_int_equal(
        detection_run(studio.networks, &shot.bitmap, &faces, &count), 0);
    face = faces[0];
    measure(&face, asked, &shot);
    free(faces);
    shot_finish(&shot);
    return face;
}

/* Photos whose day is in their EXIF data, of men whose birthday is known. */
static void known_ages_are_in_the_range(void **state)
{
    static const struct {
        const char *photo;
        int age;
    } known[] = {{"biden-1.jpg", 67},
                 {"obama-1.jpg", 51},
                 {"obama-2.jpg", 48},
                 {"obama-3.jpg", 48}};

    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        struct face face = face_of(known[i].photo, ASKED);

        assert_true(face.attributes.has_age);
        assert_in_range(known[i].age, face.attributes.age_low,
                        face.attributes.age_high);
    }
}

/* On its side, as on its feet. */
static void a_face_is_turned_upright_for_the_networks(void **state)
{
    struct face upright = face_of("f1-mom-2.jpg", ASKED);
    struct face turned = face_of("f1-mom-2-rot90-noexif.jpg", ASKED);

    (void)state;
    assert_true(turned.attributes.has_landmarks);
    for (size_t i = 0; i < FACE_LANDMARKS; i++) {
        const struct point *one = &upright.attributes.landmarks[i];
        const struct point *other = &turned.attributes.landmarks[i];

        /* By a quarter, clockwise; both sides have about one length. */
        assert_true(hypot(other->x - (1 - one->y), other->y - one->x) < 0.02);
    }
    assert_true(turned.attributes.smile.value);
    assert_false(turned.attributes.is_male.value);
}

static void what_two_networks_disagree_on_is_not_told(void **state)
{
    struct face face = face_of("man-helmet-profile.jpg", ASKED);

    (void)state;
    assert_false(face.attributes.has_landmarks);
    assert_false(face.attributes.mouth_open.is_told);
    assert_false(face.attributes.eyes_open.is_told);
    assert_true(face.attributes.has_age);
}

static void only_what_was_asked_for_is_measured(void **state)
{
    struct face face = face_of("obama-1.jpg", 1U << ATTRIBUTE_SMILE);

    (void)state;
    assert_true(face.attributes.smile.is_told);
    assert_false(face.attributes.has_age);
    assert_false(face.attributes.has_landmarks);
    assert_false(face.attributes.eyeglasses.is_told);
    face = face_of("obama-1.jpg", 1U << ATTRIBUTE_DEFAULT);
    assert_false(face.attributes.smile.is_told);
}

/* ---- without models ---- */

static void a_set_without_networks_tells_what_needs_none(void **state)
{
    struct studio bare;
    struct face *faces;
    struct shot shot;
    unsigned char crop[NETWORKS_CROP_BYTES];
    size_t count;

    (void)state;
    studio_open(&bare);
    shot_open(&shot, "obama-1.jpg");
    assert_int_equal(detection_run(bare.networks, &shot.bitmap, &faces, &count),
                     0);
    align(&faces[0], &shot, crop);
    assert_int_equal(
        attributes_measure(&faces[0], ASKED, bare.networks, &shot.bitmap, crop),
        0);
    assert_false(faces[0].attributes.has_age);
    assert_false(faces[0].attributes.has_emotions);
    assert_false(faces[0].attributes.has_landmarks);
    assert_true(faces[0].attributes.eyeglasses.is_told);
    free(faces);
    shot_finish(&shot);
    networks_destroy(bare.networks);
    json_destroy(bare.truth);
    json_destroy(bare.golden);
}

static void another_network_in_the_place_of_one_is_refused(void **state)
{
    struct buffer problem = {0};
    struct models models;
    struct model model;

    (void)state;
    studio_load_models(&models);
    assert_int_equal(models_read_measure(&model, MEASURE_EXPRESSION,
                                         models.measures[MEASURE_EXPRESSION],
                                         &problem),
                     0);
    assert_int_equal(
        networks_add(studio.networks, MEASURE_AGE, model.bytes, model.len),
        E_INVALID);
    assert_true(strlen(networks_problem(studio.networks)) > 0);
    assert_int_equal(
        networks_add(studio.networks, MEASURE_AGE, "no network", 10),
        E_INVALID);
    model_finish(&model);
    models_finish(&models);
}

static int set_up(void **state)
{
    (void)state;
    studio_open(&studio);
    studio_add_measures(&studio);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    studio_close(&studio);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(landmarks_are_those_of_the_reference),
        cmocka_unit_test(expression_age_and_gender_are_those_of_the_reference),
        cmocka_unit_test(attributes_are_what_a_person_sees),
        cmocka_unit_test(known_ages_are_in_the_range),
        cmocka_unit_test(a_face_is_turned_upright_for_the_networks),
        cmocka_unit_test(what_two_networks_disagree_on_is_not_told),
        cmocka_unit_test(only_what_was_asked_for_is_measured),
        cmocka_unit_test(a_set_without_networks_tells_what_needs_none),
        cmocka_unit_test(another_network_in_the_place_of_one_is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
