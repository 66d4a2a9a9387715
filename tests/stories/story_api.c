/*
 * story_api.c - the HTTP API, with nobody there to do the work: what is taken
 * in, what is answered, and how
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "plain_photo.h"
#include "stack.h"
#include "stream.h"
#include "talk.h"
#include "unit.h"
#include "xalloc.h"

#define RAW "Content-Type: image/png\r\n"
#define NOBODY "0199c1de-7f3a-7000-8000-0123456789ab"

static struct stack stack;

/* ---- asking ---- */

static void ask(const char *method, const char *target, const char *headers,
                struct raw_answer *answer)
{
    talk_raw(stack.port, method, target, headers, "", 0, answer);
}

static void post_photo(const char *target, const char *headers,
                       unsigned char shade, struct raw_answer *answer)
{
    struct buffer photo = {0};

    plain_photo_write(&photo, shade);
    talk_raw(stack.port, "POST", target, headers, photo.bytes, photo.len,
             answer);
    buffer_finish(&photo);
}

static struct json *document_of(const struct raw_answer *answer)
{
    return json_parse(buffer_text(&answer->body), answer->body.len);
}

static void expect_status(const char *method, const char *target, int wanted)
{
    struct raw_answer answer;

    ask(method, target, "", &answer);
    if (answer.status != wanted)
        fail_msg("%s %s: %d instead of %d", method, target, answer.status,
                 wanted);
    raw_answer_finish(&answer);
}

static void expect_header(const struct raw_answer *answer, const char *name,
                          const char *wanted)
{
    const char *value = raw_header(answer, name);

    if (!value || !strstr(value, wanted))
        fail_msg("%s is %s, and not %s", name, value ? value : "missing",
                 wanted);
}

static void expect_code(const struct raw_answer *answer, int status,
                        const char *code)
{
    struct json *document = document_of(answer);

    if (answer->status != status ||
        strcmp(json_get_text(document, "code", ""), code) != 0)
        fail_msg("%d %s instead of %d %s", answer->status,
                 json_get_text(document, "code", "?"), status, code);
    json_destroy(document);
}

/* ---- searches ---- */

static void a_search_is_accepted_and_can_be_read(void **state)
{
    struct raw_answer answer;
    struct json *job, *jobs;
    char location[64], target[96];

    (void)state;
    post_photo("/v1/searches?threshold=90", RAW, 1, &answer);
    assert_int_equal(answer.status, 202);
    snprintf(location, sizeof location, "%s", raw_header(&answer, "location"));
    job = document_of(&answer);
    assert_string_equal(json_get_text(job, "status", ""), "queued");
    assert_string_equal(json_get_text(job, "id", ""),
                        location + strlen("/v1/jobs/"));
    json_destroy(job);
    raw_answer_finish(&answer);

    job = talk_get(stack.port, location);
    assert_string_equal(json_get_text(job, "status", ""), "queued");
    assert_string_equal(json_get_text(job, "kind", ""), "search");
    assert_int_equal(json_get_number(json_get(job, "image"), "width", 0), 96);
    json_destroy(job);
    jobs = talk_get(stack.port, "/v1/jobs?kind=search&status=queued");
    assert_int_equal(json_count(json_get(jobs, "items")), 1);
    json_destroy(jobs);

    /* There is no thumbnail yet, so its place is taken by the photo. */
    snprintf(target, sizeof target, "%s/image?size=thumb", location);
    ask("GET", target, "", &answer);
    assert_int_equal(answer.status, 200);
    expect_header(&answer, "content-type", "image/png");
    expect_header(&answer, "cache-control", "no-store");
    raw_answer_finish(&answer);
    snprintf(target, sizeof target, "%s/image?which=target", location);
    expect_status("GET", target, 404);
    snprintf(target, sizeof target, "%s/replay", location);
    expect_status("POST", target, 409);
}

