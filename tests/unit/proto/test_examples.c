/* Holds what we say to clients, and hear from them, to the examples. */
#include "examples.h"

#include "event.h"
#include "live_message.h"
#include "names.h"
#include "problem.h"
#include "uuid.h"

#define CLIENT "live/client"
#define SERVER "live/server"

/*
 * What a client says.
 */
static void check_said(const char *name)
{
    bool is_good = example_begins(name, "good-");
    char detail[128], code[64];
    struct live_message message;
    enum problem problem;
    size_t len;
    char *text = example_text(CLIENT, name, &len);

    problem = live_message_read(&message, text, len, detail);
    if (!is_good && !example_begins(name, "bad-"))
        fail_msg("%s is neither good nor bad", name);
    if (is_good && problem != PROBLEM_NONE)
        fail_msg("%s is refused: %s", name, detail);
    if (!is_good &&
        strcmp(problem_code(problem), example_word(name, 1, code)) != 0)
        fail_msg("%s is %s", name, problem_code(problem));
    live_message_finish(&message);
    free(text);
}

static void good_messages_are_taken_and_bad_ones_refused(void **state)
{
    (void)state;
    each_example(CLIENT, check_said);
}

/*
 * What the server says: each example is made again from its own members.
 */
static struct live_message asker_of(const struct json *reply)
{
    return (struct live_message){
        .has_id = json_get(reply, "id") != NULL,
        .id = (int64_t)json_get_number(reply, "id", 0),
    };
}

static char *write_reply(const struct json *reply)
{
    static const char *const members[] = {"offset", "job"};
    const struct live_message asker = asker_of(reply);
    const struct json *error = json_get(reply, "error");

    if (error)
        return live_refusal(&asker,
                            problem_find(json_get_text(error, "code", "")),
                            json_get_text(error, "detail", NULL));
    for (size_t i = 0; i < COUNT(members); i++)
        if (json_get(reply, members[i]))
            return live_reply(&asker, members[i],
                              json_get_text(reply, members[i], NULL));
    return live_reply(&asker, NULL, NULL);
}

static char *write_gap(const struct json *gap)
{
    const struct json *list = json_get(gap, "topics");
    const char *topics[LIVE_TOPICS_MAX];
    size_t count = 0;

    for (const struct json *it = json_first(list); it; it = json_next(it)) {
        assert_true(topic_is_known(json_text(it)));
        topics[count++] = json_text(it);
    }
    return live_gap(topics, count, json_get_text(gap, "from", NULL),
                    json_get_text(gap, "to", NULL));
}

static char *write_bye(const struct json *bye)
{
    return live_bye(json_get_text(bye, "reason", NULL),
                    (int64_t)json_get_number(bye, "retry_ms", -1));
}

static char *write_event(const struct json *document)
{
    char *data = json_print(json_get(document, "data"));
    const struct event event = {
        .offset = json_get_text(document, "offset", NULL),
        .time = json_get_text(document, "time", NULL),
        .topic = json_get_text(document, "topic", NULL),
        .name = json_get_text(document, "event", NULL),
        .job = json_get_text(document, "job", NULL),
        .expires_at = json_get_text(document, "expires_at", NULL),
        .data = data,
    };
    struct buffer out = {0};
    struct offset offset;

    assert_true(topic_is_known(event.topic));
    if (event.offset)
        assert_int_equal(offset_read(event.offset, &offset), 0);
    event_write(&event, json_get_bool(document, "replay", false), &out);
    free(data);
    return buffer_take(&out);
}

static void check_heard(const char *name)
{
    static const struct {
        const char *type;
        char *(*write)(const struct json *document);
    } types[] = {
        {"reply", write_reply},
        {"gap", write_gap},
        {"bye", write_bye},
        {"event", write_event},
    };
    struct json *document = example_json(SERVER, name);
    const char *type = json_get_text(document, "type", "");
    char *text = NULL;

    for (size_t i = 0; i < COUNT(types); i++)
        if (strcmp(type, types[i].type) == 0)
            text = types[i].write(document);
    if (!text)
        fail_msg("%s has no type", name);
    assert_example_is(SERVER, name, text);
    free(text);
    json_destroy(document);
}

static void what_the_server_says_is_written_so(void **state)
{
    (void)state;
    each_example(SERVER, check_heard);
}

