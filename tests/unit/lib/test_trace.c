#include "unit.h"

#include "trace.h"

#define ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define PARENT_ID "00f067aa0ba902b7"
#define PARENT "00-" ID "-" PARENT_ID "-01"

static bool is_good(const char *traceparent)
{
    struct trace trace;
    bool has_trace = trace_read(&trace, traceparent, NULL);

    assert_int_equal(has_trace, trace.id[0] != '\0');
    return has_trace;
}

static void a_parent_is_read_into_its_parts(void **state)
{
    struct trace trace;
    char again[TRACE_PARENT_BYTES];

    (void)state;
    assert_true(trace_read(&trace, PARENT, NULL));
    assert_string_equal(trace.id, ID);
    assert_string_equal(trace.parent_id, PARENT_ID);
    assert_true(trace.is_sampled);
    assert_string_equal(trace.state, "");
    trace_write(&trace, again);
    assert_string_equal(again, PARENT);
    assert_true(trace_read(&trace, "00-" ID "-" PARENT_ID "-fe", NULL));
    assert_false(trace.is_sampled);
}

static void what_is_no_parent_is_not_there(void **state)
{
    static const char *const bad[] = {
        "",
        "00",
        "00-" ID "-" PARENT_ID,
        "00-" ID "-" PARENT_ID "-0",
        "00-" ID "-" PARENT_ID "-01-",
        "00-" ID "-" PARENT_ID "-01-more",
        "00-" ID "-" PARENT_ID "-0g",
        "00-" ID "-" PARENT_ID "-0A",
        "00-" ID "-" PARENT_ID "_01",
        "00_" ID "-" PARENT_ID "-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" PARENT_ID "-01",
        "00-00000000000000000000000000000000-" PARENT_ID "-01",
        "00-" ID "-0000000000000000-01",
        "ff-" ID "-" PARENT_ID "-01",
        "0-" ID "-" PARENT_ID "-01-",
        "0G-" ID "-" PARENT_ID "-01",
        " " PARENT,
        PARENT " ",
        "01-" ID "-" PARENT_ID "-01.more",
    };

    (void)state;
    assert_false(is_good(NULL));
    for (size_t i = 0; i < COUNT(bad); i++)
        if (is_good(bad[i]))
            fail_msg("taken: %s", bad[i]);
}

static void a_version_to_come_counts_by_what_is_known(void **state)
{
    struct trace trace;
    char text[TRACE_PARENT_BYTES];

    (void)state;
    assert_true(is_good("01-" ID "-" PARENT_ID "-01"));
    assert_true(
        trace_read(&trace, "cc-" ID "-" PARENT_ID "-03-what-ever", "vendor=1"));
    assert_true(trace.is_sampled);
    assert_string_equal(trace.state, "vendor=1");
    trace_write(&trace, text);
    assert_string_equal(text, PARENT);
}

static bool is_kept(const char *tracestate)
{
    struct trace trace;

    assert_true(trace_read(&trace, PARENT, tracestate));
    assert_true(!trace.state[0] || strcmp(trace.state, tracestate) == 0);
    return trace.state[0] != '\0';
}

static void a_state_is_kept_as_it_came(void **state)
{
    (void)state;
    assert_true(is_kept("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"));
    assert_true(is_kept("0tenant@vendor=a b!~ , ,\tb_-*/=2"));
    assert_true(is_kept(",a=1;2,"));
}