static void a_repeated_request_gets_the_first_answer(void **state)
{
    static const char key[] = RAW "Idempotency-Key: once-and-again\r\n";
    struct raw_answer first, second, third;

    (void)state;
    post_photo("/v1/searches", key, 2, &first);
    post_photo("/v1/searches", key, 2, &second);
    assert_int_equal(first.status, 202);
    assert_int_equal(second.status, 202);
    assert_null(raw_header(&first, "idempotency-replayed"));
    expect_header(&second, "idempotency-replayed", "true");
    assert_string_equal(first.body.bytes, second.body.bytes);
    expect_header(&second, "location", "/v1/jobs/");
    raw_answer_finish(&second);

    post_photo("/v1/searches", key, 3, &second); /* another photo */
    expect_code(&second, 422, "idempotency_mismatch");
    post_photo("/v1/searches?threshold=70", key, 2, &third);
    expect_code(&third, 422, "idempotency_mismatch");
    raw_answer_finish(&third);
    post_photo("/v1/analyses", key, 2, &third); /* another route */
    expect_code(&third, 422, "idempotency_mismatch");
    raw_answer_finish(&third);
    post_photo("/v1/searches", RAW "Idempotency-Key: a b\r\n", 2, &third);
    expect_code(&third, 400, "invalid_request");
    raw_answer_finish(&first);
    raw_answer_finish(&second);
    raw_answer_finish(&third);
}

/* Nobody works, so the time runs out. */
static void
a_search_that_takes_too_long_is_accepted_after_the_wait(void **state)
{
    int64_t began_ms = clock_steady_ms();
    struct raw_answer answer;

    (void)state;
    post_photo("/v1/searches", RAW "Prefer: respond-async, wait=1\r\n", 4,
               &answer);
    assert_int_equal(answer.status, 202);
    assert_in_range(clock_steady_ms() - began_ms, 900, 30000);
    raw_answer_finish(&answer);
}

/* ---- people ---- */

static void make_person(int number)
{
    char *body = xprintf("{\"name\":\"Person %d\",\"external_id\":\"p-%d\","
                         "\"details\":{\"n\":%d}}",
                         number, number, number);
    int status;
    struct json *person = talk_with(stack.port, "POST", "/v1/people",
                                    "Content-Type: application/json\r\n", body,
                                    strlen(body), &status);

    assert_int_equal(status, 201);
    json_destroy(person);
    free(body);
}

static void people_are_listed_page_by_page(void **state)
{
    enum { PEOPLE = 5, PAGE = 2 };
    char target[128] = "/v1/people?limit=2";
    int seen = 0;

    (void)state;
    for (int i = 0; i < PEOPLE; i++)
        make_person(i);
    while (target[0]) {
        struct json *page = talk_get(stack.port, target);
        const char *next = json_get_text(page, "next", NULL);
        const struct json *items = json_get(page, "items");

        assert_true(json_count(items) <= PAGE);
        for (const struct json *p = json_first(items); p; p = json_next(p)) {
            char key[16];

            snprintf(key, sizeof key, "p-%d", PEOPLE - 1 - seen++);
            assert_string_equal(json_get_text(p, "external_id", ""), key);
        }
        target[0] = '\0';
        if (next)
            snprintf(target, sizeof target, "/v1/people?limit=2&after=%s",
                     next);
        json_destroy(page);
    }
    assert_int_equal(seen, PEOPLE);
}

static void a_person_is_changed_and_erased(void **state)
{
    struct json *page = talk_get(stack.port, "/v1/people?q=p-3");
    const struct json *person = json_first(json_get(page, "items"));
    char *target = xprintf("/v1/people/%s", json_get_text(person, "id", ""));
    static const char change[] = "{\"name\":\"Ada\",\"details\":null}";
    static const char taken[] = "{\"external_id\":\"p-1\"}";
    struct json *answer;
    int status;

    (void)state;
    answer = talk_with(stack.port, "PATCH", target, "", change,
                       sizeof change - 1, &status);
    assert_int_equal(status, 200);
    assert_string_equal(json_get_text(answer, "name", ""), "Ada");
    json_destroy(answer);
    answer = talk_with(stack.port, "PATCH", target, "", taken, sizeof taken - 1,
                       &status);
    assert_int_equal(status, 409);
    json_destroy(answer);
    answer = talk(stack.port, "DELETE", target, &status);
    assert_int_equal(status, 202);
    assert_string_equal(json_get_text(answer, "kind", ""), "erase");
    json_destroy(answer);
    expect_status("GET", target, 404); /* from that moment on */
    free(target);
    json_destroy(page);
}

