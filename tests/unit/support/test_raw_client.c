#include "unit.h"

#include <pthread.h>

#include "raw_client.h"

static struct raw_answer answer_with(const char *head)
{
    struct raw_answer answer = {0};

    buffer_add_text(&answer.head, head);
    return answer;
}

static void headers_are_found_whatever_their_case(void **state)
{
    struct raw_answer answer =
        answer_with("HTTP/1.1 200 OK\r\nContent-Length: 12\r\nX-A:b\r\n\r\n");

    (void)state;
    assert_string_equal(raw_header(&answer, "content-length"), "12");
    assert_string_equal(raw_header(&answer, "x-a"), "b");
    assert_null(raw_header(&answer, "content"));
    raw_answer_finish(&answer);
}

static void *on_other_thread(void *owner)
{
    assert_string_equal(raw_header(owner, "x"), "of the other");
    return NULL;
}

static void clients_of_several_threads_do_not_disturb_each_other(void **state)
{
    struct raw_answer one = answer_with("HTTP/1.1 200 OK\r\nX: one's\r\n\r\n");
    struct raw_answer other =
        answer_with("HTTP/1.1 200 OK\r\nX: of the other\r\n\r\n");
    const char *value = raw_header(&one, "x");
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, on_other_thread, &other), 0);
    pthread_join(thread, NULL);
    assert_string_equal(value, "one's");
    raw_answer_finish(&one);
    raw_answer_finish(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_found_whatever_their_case),
        cmocka_unit_test(clients_of_several_threads_do_not_disturb_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
