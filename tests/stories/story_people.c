/*
 * story_people.c - people are enrolled, corrected, compared and erased
 */
#include <dirent.h>
#include <signal.h>

#include "live.h"
#include "stack.h"
#include "talk.h"
#include "text.h"
#include "unit.h"
#include "xalloc.h"

enum { EVENT_MS = 60000, ID_BYTES = 64 };

static struct stack stack;
static struct live live;

static const char *path_of(const char *photo)
{
    return unit_shared("FACEWIRE_PHOTOS", "photos", photo);
}

static const char *text_at(const struct json *object, const char *name)
{
    return json_get_text(object, name, "");
}

/* Posts one photo; the answer's status must be the one that is expected. */
static struct json *post(const char *target, const char *photo, int expected)
{
    int status;
    struct json *answer =
        talk_photo(stack.port, target, path_of(photo), &status);

    if (status != expected)
        fail_msg("POST %s: %d", target, status);
    return answer;
}

/* Searches a photo and gives the finished job. */
static struct json *search(const char *photo)
{
    struct json *accepted = post("/v1/searches", photo, 202);
    struct json *job = talk_job(stack.port, text_at(accepted, "id"), EVENT_MS);

    json_destroy(accepted);
    return job;
}

/* The key of the best match of the photo's largest face; "" for a stranger. */
static void find(const char *photo, char key[static ID_BYTES])
{
    struct json *job = search(photo);
    const struct json *face =
        json_first(json_get(json_get(job, "result"), "faces"));
    const struct json *match = json_first(json_get(face, "matches"));

    text_copy(key, ID_BYTES, text_at(json_get(match, "person"), "external_id"));
    json_destroy(job);
}

/* Enrols, sees that it worked, and gives the person's id. */
static void enrol(const char *key, const char *photo, char id[static ID_BYTES])
{
    struct json *job = talk_enrol(stack.port, key, path_of(photo));

    if (strcmp(text_at(job, "status"), "done") != 0)
        fail_msg("%s was not enrolled: %s", key,
                 text_at(json_get(job, "error"), "detail"));
    text_copy(id, ID_BYTES, text_at(job, "person"));
    json_destroy(job);
}

/* Says that it shall go, and waits for the receipt. */
static struct json *erase(const char *format, ...) PRINTS(1, 2);

static struct json *erase(const char *format, ...)
{
    char target[256];
    struct json *accepted, *job;
    va_list arguments;
    int status;

    va_start(arguments, format);
    vsnprintf(target, sizeof target, format, arguments);
    va_end(arguments);
    accepted = talk(stack.port, "DELETE", target, &status);
    assert_int_equal(status, 202);
    job = talk_job(stack.port, text_at(accepted, "id"), EVENT_MS);
    assert_string_equal(text_at(job, "status"), "done");
    json_destroy(accepted);
    return job;
}

static int status_of(const char *format, const char *id)
{
    char target[256];
    int status;

    snprintf(target, sizeof target, format, id);
    json_destroy(talk(stack.port, "GET", target, &status));
    return status;
}

/* ---- tests ---- */

static void the_enrolled_are_found_and_their_sightings_told(void **state)
{
    char id[ID_BYTES], key[ID_BYTES], target[128];
    struct json *person, *message;

    (void)state;
    enrol("mom", "f1-mom-1.jpg", id);
    message = live_await(&live, "person.enrolled", NULL, EVENT_MS);
    assert_string_equal(
        text_at(json_get(json_get(message, "data"), "person"), "id"), id);
    json_destroy(message);

    find("f1-mom-2.jpg", key);
    assert_string_equal(key, "mom");
    snprintf(target, sizeof target, "/v1/people/%s", id);
    person = talk_get(stack.port, target);
    assert_int_equal(json_count(json_get(person, "faces")), 1);
    assert_int_equal(json_count(json_get(person, "sightings")), 1);
    json_destroy(person);
    assert_int_equal(status_of("/v1/people/%s/image", id), 200);
}

