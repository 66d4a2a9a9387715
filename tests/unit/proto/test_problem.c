#include "unit.h"

#include "problem.h"

static void assert_document_is(enum problem problem, const char *detail,
                               const char *wanted)
{
    char *text = problem_document(problem, detail);

    assert_string_equal(text, wanted);
    free(text);
}

static void a_document_says_what_is_wrong_and_more(void **state)
{
    (void)state;
    assert_document_is(PROBLEM_IMAGE_EMPTY, "The field `image` is empty.",
                       "{\"title\":\"The image has no bytes.\","
                       "\"status\":422,\"code\":\"image_empty\","
                       "\"detail\":\"The field `image` is empty.\"}");
}

static void the_sentence_stands_where_there_is_no_detail(void **state)
{
    (void)state;
    assert_document_is(PROBLEM_NOT_FOUND, NULL,
                       "{\"title\":\"There is no such thing.\","
                       "\"status\":404,\"code\":\"not_found\","
                       "\"detail\":\"There is no such thing.\"}");
}

static void a_job_has_code_and_detail_alone(void **state)
{
    char *text = json_print_and_destroy(problem_json(PROBLEM_NO_FACE, NULL));

    (void)state;
    assert_string_equal(text,
                        "{\"code\":\"no_face\","
                        "\"detail\":\"There is no face in the picture.\"}");
    free(text);
}

static void every_code_is_found_again_and_stands_once(void **state)
{
    (void)state;
    for (int i = 1; i < PROBLEM_COUNT; i++)
        assert_int_equal(problem_find(problem_code((enum problem)i)), i);
}

static void an_unknown_code_is_a_mistake_of_ours(void **state)
{
    (void)state;
    assert_int_equal(problem_find("nonsense"), PROBLEM_INTERNAL);
    assert_int_equal(problem_find(""), PROBLEM_INTERNAL);
    assert_int_equal(problem_find("none"), PROBLEM_INTERNAL);
}

/* What a client may do about it goes by the first digit. */
static void every_problem_has_a_status_of_a_refusal(void **state)
{
    (void)state;
    for (int i = 1; i < PROBLEM_COUNT; i++) {
        assert_in_range(problem_status((enum problem)i), 400, 599);
        assert_true(strlen(problem_sentence((enum problem)i)) > 0);
    }
}

static void a_detail_that_is_no_utf8_is_still_json(void **state)
{
    char *text = problem_document(PROBLEM_UNKNOWN_FIELD,
                                  "There is no field of the name \xc3.");
    struct json *document = json_parse(text, strlen(text));

    (void)state;
    assert_string_equal(json_get_text(document, "detail", ""),
                        "There is no field of the name ?.");
    json_destroy(document);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_detail_that_is_no_utf8_is_still_json),
        cmocka_unit_test(a_document_says_what_is_wrong_and_more),
        cmocka_unit_test(the_sentence_stands_where_there_is_no_detail),
        cmocka_unit_test(a_job_has_code_and_detail_alone),
        cmocka_unit_test(every_code_is_found_again_and_stands_once),
        cmocka_unit_test(an_unknown_code_is_a_mistake_of_ours),
        cmocka_unit_test(every_problem_has_a_status_of_a_refusal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