static void a_state_that_is_none_is_dropped_alone(void **state)
{
    static const char *const bad[] = {
        "",        " ",      ",",
        "a",       "=1",     "a=",
        "a= ",     "A=1",    "1a=1",
        "a =1",    "a=1=2",  "a=1\x7f",
        "a=1,a=2", "a=\xc3", "@a=1",
        "a@1=1",   "a@=1",   "a@b@c=1",
        "-a=1",    "a=1,b",  "a@abcdefghijklmno=1",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (is_kept(bad[i]))
            fail_msg("kept: %s", bad[i]);
}

static void a_state_is_bounded(void **state)
{
    char text[TRACE_STATE_BYTES + 1] = "a=1,bb=";
    char members[256] = "";

    (void)state;
    memset(text + strlen(text), 'x', 256);
    assert_true(is_kept(text));
    text[strlen(text)] = 'x';
    assert_false(is_kept(text));

    memset(text, ',', TRACE_STATE_BYTES - 1);
    memcpy(text, "a=1", 3);
    text[TRACE_STATE_BYTES - 1] = '\0';
    assert_true(is_kept(text));
    text[TRACE_STATE_BYTES - 1] = ',';
    text[TRACE_STATE_BYTES] = '\0';
    assert_false(is_kept(text));

    for (int i = 0; i < 32; i++)
        sprintf(members + strlen(members), "k%d=1,", i);
    assert_true(is_kept(members));
    sprintf(members + strlen(members), "more=1");
    assert_false(is_kept(members));
}

static void read_head(struct request *request, const char *headers)
{
    char head[2048];

    snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", headers);
    assert_int_equal(request_read(head, strlen(head), request), REQUEST_WHOLE);
}

static void a_request_brings_its_trace(void **state)
{
    struct request request;
    struct trace trace;

    (void)state;
    read_head(&request, "TraceParent:  " PARENT " \r\n"
                        "tracestate: a=1\r\nTracestate: b=2\r\n");
    trace_of_request(&trace, &request);
    assert_string_equal(trace.id, ID);
    assert_string_equal(trace.state, "a=1,b=2");
    request_finish(&request);
}

static void a_request_without_a_good_one_begins_a_trace(void **state)
{
    static const char *const heads[] = {
        "",
        "tracestate: a=1\r\n",
        "traceparent: 00-nothing\r\n",
        "traceparent: " PARENT "\r\ntraceparent: " PARENT "\r\n",
    };
    struct request request;
    struct trace trace;
    char text[TRACE_PARENT_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++) {
        read_head(&request, heads[i]);
        trace_of_request(&trace, &request);
        assert_string_not_equal(trace.id, ID);
        assert_string_equal(trace.state, "");
        trace_write(&trace, text);
        assert_true(is_good(text));
        request_finish(&request);
    }
}

static void a_state_of_many_lines_that_is_too_long_is_dropped(void **state)
{
    char headers[1400] = "traceparent: " PARENT "\r\n";
    struct request request;
    struct trace trace;

    (void)state;
    for (int i = 0; i < 4; i++) {
        sprintf(headers + strlen(headers), "tracestate: k%d=", i);
        memset(headers + strlen(headers), 'x', 200);
        sprintf(headers + strlen(headers), "\r\n");
    }
    read_head(&request, headers);
    trace_of_request(&trace, &request);
    assert_string_equal(trace.id, ID);
    assert_string_equal(trace.state, "");
    request_finish(&request);
}

static void each_call_has_an_id_of_its_own(void **state)
{
    struct trace trace, first, second;
    char text[TRACE_PARENT_BYTES];

    (void)state;
    trace_begin(&trace);
    trace_write_call(&trace, text);
    assert_true(trace_read(&first, text, NULL));
    trace_write_call(&trace, text);
    assert_true(trace_read(&second, text, NULL));
    assert_string_equal(first.id, trace.id);
    assert_string_equal(second.id, trace.id);
    assert_true(first.is_sampled);
    assert_string_not_equal(first.parent_id, trace.parent_id);
    assert_string_not_equal(first.parent_id, second.parent_id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parent_is_read_into_its_parts),
        cmocka_unit_test(what_is_no_parent_is_not_there),
        cmocka_unit_test(a_version_to_come_counts_by_what_is_known),
        cmocka_unit_test(a_state_is_kept_as_it_came),
        cmocka_unit_test(a_state_that_is_none_is_dropped_alone),
        cmocka_unit_test(a_state_is_bounded),
        cmocka_unit_test(a_request_brings_its_trace),
        cmocka_unit_test(a_request_without_a_good_one_begins_a_trace),
        cmocka_unit_test(a_state_of_many_lines_that_is_too_long_is_dropped),
        cmocka_unit_test(each_call_has_an_id_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