/*
 * HTTP.
 */
static void check_problem(const char *name, const struct json *document)
{
    const char *code = json_get_text(document, "code", "");
    char *text = problem_document(problem_find(code),
                                  json_get_text(document, "detail", NULL));
    char word[64];

    assert_string_equal(code, example_word(name, 1, word));
    assert_example_is("http", name, text);
    free(text);
}

/* Its kind and status are in its name, and its members go with them. */
static void check_job(const char *name, const struct json *job)
{
    const struct json *error = json_get(job, "error");
    const char *code = json_get_text(error, "code", "none");
    enum priority priority;
    enum job_kind kind;
    enum job_status status;
    char word[64];

    assert_true(uuid_is_valid(json_get_text(job, "id", "")));
    assert_true(job_kind_find(json_get_text(job, "kind", ""), &kind));
    assert_true(job_status_find(json_get_text(job, "status", ""), &status));
    assert_true(priority_find(json_get_text(job, "priority", ""), &priority));
    assert_string_equal(job_kind_name(kind), example_word(name, 1, word));
    assert_string_equal(job_status_name(status), example_word(name, 2, word));
    assert_true((status == JOB_DONE) == (json_get(job, "result") != NULL));
    assert_true((status == JOB_FAILED || status == JOB_DEAD) ==
                (error != NULL));
    if (error)
        assert_string_equal(problem_code(problem_find(code)), code);
}

static void check_page(const char *name, const struct json *page)
{
    (void)name;
    assert_true(json_is_array(json_get(page, "items")));
}

static void check_object(const char *name, const struct json *document)
{
    if (!json_is_object(document))
        fail_msg("%s is no object", name);
}

static void check_refused_body(const char *name, const struct json *document)
{
    char code[64];

    (void)document;
    example_word(name, 1, code);
    assert_string_equal(problem_code(problem_find(code)), code);
}

static void check_http(const char *name)
{
    static const struct {
        const char *start;
        void (*check)(const char *name, const struct json *document);
    } kinds[] = {
        {"problem-", check_problem}, {"job-", check_job},
        {"jobs", check_page},        {"people", check_page},
        {"person", check_object},    {"ready", check_object},
        {"good-", check_object},     {"bad-", check_refused_body},
    };
    struct json *document = example_json("http", name);
    bool is_known = false;

    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (example_begins(name, kinds[i].start)) {
            kinds[i].check(name, document);
            is_known = true;
        }
    }
    if (!is_known)
        fail_msg("nobody knows %s", name);
    json_destroy(document);
}

static void what_http_answers_is_in_our_words(void **state)
{
    (void)state;
    each_example("http", check_http);
}

static void a_result_is_the_same_in_a_job_and_in_its_event(void **state)
{
    static const struct {
        enum job_kind kind;
        const char *job;
        const char *event;
    } pairs[] = {
        {JOB_SEARCH, "job-search-done.json", "event-search-completed.json"},
        {JOB_ANALYZE, "job-analyze-done.json", "event-analysis-completed.json"},
        {JOB_COMPARE, "job-compare-done.json",
         "event-comparison-completed.json"},
        {JOB_ENROLL, "job-enroll-done.json", "event-person-enrolled.json"},
        {JOB_ERASE, "job-erase-done.json", "event-person-erased.json"},
    };

    (void)state;
    assert_int_equal(COUNT(pairs), JOB_KINDS);
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct json *job = example_json("http", pairs[i].job);
        struct json *event = example_json(SERVER, pairs[i].event);
        char *result = json_print(json_get(job, "result"));
        char *data = json_print(json_get(event, "data"));

        assert_string_equal(result, data);
        assert_string_equal(json_get_text(event, "event", ""),
                            job_kind_done_event(pairs[i].kind));
        assert_string_equal(json_get_text(event, "job", ""),
                            json_get_text(job, "id", "?"));
        free(result);
        free(data);
        json_destroy(event);
        json_destroy(job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_messages_are_taken_and_bad_ones_refused),
        cmocka_unit_test(what_the_server_says_is_written_so),
        cmocka_unit_test(what_http_answers_is_in_our_words),
        cmocka_unit_test(a_result_is_the_same_in_a_job_and_in_its_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