static void a_second_photo_of_the_same_person_is_added(void **state)
{
    char id[ID_BYTES], target[128];
    struct json *person, *accepted, *job;

    (void)state;
    enrol("dad", "f1-dad-1.jpg", id);
    snprintf(target, sizeof target, "/v1/people/%s/faces", id);
    accepted = post(target, "f1-dad-2.jpg", 202);
    job = talk_job(stack.port, text_at(accepted, "id"), EVENT_MS);
    assert_string_equal(text_at(job, "status"), "done");
    json_destroy(accepted);
    json_destroy(job);

    snprintf(target, sizeof target, "/v1/people/%s", id);
    person = talk_get(stack.port, target);
    assert_int_equal(json_count(json_get(person, "faces")), 2);
    json_destroy(person);
}

static void somebody_enrolled_twice_is_told(void **state)
{
    struct json *job =
        talk_enrol(stack.port, "dad-again", path_of("f1-dad-2.jpg"));
    const struct json *other =
        json_first(json_get(json_get(job, "result"), "resembles"));

    (void)state;
    assert_string_equal(text_at(json_get(other, "person"), "external_id"),
                        "dad");
    assert_true(json_get_number(other, "similarity", 0) >= 90);
    json_destroy(erase("/v1/people/%s", text_at(job, "person")));
    json_destroy(job);
}

static void of_several_faces_one_has_to_be_chosen(void **state)
{
    struct json *job = talk_enrol(stack.port, "son", path_of("f1-group.jpg"));
    const struct json *box =
        json_first(json_get(json_get(job, "error"), "faces"));
    struct json *again;
    char target[256];
    char key[ID_BYTES];

    (void)state;
    assert_string_equal(text_at(job, "status"), "failed");
    assert_string_equal(text_at(json_get(job, "error"), "code"),
                        "several_faces");
    assert_int_equal(json_count(json_get(json_get(job, "error"), "faces")), 4);

    box = json_next(json_next(box)); /* the third largest is the son's */
    snprintf(target, sizeof target, "/v1/people/%s/faces?box=%f,%f,%f,%f",
             text_at(job, "person"), json_get_number(box, "left", 0),
             json_get_number(box, "top", 0), json_get_number(box, "width", 0),
             json_get_number(box, "height", 0));
    json_destroy(job);
    job = post(target, "f1-group.jpg", 202);
    again = talk_job(stack.port, text_at(job, "id"), EVENT_MS);
    assert_string_equal(text_at(again, "status"), "done");
    json_destroy(again);
    json_destroy(job);
    find("f1-son-1.jpg", key);
    assert_string_equal(key, "son");
}

static void a_photo_of_nobody_cannot_be_enrolled(void **state)
{
    struct json *job =
        talk_enrol(stack.port, "nobody", path_of("noface-house.jpg"));

    (void)state;
    assert_string_equal(text_at(job, "status"), "failed");
    assert_string_equal(text_at(json_get(job, "error"), "code"), "no_face");
    json_destroy(job);
}

static void one_key_enrols_once(void **state)
{
    static const char headers[] = "Content-Type: image/jpeg\r\n"
                                  "Idempotency-Key: first-try\r\n";
    static const char target[] = "/v1/people?name=Obama&external_id=obama";
    size_t len;
    char *bytes = unit_read_file(path_of("obama-1.jpg"), &len);
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
    assert_string_equal(text_at(person, "id"), text_at(again, "id"));
    assert_int_equal(other_status, 422);
    assert_string_equal(text_at(other, "code"), "idempotency_mismatch");
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
    char *bytes = unit_read_file(path_of("f1-group.jpg"), &len);
    int status;
    struct json *job =
        talk_with(stack.port, "POST", "/v1/searches?faces=largest", headers,
                  bytes, len, &status);

    (void)state;
    assert_int_equal(status, 200);
    assert_string_equal(text_at(job, "status"), "done");
    assert_int_equal(json_count(json_get(json_get(job, "result"), "faces")), 1);
    json_destroy(job);
    free(bytes);
}

