#include "unit.h"

#include "answer.h"
#include "buffer.h"
#include "json.h"

static void a_refusal_is_a_whole_answer(void **state)
{
    (void)state;
    for (int p = PROBLEM_NONE + 1; p < PROBLEM_COUNT; p++) {
        struct buffer answer = {0};
        const char *body, *length;
        struct json *document;
        char line[32];

        answer_refusal(&answer, (enum problem)p);
        snprintf(line, sizeof line, "HTTP/1.1 %d ",
                 problem_status((enum problem)p));
        assert_memory_equal(answer.bytes, line, strlen(line));
        assert_null(strstr(answer.bytes, " Unknown\r\n"));
        body = strstr(answer.bytes, "\r\n\r\n") + 4;
        length = strstr(answer.bytes, "Content-Length: ");
        assert_int_equal(strtoul(length + strlen("Content-Length: "), NULL, 10),
                         strlen(body));
        assert_non_null(strstr(answer.bytes, "\r\nConnection: close\r\n"));
        document = json_parse(body, strlen(body));
        assert_string_equal(json_get_text(document, "code", ""),
                            problem_code((enum problem)p));
        json_destroy(document);
        buffer_finish(&answer);
    }
}

static void
a_method_that_nobody_takes_gets_those_that_somebody_does(void **state)
{
    struct buffer answer = {0};

    (void)state;
    answer_refusal(&answer, PROBLEM_METHOD_NOT_ALLOWED);
    assert_non_null(
        strstr(answer.bytes, "\r\nAllow: GET, HEAD, POST, PATCH, DELETE\r\n"));
    buffer_clear(&answer);
    answer_refusal(&answer, PROBLEM_INVALID_REQUEST);
    assert_null(strstr(answer.bytes, "\r\nAllow: "));
    buffer_finish(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_is_a_whole_answer),
        cmocka_unit_test(
            a_method_that_nobody_takes_gets_those_that_somebody_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
