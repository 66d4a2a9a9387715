/*
 * story_faces.c - six people are enrolled with one photo each, and found on
 * every other photo
 *
 * truth.json, beside the photos, says who is on each of them.
 */
#include <unistd.h>

#include "patience.h"
#include "raw_client.h"
#include "stack.h"
#include "talk.h"
#include "unit.h"
#include "xalloc.h"

enum { JOB_MS = 60000 };

static struct stack stack;
static struct json *truth;

static const struct enrolment {
    const char *person;
    const char *photo;
} enrolments[] = {
    {"obama", "obama-1.jpg"},   {"biden", "biden-1.jpg"},
    {"f1-dad", "f1-dad-1.jpg"}, {"f1-mom", "f1-mom-1.jpg"},
    {"f1-son", "f1-son-2.jpg"}, {"f1-daughter", "f1-daughter-2.jpg"},
};

static const char *path_of(const char *photo)
{
    return unit_shared("FACEWIRE_PHOTOS", "photos", photo);
}

static bool is_enrolled(const char *person)
{
    for (size_t i = 0; i < COUNT(enrolments); i++)
        if (strcmp(enrolments[i].person, person) == 0)
            return true;
    return false;
}

static bool was_enrolled_with(const char *photo)
{
    for (size_t i = 0; i < COUNT(enrolments); i++)
        if (strcmp(enrolments[i].photo, photo) == 0)
            return true;
    return false;
}

/* ---- what should be found ---- */

/* How many enrolled people are on the photo, and whether this one is. */
static size_t expected_people(const struct json *facts, const char *person,
                              bool *is_there)
{
    const struct json *people = json_get(facts, "people");
    const char *only = json_get_text(facts, "person", "");
    size_t count = is_enrolled(only);

    *is_there = strcmp(only, person) == 0;
    for (const struct json *e = json_first(people); e; e = json_next(e)) {
        count += is_enrolled(json_text(e));
        *is_there |= strcmp(json_text(e), person) == 0;
    }
    return count;
}

static bool is_optional(const struct json *facts)
{
    return json_get(facts, "optional") != NULL;
}

/* ---- what is found ---- */

static const char *best_match(const struct json *face)
{
    const struct json *match = json_first(json_get(face, "matches"));

    return match ? json_get_text(json_get(match, "person"), "external_id", "?")
                 : NULL;
}

/* Faces without one right name, or with a second one, are told; the number of
 * mistakes comes back. */
static int judge_faces(const char *photo, const struct json *facts,
                       const struct json *faces)
{
    size_t named = 0, expected;
    bool is_there;
    int mistakes = 0;

    for (const struct json *e = json_first(faces); e; e = json_next(e)) {
        const char *name = best_match(e);

        if (!name)
            continue;
        named++;
        expected_people(facts, name, &is_there);
        if (is_there && json_count(json_get(e, "matches")) == 1)
            continue;
        print_error("%s: found %s and %zu in all\n", photo, name,
                    json_count(json_get(e, "matches")));
        mistakes++;
    }
    expected = expected_people(facts, "", &is_there);
    if (named != expected && !(is_optional(facts) && named < expected)) {
        print_error("%s: %zu named instead of %zu\n", photo, named, expected);
        mistakes++;
    }
    return mistakes;
}

static int judge_count(const char *photo, const struct json *facts,
                       const struct json *faces)
{
    size_t expected = (size_t)json_get_number(facts, "faces", 0);

    if (json_count(faces) == expected)
        return 0;
    print_error("%s: %zu faces instead of %zu\n", photo, json_count(faces),
                expected);
    return 1;
}

static int judge_photo(const char *photo, const struct json *facts)
{
    int status, mistakes;
    struct json *accepted =
        talk_photo(stack.port, "/v1/searches", path_of(photo), &status);
    struct json *job;
    const struct json *faces;

    if (!json_get(facts, "faces")) { /* nobody can read it */
        mistakes = status != 422;
        json_destroy(accepted);
        return mistakes;
    }
    if (status != 202)
        fail_msg("%s: %d", photo, status);
    job = talk_job(stack.port, json_get_text(accepted, "id", ""), JOB_MS);
    json_destroy(accepted);
    if (strcmp(json_get_text(job, "status", ""), "done") != 0)
        fail_msg("%s: %s", photo, json_get_text(job, "status", "?"));
    faces = json_get(json_get(job, "result"), "faces");
    mistakes =
        judge_count(photo, facts, faces) + judge_faces(photo, facts, faces);
    json_destroy(job);
    return mistakes;
}

/* ---- the story ---- */

static void each_person_is_enrolled_with_one_photo(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(enrolments); i++) {
        struct json *job = talk_enrol(stack.port, enrolments[i].person,
                                      path_of(enrolments[i].photo));
        const struct json *result = json_get(job, "result");

        assert_string_equal(json_get_text(job, "status", ""), "done");
        assert_string_equal(
            json_get_text(json_get(result, "person"), "external_id", ""),
            enrolments[i].person);
        assert_int_equal(json_count(json_get(result, "resembles")), 0);
        json_destroy(job);
    }
}

static void everybody_is_found_on_every_other_photo(void **state)
{
    int mistakes = 0, photos = 0;

    (void)state;
    for (const struct json *e = json_first(truth); e; e = json_next(e)) {
        if (was_enrolled_with(json_name(e)))
            continue;
        mistakes += judge_photo(json_name(e), e);
        photos++;
    }
    print_message("%d photos, %d mistakes\n", photos, mistakes);
    assert_int_equal(mistakes, 0);
}

/* Whether it is there; where it is not, the photo takes its place. */
static bool has_thumbnail(const char *target)
{
    struct raw_answer answer;
    bool is_kept;

    talk_raw(stack.port, "GET", target, "", "", 0, &answer);
    assert_int_equal(answer.status, 200);
    is_kept = strcmp(raw_header(&answer, "cache-control"), "no-store") != 0;
    raw_answer_finish(&answer);
    return is_kept;
}

/* It comes when the job has ended, and goes where a crash has left a part. */
static void a_photo_that_was_searched_has_a_thumbnail(void **state)
{
    struct patience patience = patience_of(JOB_MS);
    struct json *job = talk_search(stack.port, "f1-mom-2.jpg");
    const char *id = json_get_text(job, "id", "");
    char *target = xprintf("/v1/jobs/%s/image?size=thumb", id);
    char *path = xprintf("images/jobs/%s/source-thumb.jpg", id);
    bool is_kept = false;

    (void)state;
    while (!is_kept && patience_lasts(&patience))
        is_kept = has_thumbnail(target);
    assert_true(is_kept);
    assert_int_equal(truncate(path, 1000), 0);
    assert_false(has_thumbnail(target));
    free(path);
    free(target);
    json_destroy(job);
}

static int begin(void **state)
{
    size_t len;
    char *text = unit_read_file(path_of("truth.json"), &len);

    (void)state;
    truth = json_parse(text, len);
    free(text);
    assert_non_null(truth);
    stack_start_all(&stack);
    return 0;
}

static int end(void **state)
{
    (void)state;
    stack_stop(&stack);
    json_destroy(truth);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_person_is_enrolled_with_one_photo),
        cmocka_unit_test(everybody_is_found_on_every_other_photo),
        cmocka_unit_test(a_photo_that_was_searched_has_a_thumbnail),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
