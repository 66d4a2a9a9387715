#include <math.h>

#include "studio.h"

#include "detection.h"

static struct studio studio;

/* The reference has faces by falling area, as we do, in pixels. */
static double worst_of_box(const struct face *face, const struct json *golden,
                           const struct bitmap *bitmap)
{
    const double ours[] = {
        face->box.left * bitmap->width, face->box.top * bitmap->height,
        face->box.width * bitmap->width, face->box.height * bitmap->height};
    const struct json *number = json_first(json_get(golden, "box"));
    double worst = 0;

    for (size_t i = 0; i < COUNT(ours); i++, number = json_next(number))
        worst = fmax(worst, fabs(ours[i] - json_number(number)));
    return worst;
}

static double worst_of_points(const struct face *face,
                              const struct json *golden,
                              const struct bitmap *bitmap)
{
    const struct json *number = json_first(json_get(golden, "landmarks5"));
    double worst = 0;

    for (size_t i = 0; i < FACE_POINTS; i++) {
        double x = face->points[i].x * bitmap->width;
        double y = face->points[i].y * bitmap->height;

        worst = fmax(worst, fabs(x - json_number(number)));
        number = json_next(number);
        worst = fmax(worst, fabs(y - json_number(number)));
        number = json_next(number);
    }
    return worst;
}

/* The reference knows no turns. */
static bool has_no_reference(const char *name)
{
    return strstr(name, "rot90");
}

static void boxes_and_points_are_those_of_the_reference(void **state)
{
    const struct json *photo;
    double worst = 0;

    (void)state;
    for (photo = json_first(json_get(studio.golden, "photos")); photo;
         photo = json_next(photo)) {
        const struct json *wanted = json_get(photo, "faces");
        const struct json *face = json_first(wanted);
        struct face *faces;
        struct shot shot;
        size_t count;

        if (has_no_reference(json_name(photo)))
            continue;
        shot_open(&shot, json_name(photo));
        assert_int_equal(
            detection_run(studio.networks, &shot.bitmap, &faces, &count), 0);
        if (count != json_count(wanted))
            fail_msg("%s: %zu faces", json_name(photo), count);
        for (size_t i = 0; i < count; i++, face = json_next(face)) {
            double box = worst_of_box(&faces[i], face, &shot.bitmap);
            double points = worst_of_points(&faces[i], face, &shot.bitmap);

            worst = fmax(worst, fmax(box, points));
            if (fmax(box, points) > 1)
                fail_msg("%s: box %.2f, points %.2f pixels away",
                         json_name(photo), box, points);
        }
        free(faces);
        shot_finish(&shot);
    }
    print_message("farthest from the reference: %.3f pixels\n", worst);
}
static void every_photo_has_the_faces_that_people_see(void **state)
{
    const struct json *photo;

    (void)state;
    for (photo = json_first(studio.truth); photo; photo = json_next(photo)) {
        const struct json *wanted = json_get(photo, "faces");
        struct face *faces;
        struct shot shot;
        size_t count;

        if (!wanted) /* a file that cannot be read */
            continue;
        shot_open(&shot, json_name(photo));
        assert_int_equal(
            detection_run(studio.networks, &shot.bitmap, &faces, &count), 0);
        if (count != (size_t)json_number(wanted))
            fail_msg("%s: %zu faces", json_name(photo), count);
        for (size_t i = 0; i < count; i++) {
            assert_true(faces[i].confidence > 95 && faces[i].confidence < 100);
            if (i > 0)
                assert_true(faces[i].box.width * faces[i].box.height <=
                            faces[i - 1].box.width * faces[i - 1].box.height);
        }
        free(faces);
        shot_finish(&shot);
    }
}

/* The same picture, turned clockwise by a quarter. */
static void shot_turn(struct shot *shot)
{
    const int width = shot->bitmap.width, height = shot->bitmap.height;
    unsigned char *bytes = malloc((size_t)width * (size_t)height * 3);

    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            memcpy(bytes + 3 * ((ptrdiff_t)x * height + (height - 1 - y)),
                   shot->bytes + 3 * ((ptrdiff_t)y * width + x), 3);
    free(shot->bytes);
    *shot = (struct shot){.bitmap = {bytes, height, width}, .bytes = bytes};
}

static struct point turn_point(struct point point)
{
    return (struct point){1 - point.y, point.x};
}

/* The difference of two angles, the short way round. */
static double angle_between(double one, double other)
{
    return fabs(remainder(one - other, 360));
}

/* A turned face is where the upright one went, to a twentieth of its size. */
static void assert_turned(const char *name, const struct face *face,
                          const struct face *upright, int quarters)
{
    const double size = fmax(upright->box.width, upright->box.height);

    for (size_t i = 0; i < FACE_POINTS; i++) {
        struct point wanted = upright->points[i];

        for (int k = 0; k < quarters; k++)
            wanted = turn_point(wanted);
        if (hypot(face->points[i].x - wanted.x, face->points[i].y - wanted.y) >
            size / 20)
            fail_msg("%s, turned by %d: point %zu is elsewhere", name,
                     90 * quarters, i);
    }
    if (angle_between(face->pose.roll, upright->pose.roll + 90 * quarters) > 5)
        fail_msg("%s, turned by %d: roll %.0f", name, 90 * quarters,
                 face->pose.roll);
    assert_true(angle_between(face->pose.yaw, upright->pose.yaw) < 10);
    assert_true(angle_between(face->pose.pitch, upright->pose.pitch) < 10);
}

static void a_photo_on_its_side_or_head_has_the_same_faces(void **state)
{
    static const char *const names[] = {
        "f1-mom-1.jpg",         "f1-daughter-1.jpg", "f1-group.jpg",
        "woman-eyeglasses.jpg", "man-on-sofa.jpg",   "obama-3.jpg",
        "obama-biden.jpg",      "biden-1.jpg",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct face *upright, *turned;
        size_t upright_count, turned_count;
        struct shot shot;

        shot_open(&shot, names[i]);
        assert_int_equal(detection_run(studio.networks, &shot.bitmap, &upright,
                                       &upright_count),
                         0);
        for (int quarters = 1; quarters < 4; quarters++) {
            shot_turn(&shot);
            assert_int_equal(detection_run(studio.networks, &shot.bitmap,
                                           &turned, &turned_count),
                             0);
            assert_int_equal(turned_count, upright_count);
            for (size_t k = 0; k < turned_count; k++)
                assert_turned(names[i], &turned[k], &upright[k], quarters);
            free(turned);
        }
        free(upright);
        shot_finish(&shot);
    }
}

static void a_strip_of_a_picture_has_no_face(void **state)
{
    const struct bitmap strips[] = {{calloc(20000, 3), 20000, 1},
                                    {calloc(20000, 3), 1, 20000},
                                    {calloc(1, 3), 1, 1}};
    struct face *faces;
    size_t count;

    (void)state;
    for (size_t i = 0; i < COUNT(strips); i++) {
        assert_int_equal(
            detection_run(studio.networks, &strips[i], &faces, &count), 0);
        assert_int_equal(count, 0);
        assert_null(faces);
        free((void *)strips[i].bytes);
    }
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
        cmocka_unit_test(boxes_and_points_are_those_of_the_reference),
        cmocka_unit_test(every_photo_has_the_faces_that_people_see),
        cmocka_unit_test(a_photo_on_its_side_or_head_has_the_same_faces),
        cmocka_unit_test(a_strip_of_a_picture_has_no_face),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
