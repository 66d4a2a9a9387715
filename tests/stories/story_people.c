/*
 * story_people.c - people are enrolled, corrected and compared
 */
#include "live.h"
#include "people_talk.h"
#include "stack.h"
#include "talk.h"
#include "unit.h"

enum { EVENT_MS = 60000 };

static struct stack stack;
static struct live live;

static void the_enrolled_are_found_and_their_sightings_told(void **state)
{
    char id[PEOPLE_ID_BYTES], key[PEOPLE_ID_BYTES], target[128];
    struct json *person, *message;

    (void)state;
    people_enrol(stack.port, "mom", "f1-mom-1.jpg", id);
    message = live_await(&live, "person.enrolled", NULL, EVENT_MS);
    assert_string_equal(
        people_text(json_get(json_get(message, "data"), "person"), "id"), id);
    json_destroy(message);

    people_find(stack.port, "f1-mom-2.jpg", key);
    assert_string_equal(key, "mom");
    snprintf(target, sizeof target, "/v1/people/%s", id);
    person = talk_get(stack.port, target);
    assert_int_equal(json_count(json_get(person, "faces")), 1);
    assert_int_equal(json_count(json_get(person, "sightings")), 1);
    json_destroy(person);
    assert_int_equal(people_status(stack.port, "/v1/people/%s/image", id), 200);
}

static void a_second_photo_of_the_same_person_is_added(void **state)
{
    char id[PEOPLE_ID_BYTES], target[128];
    struct json *person;

    (void)state;
    people_enrol(stack.port, "dad", "f1-dad-1.jpg", id);
    people_add_face(stack.port, id, "f1-dad-2.jpg");
    snprintf(target, sizeof target, "/v1/people/%s", id);
    person = talk_get(stack.port, target);
    assert_int_equal(json_count(json_get(person, "faces")), 2);
    json_destroy(person);
}

static void somebody_enrolled_twice_is_told(void **state)
{
    struct json *job =
        talk_enrol(stack.port, "dad-again", people_photo("f1-dad-2.jpg"));
    const struct json *other =
        json_first(json_get(json_get(job, "result"), "resembles"));

    (void)state;
    assert_string_equal(people_text(json_get(other, "person"), "external_id"),
                        "dad");
    assert_true(json_get_number(other, "similarity", 0) >= 90);
    json_destroy(
        people_erase(stack.port, "/v1/people/%s", people_text(job, "person")));
    json_destroy(job);
}

static void of_several_faces_one_has_to_be_chosen(void **state)
{
    struct json *job =
        talk_enrol(stack.port, "son", people_photo("f1-group.jpg"));
    const struct json *box =
        json_first(json_get(json_get(job, "error"), "faces"));
    struct json *again;
    char target[256];
    char key[PEOPLE_ID_BYTES];

    (void)state;
    assert_string_equal(people_text(job, "status"), "failed");
    assert_string_equal(people_text(json_get(job, "error"), "code"),
                        "several_faces");
    assert_int_equal(json_count(json_get(json_get(job, "error"), "faces")), 4);

    box = json_next(json_next(box)); /* the third largest is the son's */
    snprintf(target, sizeof target, "/v1/people/%s/faces?box=%f,%f,%f,%f",
             people_text(job, "person"), json_get_number(box, "left", 0),
             json_get_number(box, "top", 0), json_get_number(box, "width", 0),
             json_get_number(box, "height", 0));
    json_destroy(job);
    job = people_post(stack.port, target, "f1-group.jpg", 202);
    again = people_job(stack.port, job);
    assert_string_equal(people_text(again, "status"), "done");
    json_destroy(again);
    json_destroy(job);
    people_find(stack.port, "f1-son-1.jpg", key);
    assert_string_equal(key, "son");
}

static void a_photo_of_nobody_cannot_be_enrolled(void **state)
{
    struct json *job =
        talk_enrol(stack.port, "nobody", people_photo("noface-house.jpg"));

    (void)state;
    assert_string_equal(people_text(job, "status"), "failed");
    assert_string_equal(people_text(json_get(job, "error"), "code"), "no_face");
    json_destroy(job);
}

static void one_key_enrols_once(void **state)
{
    static const char headers[] = "Content-Type: image/jpeg\r\n"
                                  "Idempotency-Key: first-try\r\n";
    static const char target[] = "/v1/people?name=Obama&external_id=obama";
    size_t len;
    char *bytes = unit_read_file(people_photo("obama-1.jpg"), &len);
    int status, again_status, other_status;
    struct json *person =
        talk_with(stack.port, "POST", target, headers, bytes, len, &status);
    struct json *again = talk_with(stack.port, "POST", target, headers, bytes,
                                   len, &again_status);
    struct json *other = talk_with(stack.port, "POST", "/v1/people?name=Other",
                                   headers, bytes, len, &other_status);

    (void)state;
    assert_int_equal(status, 201);
    assert_int_equal(again_status, 201);
    assert_string_equal(people_text(person, "id"), people_text(again, "id"));
    assert_int_equal(other_status, 422);
    assert_string_equal(people_text(other, "code"), "idempotency_mismatch");
    json_destroy(person);
    json_destroy(again);
    json_destroy(other);
    free(bytes);
}

static void whoever_waits_gets_the_result_at_once(void **state)
{
    static const char headers[] = "Content-Type: image/jpeg\r\n"
                                  "Prefer: wait=30\r\n";
    size_t len;
    char *bytes = unit_read_file(people_photo("f1-group.jpg"), &len);
    int status;
    struct json *job =
        talk_with(stack.port, "POST", "/v1/searches?faces=largest", headers,
                  bytes, len, &status);

    (void)state;
    assert_int_equal(status, 200);
    assert_string_equal(people_text(job, "status"), "done");
    assert_int_equal(json_count(json_get(json_get(job, "result"), "faces")), 1);
    json_destroy(job);
    free(bytes);
}

static void a_photo_is_analyzed(void **state)
{
    struct json *accepted =
        people_post(stack.port, "/v1/analyses", "f1-mom-1-tilt30.jpg", 202);
    struct json *job = people_job(stack.port, accepted);
    const struct json *face =
        json_first(json_get(json_get(job, "result"), "faces"));
    double roll = json_get_number(json_get(face, "pose"), "roll", 0);

    (void)state;
    assert_string_equal(people_text(job, "status"), "done");
    assert_true(roll < -15 || roll > 15);
    assert_non_null(json_get(json_get(face, "landmarks"), "eye_left"));
    assert_non_null(json_get(json_get(face, "quality"), "sharpness"));
    json_destroy(accepted);
    json_destroy(job);
}

static int begin(void **state)
{
    (void)state;
    stack_start_all(&stack);
    live_open(&live, stack.port);
    live_subscribe(&live, "people");
    return 0;
}

static int end(void **state)
{
    (void)state;
    live_finish(&live);
    stack_stop(&stack);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_enrolled_are_found_and_their_sightings_told),
        cmocka_unit_test(a_second_photo_of_the_same_person_is_added),
        cmocka_unit_test(somebody_enrolled_twice_is_told),
        cmocka_unit_test(of_several_faces_one_has_to_be_chosen),
        cmocka_unit_test(a_photo_of_nobody_cannot_be_enrolled),
        cmocka_unit_test(one_key_enrols_once),
        cmocka_unit_test(whoever_waits_gets_the_result_at_once),
        cmocka_unit_test(a_photo_is_analyzed),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
