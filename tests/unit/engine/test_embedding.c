#include <math.h>

#include "studio.h"

#include "alignment.h"
#include "detection.h"
#include "dot.h"
#include "embedding.h"
#include "similarity.h"

static struct studio studio;

enum { LENGTH = 256, PEOPLE_MAX = 64 };

/* A face cut out for the embedder. */
static void cut(const struct shot *shot, const struct face *face,
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

static double cosine(const float *one, const float *other)
{
    return dot_plain(one, other, LENGTH);
}

static void vectors_are_those_of_the_reference(void **state)
{
    const struct json *photo;
    double worst = 1;

    (void)state;
    for (photo = json_first(json_get(studio.golden, "photos")); photo;
         photo = json_next(photo)) {
        const struct json *golden = json_first(json_get(photo, "faces"));
        struct face *faces;
        struct shot shot;
        size_t count;

        /* The reference knows no turns. */
        if (strstr(json_name(photo), "rot90"))
            continue;
        shot_open(&shot, json_name(photo));
        assert_int_equal(
            detection_run(studio.networks, &shot.bitmap, &faces, &count), 0);
        for (size_t i = 0; i < count; i++, golden = json_next(golden)) {
            const struct json *number =
                json_first(json_get(golden, "embedding"));
            unsigned char crop[NETWORKS_CROP_BYTES];
            float vector[LENGTH], wanted[LENGTH];

            cut(&shot, &faces[i], crop);
            assert_int_equal(networks_embed(studio.networks, crop, vector), 0);
            embedding_normalize(vector, LENGTH);
            for (size_t k = 0; k < LENGTH; k++, number = json_next(number))
                wanted[k] = (float)json_number(number);
            embedding_normalize(wanted, LENGTH);
            worst = fmin(worst, cosine(vector, wanted));
            if (cosine(vector, wanted) < 0.999)
                fail_msg("%s: cosine %.5f", json_name(photo),
                         cosine(vector, wanted));
        }
        free(faces);
        shot_finish(&shot);
    }
    print_message("least like the reference: cosine %.6f\n", worst);
}

/* The same photo on its side; it was stored anew, in a third of the bytes. */
static void a_photo_on_its_side_has_the_vector_of_the_upright_one(void **state)
{
    const struct json *golden = json_first(json_get(
        json_get(json_get(studio.golden, "photos"), "f1-mom-2.jpg"), "faces"));
    const struct json *number = json_first(json_get(golden, "embedding"));
    unsigned char crop[NETWORKS_CROP_BYTES];
    float vector[LENGTH], wanted[LENGTH];
    struct face *faces;
    struct shot shot;
    size_t count;

    (void)state;
    shot_open(&shot, "f1-mom-2-rot90-noexif.jpg");
    assert_int_equal(
        detection_run(studio.networks, &shot.bitmap, &faces, &count), 0);
    assert_int_equal(count, 1);
    cut(&shot, &faces[0], crop);
    assert_int_equal(networks_embed(studio.networks, crop, vector), 0);
    embedding_normalize(vector, LENGTH);
    for (size_t k = 0; k < LENGTH; k++, number = json_next(number))
        wanted[k] = (float)json_number(number);
    embedding_normalize(wanted, LENGTH);
    assert_true(cosine(vector, wanted) > 0.97);
    free(faces);
    shot_finish(&shot);
}

static void a_face_and_its_mirror_image_have_one_vector(void **state)
{
    const size_t row = (size_t)3 * NETWORKS_CROP;
    unsigned char crop[NETWORKS_CROP_BYTES], mirrored[NETWORKS_CROP_BYTES];
    float one[LENGTH], other[LENGTH];

    (void)state;
    for (size_t i = 0; i < sizeof crop; i++)
        crop[i] = (unsigned char)(i * i % 251);
    for (size_t i = 0; i < sizeof crop / 3; i++) {
        size_t y = i / NETWORKS_CROP, x = i % NETWORKS_CROP;

        memcpy(mirrored + y * row + 3 * (NETWORKS_CROP - 1 - x),
               crop + y * row + 3 * x, 3);
    }
    assert_int_equal(embedding_make(studio.networks, crop, one), 0);
    assert_int_equal(embedding_make(studio.networks, mirrored, other), 0);
    assert_float_equal(cosine(one, one), 1, 1e-5);
    assert_float_equal(cosine(one, other), 1, 1e-5);
}

/* The photos of one person each, and their vectors. */
struct people {
    size_t count;
    struct {
        const char *photo;
        const char *person;
        float vector[LENGTH];
    } list[PEOPLE_MAX];
};

static struct people people;

static void meet(const char *photo, const char *person, const struct shot *shot)
{
    unsigned char crop[NETWORKS_CROP_BYTES];
    struct face *faces;
    size_t count;

    assert_int_equal(
        detection_run(studio.networks, &shot->bitmap, &faces, &count), 0);
    assert_int_equal(count, 1);
    cut(shot, &faces[0], crop);
    assert_true(people.count < PEOPLE_MAX);
    people.list[people.count].photo = photo;
    people.list[people.count].person = person;
    assert_int_equal(
        embedding_make(studio.networks, crop, people.list[people.count].vector),
        0);
    people.count++;
    free(faces);
}

/* What comes back when a face is cut out of its photo with a margin, sent as a
 * photo of its own, and found there again. */
static void shot_cut_out(struct shot *shot, const char *photo)
{
    size_t len, count;
    char *bytes = studio_file(photo, &len);
    struct picture *picture = picture_open(bytes, len, UINT64_MAX, 0);
    struct buffer jpeg = {0};
    struct picture_area area;
    struct face *faces;
    struct shot whole;

    shot_decode(&whole, bytes, len);
    assert_int_equal(
        detection_run(studio.networks, &whole.bitmap, &faces, &count), 0);
    area = picture_grow(
        picture,
        (struct picture_area){faces[0].box.left, faces[0].box.top,
                              faces[0].box.width, faces[0].box.height},
        0.4, 80);
    assert_int_equal(picture_jpeg(picture, &area, 0, 92, &jpeg), 0);
    shot_decode(shot, jpeg.bytes, jpeg.len);
    free(faces);
    shot_finish(&whole);
    picture_close(picture);
    buffer_finish(&jpeg);
    free(bytes);
}

/* A small child in two photos: no threshold that keeps her apart from her
 * brother finds both of them alike. */
static bool is_hard(const char *one, const char *other)
{
    return (strcmp(one, "f1-daughter-1.jpg") == 0 &&
            strcmp(other, "f1-daughter-3.jpg") == 0);
}

/* Same people are found at 80, others are not. */
static void assert_told_apart(void)
{
    double worst_same = 1, best_other = -1;

    for (size_t i = 0; i < people.count; i++) {
        for (size_t k = i + 1; k < people.count; k++) {
            const char *one = people.list[i].photo;
            const char *other = people.list[k].photo;
            double c = cosine(people.list[i].vector, people.list[k].vector);
            bool same =
                strcmp(people.list[i].person, people.list[k].person) == 0;

            if (is_hard(one, other))
                continue;
            if (same)
                worst_same = fmin(worst_same, c);
            else
                best_other = fmax(best_other, c);
            if (same != (similarity_percent(LENGTH, c) >= 80))
                fail_msg("%s and %s: cosine %.3f, similarity %.1f", one, other,
                         c, similarity_percent(LENGTH, c));
        }
    }
    print_message("same people: cosine %.3f and more, others: %.3f and less\n",
                  worst_same, best_other);
}

static void meet_all(void (*open)(struct shot *shot, const char *photo))
{
    const struct json *photo;

    people.count = 0;
    for (photo = json_first(studio.truth); photo; photo = json_next(photo)) {
        const char *person = json_get_text(photo, "person", NULL);
        struct shot shot;

        if (!person)
            continue;
        open(&shot, json_name(photo));
        meet(json_name(photo), person, &shot);
        shot_finish(&shot);
    }
}

static void people_are_told_apart(void **state)
{
    (void)state;
    meet_all(shot_open);
    assert_told_apart();
}

static void people_are_told_apart_when_cut_out(void **state)
{
    (void)state;
    meet_all(shot_cut_out);
    assert_told_apart();
}

static int set_up(void **state)
{
    (void)state;
    studio_open(&studio);
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
        cmocka_unit_test(vectors_are_those_of_the_reference),
        cmocka_unit_test(a_photo_on_its_side_has_the_vector_of_the_upright_one),
        cmocka_unit_test(a_face_and_its_mirror_image_have_one_vector),
        cmocka_unit_test(people_are_told_apart),
        cmocka_unit_test(people_are_told_apart_when_cut_out),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
