#include "unit.h"

#include "buffer.h"
#include "live_message.h"
#include "utf8.h"

/* A message that has been read, and what was wrong with it. */
struct heard {
    struct live_message message;
    enum problem problem;
    char detail[128];
};

static struct heard hear(const char *text)
{
    struct heard heard;

    heard.problem =
        live_message_read(&heard.message, text, strlen(text), heard.detail);
    return heard;
}

static void assert_refused(const char *text, enum problem problem)
{
    struct heard heard = hear(text);

    if (heard.problem != problem)
        fail_msg("%s: %s, not %s", text, problem_code(heard.problem),
                 problem_code(problem));
    assert_true(heard.detail[0] != '\0');
    assert_true(utf8_is_valid(heard.detail, strlen(heard.detail)));
    live_message_finish(&heard.message);
}

static void a_client_says_who_it_is(void **state)
{
    struct heard heard = hear("{\"type\":\"auth\",\"token\":\"secret\"}");

    (void)state;
    assert_int_equal(heard.problem, PROBLEM_NONE);
    assert_int_equal(heard.message.type, LIVE_AUTH);
    assert_string_equal(heard.message.token, "secret");
    assert_false(heard.message.has_id);
    live_message_finish(&heard.message);
}

static void a_client_subscribes_from_now_on(void **state)
{
    struct heard heard =
        hear("{\"type\":\"subscribe\",\"id\":1,\"topics\":[\"searches\","
             "\"job:0199c1de-7f3a-7000-8000-0123456789ab\"]}");

    (void)state;
    assert_int_equal(heard.problem, PROBLEM_NONE);
    assert_int_equal(heard.message.type, LIVE_SUBSCRIBE);
    assert_true(heard.message.has_id && heard.message.id == 1);
    assert_int_equal(heard.message.topic_count, 2);
    assert_string_equal(heard.message.topics[0], "searches");
    assert_string_equal(heard.message.topics[1],
                        "job:0199c1de-7f3a-7000-8000-0123456789ab");
    assert_null(heard.message.after);
    live_message_finish(&heard.message);
}

static void a_client_resumes_where_it_was(void **state)
{
    struct heard heard = hear("{\"type\":\"subscribe\",\"id\":1,\"topics\":"
                              "[\"people\"],\"after\":\"k3v9-17-2\"}");

    (void)state;
    assert_int_equal(heard.problem, PROBLEM_NONE);
    assert_non_null(heard.message.after);
    assert_string_equal(position_at(heard.message.after, 0)->epoch, "k3v9");
    assert_true(position_at(heard.message.after, 0)->ms == 17);
    assert_true(position_at(heard.message.after, 0)->sequence == 2);
    live_message_finish(&heard.message);
}

static void a_null_offset_is_none(void **state)
{
    struct heard heard = hear("{\"type\":\"subscribe\",\"id\":null,\"topics\":"
                              "[\"people\"],\"after\":null}");

    (void)state;
    assert_int_equal(heard.problem, PROBLEM_NONE);
    assert_null(heard.message.after);
    assert_false(heard.message.has_id);
    live_message_finish(&heard.message);
}

static void a_search_has_options_and_a_lane(void **state)
{
    struct heard heard =
        hear("{\"type\":\"search\",\"id\":3,\"bytes\":81920,\"lane\":\"live\","
             "\"options\":{\"threshold\":90,\"faces\":\"largest\"}}");

    (void)state;
    assert_int_equal(heard.problem, PROBLEM_NONE);
    assert_int_equal(heard.message.type, LIVE_SEARCH);
    assert_int_equal(heard.message.bytes, 81920);
    assert_true(heard.message.is_live);
    assert_true(heard.message.options.threshold == 90);
    assert_int_equal(heard.message.options.max_matches, 5);
    assert_true(heard.message.options.largest);
    live_message_finish(&heard.message);
}