static void what_is_not_there_is_404(void **state)
{
    (void)state;
    expect_status("GET", "/v1/jobs/" NOBODY, 404);
    expect_status("GET", "/v1/jobs/" NOBODY "/image", 404);
    expect_status("POST", "/v1/jobs/" NOBODY "/replay", 404);
    expect_status("GET", "/v1/jobs/7", 404);
    expect_status("GET", "/v1/people/" NOBODY "/image", 404);
    expect_status("DELETE", "/v1/people/" NOBODY, 404);
    expect_status("DELETE", "/v1/people/" NOBODY "/faces/" NOBODY, 404);
    expect_status("GET", "/v1/people/", 404);
    expect_status("GET", "//healthz", 404);
}

/* ---- events ---- */

static void expect_queued(struct stream *stream, const char *job,
                          bool is_replay)
{
    struct json *event = stream_next(stream);

    if (!event)
        fail_msg("the stream has ended");
    assert_string_equal(json_get_text(event, "event", ""), "job.queued");
    assert_string_equal(json_get_text(event, "job", ""), job);
    assert_int_equal(json_get_bool(event, "replay", !is_replay), is_replay);
    json_destroy(event);
}

static void search(unsigned char shade, char job[static 64])
{
    struct raw_answer answer;
    struct json *document;

    post_photo("/v1/searches", RAW, shade, &answer);
    document = document_of(&answer);
    snprintf(job, 64, "%s", json_get_text(document, "id", "?"));
    json_destroy(document);
    raw_answer_finish(&answer);
}

static void a_stream_of_events_goes_on_where_it_ended(void **state)
{
    struct stream stream = {0};
    char first[64], missed[64], last[64];
    struct raw_answer answer;

    (void)state;
    stream_open(&stream, stack.port, "searches");
    search(10, first);
    expect_queued(&stream, first, false);
    stream_close(&stream);
    search(11, missed);
    stream_open(&stream, stack.port, "searches,people");
    expect_queued(&stream, missed, true);
    search(12, last);
    expect_queued(&stream, last, false);
    stream_close(&stream);

    ask("HEAD", "/v1/events?topics=searches", "", &answer);
    assert_int_equal(answer.status, 200);
    expect_header(&answer, "content-type", "text/event-stream");
    raw_answer_finish(&answer);
}

/* ---- for those who look after it ---- */

static void the_server_says_how_it_is(void **state)
{
    struct json *health = talk_get(stack.port, "/healthz");
    struct raw_answer answer;

    (void)state;
    assert_true(json_get_bool(health, "alive", false));
    ask("GET", "/metrics", "", &answer);
    assert_int_equal(answer.status, 200);
    expect_header(&answer, "content-type", "text/plain; version=0.0.4");
    assert_non_null(strstr(answer.body.bytes, "facewire_"));
    raw_answer_finish(&answer);
    ask("GET", "/openapi.yaml", "", &answer);
    assert_non_null(strstr(answer.body.bytes, "openapi: 3"));
    raw_answer_finish(&answer);
    json_destroy(health);
}

/* ---- pages ---- */

/* A site of the story's own, so that it needs no pages that were built. */
static void make_pages(void)
{
    FILE *file;

    mkdir("web", 0700);
    file = fopen("web/pages.list", "we");
    fputs("# address file type\n/ index.html text/html; charset=utf-8\n"
          "/people/* index.html text/html; charset=utf-8\n",
          file);
    fclose(file);
    file = fopen("web/index.html", "we");
    for (int i = 0; i < 200; i++)
        fputs("<p>Facewire</p>\n", file);
    fclose(file);
}

