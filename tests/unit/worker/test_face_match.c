#include "unit.h"

#include "basics.h"
#include "face_match.h"

/* Faces as the endpoint names them, by falling similarity: whose they are. */
static struct face_owner owners[] = {
    {.face = "f1", .person = "ada", .external_id = "u-1", .name = "Ada L."},
    {.face = "f2", .person = "bob"},
    {.face = "f3", .person = "ada"},
    {.face = "f4", .person = NULL},
    {.face = "f5", .person = "cleo"},
};
static const double similarities[] = {99.5, 97, 96, 95, 81};

static void a_person_appears_once_with_the_best_face(void **state)
{
    struct face_match people[5];

    (void)state;
    assert_int_equal(face_match_group(owners, similarities, COUNT(owners),
                                      people, COUNT(people)),
                     3);
    assert_string_equal(people[0].owner->face, "f1");
    assert_true(people[0].similarity == 99.5);
    assert_string_equal(people[1].owner->person, "bob");
    assert_string_equal(people[2].owner->person, "cleo");
    assert_true(people[2].similarity == 81);
}

static void a_face_that_nobody_has_is_passed_over(void **state)
{
    struct face_match people[1];

    (void)state;
    assert_int_equal(
        face_match_group(&owners[3], &similarities[3], 1, people, 1), 0);
    assert_int_equal(
        face_match_group(&owners[3], &similarities[3], 2, people, 1), 1);
    assert_string_equal(people[0].owner->person, "cleo");
}

static void no_more_people_are_named_than_were_asked_for(void **state)
{
    struct face_match people[2];

    (void)state;
    assert_int_equal(face_match_group(owners, similarities, COUNT(owners),
                                      people, COUNT(people)),
                     2);
    assert_string_equal(people[1].owner->person, "bob");
}

static void nobody_is_found_among_no_faces(void **state)
{
    struct face_match people[1];

    (void)state;
    assert_int_equal(face_match_group(NULL, NULL, 0, people, 1), 0);
}

static void a_person_of_two_faces_is_seen_once_and_at_best(void **state)
{
    struct face_match first[] = {{&owners[0], 90}, {&owners[1], 85}};
    struct face_match second[] = {{&owners[4], 99}, {&owners[2], 95}};
    struct face_match third[] = {{&owners[1], 80}};
    struct new_sighting sightings[5];
    size_t count = face_match_merge(first, COUNT(first), sightings, 0);

    (void)state;
    assert_int_equal(count, 2);
    count = face_match_merge(second, COUNT(second), sightings, count);
    count = face_match_merge(third, COUNT(third), sightings, count);
    assert_int_equal(count, 3);
    assert_string_equal(sightings[0].person, "ada");
    assert_true(sightings[0].similarity == 95);
    assert_string_equal(sightings[1].person, "bob");
    assert_true(sightings[1].similarity == 85);
    assert_string_equal(sightings[2].person, "cleo");
}

static void a_person_is_written_with_key_and_name(void **state)
{
    struct json *object = json_object();
    char *text;

    (void)state;
    face_match_add_person(object, &owners[0]);
    text = json_print_and_destroy(object);
    assert_string_equal(text, "{\"person\":{\"id\":\"ada\",\"external_id\":"
                              "\"u-1\",\"name\":\"Ada L.\"}}");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_appears_once_with_the_best_face),
        cmocka_unit_test(a_face_that_nobody_has_is_passed_over),
        cmocka_unit_test(no_more_people_are_named_than_were_asked_for),
        cmocka_unit_test(nobody_is_found_among_no_faces),
        cmocka_unit_test(a_person_of_two_faces_is_seen_once_and_at_best),
        cmocka_unit_test(a_person_is_written_with_key_and_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
