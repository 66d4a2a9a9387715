/*
 * story_erasure.c - whoever is erased leaves a receipt, and nothing else
 */
#include <dirent.h>
#include <signal.h>

#include "live.h"
#include "people_talk.h"
#include "stack.h"
#include "talk.h"
#include "text.h"
#include "unit.h"
#include "xalloc.h"

enum { EVENT_MS = 60000 };

static struct stack stack;
static struct live live;

/* How many files lie below the folder. */
static int count_files(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    int count = 0;

    while (folder && (entry = readdir(folder))) {
        char *below = xprintf("%s/%s", path, entry->d_name);

        if (entry->d_name[0] != '.')
            count += entry->d_type == DT_DIR ? count_files(below) : 1;
        free(below);
    }
    if (folder)
        closedir(folder);
    return count;
}

static void whoever_is_erased_is_a_stranger_and_leaves_a_receipt(void **state)
{
    char id[PEOPLE_ID_BYTES], key[PEOPLE_ID_BYTES], target[128];
    int files = count_files("images"), before;
    struct json *job, *past, *message;
    const struct json *receipt, *face;

    (void)state;
    people_enrol(stack.port, "biden", "biden-1.jpg", id);
    before = count_files("images");
    past = people_search(stack.port, "biden-2.jpg");
    assert_true(before > files);

    job = people_erase(stack.port, "/v1/people/%s", id);
    receipt = json_get(job, "result");
    assert_string_equal(people_text(receipt, "person"), id);
    assert_int_equal(json_get_number(receipt, "faces", 0), 1);
    assert_int_equal(json_get_number(receipt, "images", 0), 1);
    assert_int_equal(json_get_number(receipt, "searches", 0), 1);
    json_destroy(job);
    message = live_await(&live, "person.erased", NULL, EVENT_MS);
    json_destroy(message);

    assert_int_equal(people_status(stack.port, "/v1/people/%s", id), 404);
    assert_int_equal(people_status(stack.port, "/v1/people/%s/image", id), 404);
    people_find(stack.port, "biden-2.jpg", key);
    assert_string_equal(key, "");
    snprintf(target, sizeof target, "/v1/jobs/%s", people_text(past, "id"));
    json_destroy(past);
    past = talk_get(stack.port, target);
    face = json_first(json_get(json_get(past, "result"), "faces"));
    assert_non_null(face);
    assert_int_equal(json_count(json_get(face, "matches")), 0);
    json_destroy(past);
}

static void whoever_is_erased_is_named_by_no_enrolment(void **state)
{
    char id[PEOPLE_ID_BYTES], target[128];
    struct json *job, *receipt;

    (void)state;
    people_enrol(stack.port, "woman", "woman-eyeglasses.jpg", id);
    job = talk_enrol(stack.port, "twin", people_photo("woman-eyeglasses.jpg"));
    assert_int_equal(json_count(json_get(json_get(job, "result"), "resembles")),
                     1);
    receipt = people_erase(stack.port, "/v1/people/%s", id);
    assert_int_equal(
        json_get_number(json_get(receipt, "result"), "searches", -1), 0);
    json_destroy(receipt);

    snprintf(target, sizeof target, "/v1/jobs/%s", people_text(job, "id"));
    json_destroy(job);
    job = talk_get(stack.port, target);
    assert_int_equal(json_count(json_get(json_get(job, "result"), "resembles")),
                     0);
    json_destroy(
        people_erase(stack.port, "/v1/people/%s", people_text(job, "person")));
    json_destroy(job);
}

static void one_face_of_a_person_can_be_erased(void **state)
{
    char id[PEOPLE_ID_BYTES], target[128], key[PEOPLE_ID_BYTES];
    struct json *person, *job;

    (void)state;
    people_enrol(stack.port, "dad", "f1-dad-1.jpg", id);
    people_add_face(stack.port, id, "f1-dad-2.jpg");
    snprintf(target, sizeof target, "/v1/people/%s", id);
    person = talk_get(stack.port, target);
    assert_int_equal(json_count(json_get(person, "faces")), 2);
    job = people_erase(
        stack.port, "/v1/people/%s/faces/%s", id,
        people_text(json_first(json_get(person, "faces")), "face_id"));
    assert_int_equal(json_get_number(json_get(job, "result"), "faces", 0), 1);
    json_destroy(job);
    json_destroy(person);
    person = talk_get(stack.port, target);
    assert_int_equal(json_count(json_get(person, "faces")), 1);
    json_destroy(person);
    people_find(stack.port, "f1-dad-3.jpg", key);
    assert_string_equal(key, "dad");
}