static void pages_come_packed_and_only_once(void **state)
{
    struct raw_answer plain, packed, again;
    char headers[128];

    (void)state;
    ask("GET", "/", "", &plain);
    assert_int_equal(plain.status, 200);
    assert_int_equal(plain.body.len, 200 * strlen("<p>Facewire</p>\n"));
    expect_header(&plain, "content-type", "text/html; charset=utf-8");
    expect_header(&plain, "vary", "Accept-Encoding");
    ask("GET", "/people/anybody", "Accept-Encoding: br, gzip\r\n", &packed);
    expect_header(&packed, "content-encoding", "gzip");
    assert_true(packed.body.len < plain.body.len / 10);
    assert_memory_equal(packed.body.bytes, "\x1f\x8b", 2);

    snprintf(headers, sizeof headers, "If-None-Match: \"other\", %s\r\n",
             raw_header(&plain, "etag"));
    ask("GET", "/", headers, &again);
    assert_int_equal(again.status, 304);
    assert_int_equal(again.body.len, 0);
    raw_answer_finish(&again);
    ask("HEAD", "/", "", &again);
    assert_int_equal(again.status, 200);
    expect_header(&again, "content-length", "3200");
    raw_answer_finish(&again);
    ask("POST", "/", "", &again);
    expect_code(&again, 405, "method_not_allowed");
    expect_header(&again, "allow", "GET, HEAD");
    raw_answer_finish(&again);
    raw_answer_finish(&plain);
    raw_answer_finish(&packed);
}

static void every_answer_keeps_browsers_in_bounds(void **state)
{
    static const struct {
        const char *target;
        const char *policy;
    } answers[] = {
        {"/", "script-src 'self'"},
        {"/v1/people", "default-src 'none'"},
        {"/nothing", "default-src 'none'"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        struct raw_answer answer;

        ask("GET", answers[i].target, "", &answer);
        expect_header(&answer, "content-security-policy", answers[i].policy);
        expect_header(&answer, "content-security-policy",
                      "frame-ancestors 'none'");
        expect_header(&answer, "x-content-type-options", "nosniff");
        expect_header(&answer, "x-frame-options", "DENY");
        expect_header(&answer, "referrer-policy", "no-referrer");
        expect_header(&answer, "cross-origin-resource-policy", "same-origin");
        assert_non_null(raw_header(&answer, "permissions-policy"));
        raw_answer_finish(&answer);
    }
}

static void head_is_answered_as_get_without_the_body(void **state)
{
    static const char *const targets[] = {"/healthz", "/v1/people", "/v1/jobs",
                                          "/metrics", "/openapi.yaml"};

    (void)state;
    for (size_t i = 0; i < COUNT(targets); i++)
        expect_status("HEAD", targets[i], 200);
    expect_status("HEAD", "/v1/jobs/" NOBODY, 404);
    expect_status("HEAD", "/v1/searches", 405);
}

static int set_up(void **state)
{
    make_pages();
    setenv("FACEWIRE_WEB", "web", 1);
    (void)state;
    stack_start(&stack);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stack_stop(&stack);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_is_accepted_and_can_be_read),
        cmocka_unit_test(a_repeated_request_gets_the_first_answer),
        cmocka_unit_test(
            a_search_that_takes_too_long_is_accepted_after_the_wait),
        cmocka_unit_test(people_are_listed_page_by_page),
        cmocka_unit_test(a_person_is_changed_and_erased),
        cmocka_unit_test(what_is_not_there_is_404),
        cmocka_unit_test(a_stream_of_events_goes_on_where_it_ended),
        cmocka_unit_test(the_server_says_how_it_is),
        cmocka_unit_test(pages_come_packed_and_only_once),
        cmocka_unit_test(every_answer_keeps_browsers_in_bounds),
        cmocka_unit_test(head_is_answered_as_get_without_the_body),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