static void a_search_is_durable_if_nothing_is_said(void **state)
{
    static const char *const texts[] = {
        "{\"type\":\"search\",\"id\":3,\"bytes\":1}",
        "{\"type\":\"search\",\"id\":3,\"bytes\":1,\"lane\":null,"
        "\"options\":null}",
        "{\"type\":\"search\",\"id\":3,\"bytes\":1,\"lane\":\"durable\","
        "\"options\":{}}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct heard heard = hear(texts[i]);

        assert_int_equal(heard.problem, PROBLEM_NONE);
        assert_false(heard.message.is_live);
        assert_true(heard.message.options.threshold == 80);
        live_message_finish(&heard.message);
    }
}

static void a_search_may_bring_its_trace(void **state)
{
    struct heard heard =
        hear("{\"type\":\"search\",\"bytes\":9,\"traceparent\":\"00-"
             "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\","
             "\"tracestate\":\"a=1\"}");

    (void)state;
    assert_int_equal(heard.problem, PROBLEM_NONE);
    assert_string_equal(heard.message.trace.id,
                        "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_string_equal(heard.message.trace.state, "a=1");
    live_message_finish(&heard.message);
}

static void a_wrong_trace_is_no_reason_to_refuse(void **state)
{
    static const char *const texts[] = {
        "{\"type\":\"search\",\"bytes\":9,\"traceparent\":\"00-1-2-3\"}",
        "{\"type\":\"search\",\"bytes\":9,\"traceparent\":17}",
        "{\"type\":\"search\",\"bytes\":9,\"tracestate\":\"a=1\"}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct heard heard = hear(texts[i]);

        assert_int_equal(heard.problem, PROBLEM_NONE);
        assert_string_equal(heard.message.trace.id, "");
        assert_string_equal(heard.message.trace.state, "");
        live_message_finish(&heard.message);
    }
}

static void what_is_no_object_is_no_message(void **state)
{
    static const char *const bad[] = {"",    "hello", "[]",     "\"ping\"",
                                      "17",  "null",  "{",      "{}{}",
                                      "{]}", "{,}",   "{\"a\"}"};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_refused(bad[i], PROBLEM_INVALID_JSON);
}

static void a_type_that_is_none_is_refused(void **state)
{
    (void)state;
    assert_refused("{}", PROBLEM_UNKNOWN_TYPE);
    assert_refused("{\"type\":\"Ping\"}", PROBLEM_UNKNOWN_TYPE);
    assert_refused("{\"type\":\"reply\"}", PROBLEM_UNKNOWN_TYPE);
    assert_refused("{\"type\":5}", PROBLEM_UNKNOWN_TYPE);
}

static void what_is_missing_is_told_from_what_is_wrong(void **state)
{
    (void)state;
    assert_refused("{\"type\":\"auth\"}", PROBLEM_MISSING_FIELD);
    assert_refused("{\"type\":\"auth\",\"token\":17}", PROBLEM_INVALID_FIELD);
    assert_refused("{\"type\":\"subscribe\"}", PROBLEM_MISSING_FIELD);
    assert_refused("{\"type\":\"subscribe\",\"topics\":\"searches\"}",
                   PROBLEM_INVALID_FIELD);
    assert_refused("{\"type\":\"unsubscribe\",\"topics\":[]}",
                   PROBLEM_INVALID_FIELD);
    assert_refused("{\"type\":\"search\"}", PROBLEM_MISSING_FIELD);
    assert_refused("{\"type\":\"search\",\"bytes\":\"81920\"}",
                   PROBLEM_INVALID_FIELD);
}

static void a_search_for_no_image_is_refused(void **state)
{
    (void)state;
    assert_refused("{\"type\":\"search\",\"bytes\":0}", PROBLEM_IMAGE_EMPTY);
    assert_refused("{\"type\":\"search\",\"bytes\":-1}", PROBLEM_INVALID_FIELD);
    assert_refused("{\"type\":\"search\",\"bytes\":1.5}",
                   PROBLEM_INVALID_FIELD);
    assert_refused("{\"type\":\"search\",\"bytes\":1e300}",
                   PROBLEM_INVALID_FIELD);
}

static void a_lane_that_is_none_is_refused(void **state)
{
    (void)state;
    assert_refused("{\"type\":\"search\",\"bytes\":1,\"lane\":\"fast\"}",
                   PROBLEM_INVALID_FIELD);
    assert_refused("{\"type\":\"search\",\"bytes\":1,\"lane\":1}",
                   PROBLEM_INVALID_FIELD);
}

static void topics_are_checked_one_by_one(void **state)
{
    (void)state;
    assert_refused("{\"type\":\"subscribe\",\"topics\":[\"searches\",17]}",
                   PROBLEM_UNKNOWN_TOPIC);
    assert_refused("{\"type\":\"subscribe\",\"topics\":[\"cats\"]}",
                   PROBLEM_UNKNOWN_TOPIC);
    assert_refused("{\"type\":\"unsubscribe\",\"topics\":[null]}",
                   PROBLEM_UNKNOWN_TOPIC);
}

/* As many as fit, and one more. */
static void topics_are_counted_before_they_are_kept(void **state)
{
    struct buffer text = {0};
    struct heard heard;

    (void)state;
    buffer_add_text(&text, "{\"type\":\"subscribe\",\"topics\":[\"stats\"");
    for (int i = 1; i < LIVE_TOPICS_MAX; i++)
        buffer_add_text(&text, ",\"stats\"");
    buffer_add_text(&text, "]}");
    heard = hear(buffer_text(&text));
    assert_int_equal(heard.problem, PROBLEM_NONE);
    assert_int_equal(heard.message.topic_count, LIVE_TOPICS_MAX);
    live_message_finish(&heard.message);

    text.len -= 2;
    buffer_add_text(&text, ",\"stats\"]}");
    assert_refused(buffer_text(&text), PROBLEM_TOO_MANY_TOPICS);
    buffer_finish(&text);
}

static void an_offset_of_nobody_is_refused(void **state)
{
    (void)state;
    assert_refused("{\"type\":\"subscribe\",\"topics\":[\"stats\"],"
                   "\"after\":\"yesterday\"}",
                   PROBLEM_INVALID_OFFSET);
    assert_refused("{\"type\":\"subscribe\",\"topics\":[\"stats\"],"
                   "\"after\":17}",
                   PROBLEM_INVALID_OFFSET);
}

/* The name is as long as its place in a sentence would be, and a character
 * stands across the end. */
static void an_unknown_option_never_breaks_the_detail(void **state)
{
    (void)state;
    assert_refused("{\"type\":\"search\",\"bytes\":1,\"options\":{\""
                   "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                   "\xc3\xa4\":1}}",
                   PROBLEM_UNKNOWN_FIELD);
}

static void a_refused_message_keeps_its_id(void **state)
{
    struct heard heard = hear("{\"type\":\"search\",\"id\":9,\"bytes\":0}");
    char *text;

    (void)state;
    assert_true(heard.message.has_id && heard.message.id == 9);
    text = live_refusal(&heard.message, heard.problem, heard.detail);
    assert_string_equal(text, "{\"type\":\"reply\",\"id\":9,\"ok\":false,"
                              "\"error\":{\"code\":\"image_empty\","
                              "\"detail\":\"The image has no bytes.\"}}");
    free(text);
    live_message_finish(&heard.message);
}

static void an_id_is_a_whole_number_to_two_to_the_53rd(void **state)
{
    struct heard heard = hear("{\"type\":\"ping\",\"id\":9007199254740992}");
    char *text = live_reply(&heard.message, NULL, NULL);

    (void)state;
    assert_int_equal(heard.problem, PROBLEM_NONE);
    assert_string_equal(
        text, "{\"type\":\"reply\",\"id\":9007199254740992,\"ok\":true}");
    free(text);
    live_message_finish(&heard.message);
    assert_refused("{\"type\":\"ping\",\"id\":9007199254740994}",
                   PROBLEM_INVALID_FIELD);
    assert_refused("{\"type\":\"ping\",\"id\":-1}", PROBLEM_INVALID_FIELD);
    assert_refused("{\"type\":\"ping\",\"id\":0.5}", PROBLEM_INVALID_FIELD);
    assert_refused("{\"type\":\"ping\",\"id\":\"1\"}", PROBLEM_INVALID_FIELD);
}

static void a_reply_has_one_member_more_where_it_is_asked(void **state)
{
    struct live_message message = {.has_id = true, .id = 1};
    char *text = live_reply(&message, "offset", "k3v9-17-2");

    (void)state;
    assert_string_equal(text, "{\"type\":\"reply\",\"id\":1,\"ok\":true,"
                              "\"offset\":\"k3v9-17-2\"}");
    free(text);
}

static void a_refusal_without_an_id_or_detail_is_whole(void **state)
{
    struct live_message message = {0};
    char *text = live_refusal(&message, PROBLEM_UNEXPECTED_BINARY, "");

    (void)state;
    assert_string_equal(
        text, "{\"type\":\"reply\",\"id\":null,\"ok\":false,"
              "\"error\":{\"code\":\"unexpected_binary\",\"detail\":"
              "\"A binary frame must follow the message that announces it.\""
              "}}");
    free(text);
}

static void a_gap_names_what_to_fetch_again(void **state)
{
    static const char *const topics[] = {"searches", "people"};
    char *text = live_gap(topics, 2, "k3v9-17-2", "k3va-18-0");

    (void)state;
    assert_string_equal(text, "{\"type\":\"gap\",\"topics\":[\"searches\","
                              "\"people\"],\"from\":\"k3v9-17-2\","
                              "\"to\":\"k3va-18-0\"}");
    free(text);
}

static void a_bye_says_when_to_come_back(void **state)
{
    char *text = live_bye("drain", 12000);

    (void)state;
    assert_string_equal(
        text, "{\"type\":\"bye\",\"reason\":\"drain\",\"retry_ms\":12000}");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_says_who_it_is),
        cmocka_unit_test(a_client_subscribes_from_now_on),
        cmocka_unit_test(a_client_resumes_where_it_was),
        cmocka_unit_test(a_null_offset_is_none),
        cmocka_unit_test(a_search_has_options_and_a_lane),
        cmocka_unit_test(a_search_is_durable_if_nothing_is_said),
        cmocka_unit_test(a_search_may_bring_its_trace),
        cmocka_unit_test(a_wrong_trace_is_no_reason_to_refuse),
        cmocka_unit_test(what_is_no_object_is_no_message),
        cmocka_unit_test(a_type_that_is_none_is_refused),
        cmocka_unit_test(what_is_missing_is_told_from_what_is_wrong),
        cmocka_unit_test(a_search_for_no_image_is_refused),
        cmocka_unit_test(a_lane_that_is_none_is_refused),
        cmocka_unit_test(topics_are_checked_one_by_one),
        cmocka_unit_test(topics_are_counted_before_they_are_kept),
        cmocka_unit_test(an_offset_of_nobody_is_refused),
        cmocka_unit_test(an_unknown_option_never_breaks_the_detail),
        cmocka_unit_test(a_refused_message_keeps_its_id),
        cmocka_unit_test(an_id_is_a_whole_number_to_two_to_the_53rd),
        cmocka_unit_test(a_reply_has_one_member_more_where_it_is_asked),
        cmocka_unit_test(a_refusal_without_an_id_or_detail_is_whole),
        cmocka_unit_test(a_gap_names_what_to_fetch_again),
        cmocka_unit_test(a_bye_says_when_to_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