static void a_photo_is_analyzed(void **state)
{
    struct json *accepted = post("/v1/analyses", "f1-mom-1-tilt30.jpg", 202);
    struct json *job = talk_job(stack.port, text_at(accepted, "id"), EVENT_MS);
    const struct json *face =
        json_first(json_get(json_get(job, "result"), "faces"));
    double roll = json_get_number(json_get(face, "pose"), "roll", 0);

    (void)state;
    assert_string_equal(text_at(job, "status"), "done");
    assert_true(roll < -15 || roll > 15);
    assert_non_null(json_get(json_get(face, "landmarks"), "eye_left"));
    assert_non_null(json_get(json_get(face, "quality"), "sharpness"));
    json_destroy(accepted);
    json_destroy(job);
}

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
    char id[ID_BYTES], key[ID_BYTES], target[128];
    int files = count_files("images"), before;
    struct json *job, *past, *message;
    const struct json *receipt, *face;

    (void)state;
    enrol("biden", "biden-1.jpg", id);
    before = count_files("images");
    past = search("biden-2.jpg");
    assert_true(before > files);

    job = erase("/v1/people/%s", id);
    receipt = json_get(job, "result");
    assert_string_equal(text_at(receipt, "person"), id);
    assert_int_equal(json_get_number(receipt, "faces", 0), 1);
    assert_int_equal(json_get_number(receipt, "images", 0), 1);
    assert_int_equal(json_get_number(receipt, "searches", 0), 1);
    json_destroy(job);
    message = live_await(&live, "person.erased", NULL, EVENT_MS);
    json_destroy(message);

    assert_int_equal(status_of("/v1/people/%s", id), 404);
    assert_int_equal(status_of("/v1/people/%s/image", id), 404);
    find("biden-2.jpg", key);
    assert_string_equal(key, "");
    snprintf(target, sizeof target, "/v1/jobs/%s", text_at(past, "id"));
    json_destroy(past);
    past = talk_get(stack.port, target);
    face = json_first(json_get(json_get(past, "result"), "faces"));
    assert_non_null(face);
    assert_int_equal(json_count(json_get(face, "matches")), 0);
    json_destroy(past);
}

static void one_face_of_a_person_can_be_erased(void **state)
{
    struct json *people = talk_get(stack.port, "/v1/people?q=dad");
    const char *id = text_at(json_first(json_get(people, "items")), "id");
    char target[128], key[ID_BYTES];
    struct json *person, *job;

    (void)state;
    snprintf(target, sizeof target, "/v1/people/%s", id);
    person = talk_get(stack.port, target);
    assert_int_equal(json_count(json_get(person, "faces")), 2);
    job = erase("/v1/people/%s/faces/%s", id,
                text_at(json_first(json_get(person, "faces")), "face_id"));
    assert_int_equal(json_get_number(json_get(job, "result"), "faces", 0), 1);
    json_destroy(job);
    json_destroy(person);
    person = talk_get(stack.port, target);
    assert_int_equal(json_count(json_get(person, "faces")), 1);
    json_destroy(person);
    json_destroy(people);
    find("f1-dad-3.jpg", key);
    assert_string_equal(key, "dad");
}

static int begin(void **state)
{
    (void)state;
    stack_start_all(&stack);
    live_open(&live, stack.port);
    live_subscribe(&live, "people");
    return 0;
}

/* The photo is still being looked at: its job has nobody left to end for. */
static void
whoever_waits_for_a_photo_hears_that_its_person_was_erased(void **state)
{
    struct json *person, *job, *message;
    char id[ID_BYTES];

    (void)state;
    child_signal(&stack.engine, SIGSTOP);
    person = post("/v1/people?name=gone", "f1-son-2.jpg", 201);
    text_copy(id, sizeof id,
              text_at(json_first(json_get(person, "jobs")), "id"));
    json_destroy(live_await(&live, "job.started", id, EVENT_MS));
    job = erase("/v1/people/%s", text_at(person, "id"));
    child_signal(&stack.engine, SIGCONT);
    message = live_await(&live, "job.failed", id, EVENT_MS);
    assert_string_equal(
        text_at(json_get(json_get(message, "data"), "error"), "code"),
        "person_gone");
    json_destroy(message);
    json_destroy(person);
    json_destroy(job);
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
        cmocka_unit_test(whoever_is_erased_is_a_stranger_and_leaves_a_receipt),
        cmocka_unit_test(one_face_of_a_person_can_be_erased),
        cmocka_unit_test(
            whoever_waits_for_a_photo_hears_that_its_person_was_erased),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