/* A thumbnail is made when the enrolment is over: of a large photo it takes
 * longer than the erasure.  A worker that drains makes those that are due. */
static void a_thumbnail_does_not_outlive_whom_it_shows(void **state)
{
    static const char photo[] = "f1-group-12mp.jpg";
    struct json *refused =
        talk_enrol(stack.port, "largest", people_photo(photo));
    const char *id = people_text(refused, "person");
    const struct json *box =
        json_first(json_get(json_get(refused, "error"), "faces"));
    char *target = xprintf(
        "/v1/people/%s/faces?box=%f,%f,%f,%f", id,
        json_get_number(box, "left", 0), json_get_number(box, "top", 0),
        json_get_number(box, "width", 0), json_get_number(box, "height", 0));
    struct json *accepted = people_post(stack.port, target, photo, 202);
    char *folder = xprintf("images/jobs/%s", people_text(accepted, "id"));
    struct json *job = people_job(stack.port, accepted);

    (void)state;
    assert_string_equal(people_text(job, "status"), "done");
    json_destroy(people_erase(stack.port, "/v1/people/%s", id));
    child_signal(&stack.worker, SIGTERM);
    child_wait(&stack.worker, EVENT_MS);
    stack_start_worker(&stack);
    assert_int_equal(count_files(folder), 0);
    json_destroy(job);
    json_destroy(accepted);
    json_destroy(refused);
    free(folder);
    free(target);
}

/* The photo is still being looked at: its job has nobody left to end for. */
static void
whoever_waits_for_a_photo_hears_that_its_person_was_erased(void **state)
{
    struct json *person, *job, *message;
    char id[PEOPLE_ID_BYTES];

    (void)state;
    child_signal(&stack.engine, SIGSTOP);
    person =
        people_post(stack.port, "/v1/people?name=gone", "f1-son-2.jpg", 201);
    text_copy(id, sizeof id,
              people_text(json_first(json_get(person, "jobs")), "id"));
    json_destroy(live_await(&live, "job.started", id, EVENT_MS));
    job = people_erase(stack.port, "/v1/people/%s", people_text(person, "id"));
    child_signal(&stack.engine, SIGCONT);
    message = live_await(&live, "job.failed", id, EVENT_MS);
    assert_string_equal(
        people_text(json_get(json_get(message, "data"), "error"), "code"),
        "person_gone");
    json_destroy(message);
    json_destroy(person);
    json_destroy(job);
}

/* The answer that is kept for the key has a name in it. */
static void a_repeat_tells_nothing_of_whoever_was_erased(void **state)
{
    static const char headers[] = "Content-Type: application/json\r\n"
                                  "Idempotency-Key: forget-me\r\n";
    static const char body[] = "{\"name\":\"Grace\"}";
    struct json *person, *again;
    int status;

    (void)state;
    person = talk_with(stack.port, "POST", "/v1/people", headers, body,
                       sizeof body - 1, &status);
    assert_int_equal(status, 201);
    json_destroy(
        people_erase(stack.port, "/v1/people/%s", people_text(person, "id")));
    again = talk_with(stack.port, "POST", "/v1/people", headers, body,
                      sizeof body - 1, &status);
    assert_int_equal(status, 410);
    assert_string_equal(people_text(again, "code"), "person_gone");
    json_destroy(again);
    json_destroy(person);
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
        cmocka_unit_test(whoever_is_erased_is_a_stranger_and_leaves_a_receipt),
        cmocka_unit_test(whoever_is_erased_is_named_by_no_enrolment),
        cmocka_unit_test(one_face_of_a_person_can_be_erased),
        cmocka_unit_test(a_thumbnail_does_not_outlive_whom_it_shows),
        cmocka_unit_test(
            whoever_waits_for_a_photo_hears_that_its_person_was_erased),
        cmocka_unit_test(a_repeat_tells_nothing_of_whoever_was_erased),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
