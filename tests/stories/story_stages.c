/*
 * story_stages.c - where a job was when, and how one upload is followed through
 * every log
 *
 * Somebody who traces their own system uploads a photo while a live client
 * listens.
 */
#include "exposition.h"
#include "live.h"
#include "patience.h"
#include "stack.h"
#include "talk.h"
#include "unit.h"
#include "xalloc.h"

enum { JOB_MS = 60000, LOG_MS = 10000 };

#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define LIVE_TRACE "0af7651916cd43dd8448eb211c80319c"

static const char *const names[] = {
    "received",   "stored",    "inserted",  "queued",    "taken",
    "recognized", "looked_up", "committed", "published", "delivered",
};

static struct stack stack;

static const char *photo_path(const char *photo)
{
    return unit_shared("FACEWIRE_PHOTOS", "photos", photo);
}

/* Searches a photo with these header lines; the job's id, to be freed. */
static char *search_with(const char *headers)
{
    size_t len;
    char *bytes = unit_read_file(photo_path("obama-2.jpg"), &len);
    int status;
    struct json *job = talk_with(stack.port, "POST", "/v1/searches", headers,
                                 bytes, len, &status);
    char *id = xstrdup(json_get_text(job, "id", NULL));

    assert_int_equal(status, 202);
    assert_int_equal(strlen(json_get_text(job, "trace", "")), 32);
    json_destroy(job);
    free(bytes);
    return id;
}

static char *read_metrics(void)
{
    struct raw_answer answer;
    char *text;

    talk_raw(stack.port, "GET", "/metrics", "", "", 0, &answer);
    assert_int_equal(answer.status, 200);
    text = buffer_take(&answer.body);
    raw_answer_finish(&answer);
    exposition_check(text);
    return text;
}

/* ---- what must be there ---- */

static void expect_stages(const struct json *job, size_t count)
{
    const struct json *stage = json_first(json_get(job, "stages"));
    double before = 0;

    for (size_t i = 0; i < count; i++, stage = json_next(stage)) {
        double at = json_get_number(stage, "at_us", -1);
        double took = json_get_number(stage, "took_us", -1);

        if (!stage || !live_is(stage, "name", names[i]))
            fail_msg("%s instead of %s",
                     json_get_text(stage, "name", "nothing"), names[i]);
        if (at < before || took != at - before || at > JOB_MS * 1000.0)
            fail_msg("%s at %.0f us, which took %.0f", names[i], at, took);
        before = at;
    }
    assert_null(stage);
}

/* What took its time must have taken some. */
static void expect_work(const struct json *job)
{
    const struct json *stage = json_first(json_get(job, "stages"));

    while (!live_is(stage, "name", "recognized"))
        stage = json_next(stage);
    assert_true(json_get_number(stage, "took_us", 0) > 1000);
}

static void expect_counted(const char *metrics, double count)
{
    char series[128];

    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(series, sizeof series,
                 "facewire_job_stage_seconds_count{kind=\"search\","
                 "stage=\"%s\"}",
                 names[i]);
        if (exposition_value(metrics, series) != count)
            fail_msg("%s is not %.0f", series, count);
    }
    assert_true(exposition_value(
                    metrics, "facewire_job_seconds_count{kind=\"search\"}") ==
                count);
}

/* The first line of a log that has both texts, to be freed. */
static char *find_line(const char *log, const char *one, const char *two)
{
    struct patience patience = patience_of(LOG_MS);

    do {
        char *text = unit_read_file(log, NULL);
        char *rest = NULL;

        for (char *line = strtok_r(text, "\n", &rest); line;
             line = strtok_r(NULL, "\n", &rest))
            if (strstr(line, one) && strstr(line, two)) {
                line = xstrdup(line);
                free(text);
                return line;
            }
        free(text);
    } while (patience_lasts(&patience));
    fail_msg("%s has no line with %s and %s", log, one, two);
    return NULL;
}

/* The endpoint's name of the request stands in the worker's log and in its
 * own. */
static void expect_in_logs(const char *job, const char *trace)
{
    char *line = find_line("server.log", job, trace);
    char *request, *end;

    free(line);
    line = find_line("worker.log", trace, "DetectFaces");
    assert_non_null(strstr(line, job));
    request = strstr(line, "request=");
    assert_non_null(request);
    end = strchr(request, ' ');
    assert_non_null(end);
    *end = '\0';
    free(find_line("engine.log", trace, request));
    free(line);
}

/* ---- the story ---- */

static void a_job_tells_its_ten_stages(void **state)
{
    struct live live = {.fd = -1};
    struct json *job;
    char *id, *metrics;

    (void)state;
    live_open(&live, stack.port);
    live_subscribe(&live, "searches");
    id = search_with("Content-Type: image/jpeg\r\n"
                     "traceparent: 00-" TRACE "-00f067aa0ba902b7-01\r\n"
                     "tracestate: vendor=1\r\n");
    json_destroy(live_await(&live, "search.completed", id, JOB_MS));
    job = talk_job(stack.port, id, JOB_MS);
    assert_string_equal(json_get_text(job, "trace", ""), TRACE);
    expect_stages(job, COUNT(names));
    expect_work(job);
    metrics = read_metrics();
    expect_counted(metrics, 1);
    expect_in_logs(id, TRACE);
    free(metrics);
    json_destroy(job);
    free(id);
    live_finish(&live);
}

static void a_live_search_brings_its_trace(void **state)
{
    struct live live = {.fd = -1};
    size_t len;
    char *bytes = unit_read_file(photo_path("obama-2.jpg"), &len);
    char *wish =
        xprintf("{\"type\":\"search\",\"id\":1,\"bytes\":%zu,"
                "\"traceparent\":\"00-" LIVE_TRACE "-b7ad6b7169203331-00\"}",
                len);
    struct json *event, *job;
    char *metrics;

    (void)state;
    live_open(&live, stack.port);
    live_say(&live, wish);
    raw_frame(live.fd, 0x82, bytes, len);
    event = live_await(&live, "search.completed", NULL, JOB_MS);
    job = talk_job(stack.port, json_get_text(event, "job", ""), JOB_MS);
    assert_string_equal(json_get_text(job, "trace", ""), LIVE_TRACE);
    expect_stages(job, COUNT(names));
    expect_in_logs(json_get_text(event, "job", ""), LIVE_TRACE);
    metrics = read_metrics();
    expect_counted(metrics, 2);
    free(metrics);
    json_destroy(event);
    json_destroy(job);
    live_finish(&live);
    free(bytes);
    free(wish);
}

/* What no live client heard was not delivered; and of an old job the row knows
 * what was over when it was committed. */
static void without_listeners_and_memory_the_rest_is_told(void **state)
{
    char *id = search_with("Content-Type: image/jpeg\r\n"
                           "traceparent: 00-not-a-trace\r\n");
    struct json *job = talk_job(stack.port, id, JOB_MS);
    char *target = xprintf("/v1/jobs/%s", id);
    char *trace = xstrdup(json_get_text(job, "trace", ""));
    struct patience patience = patience_of(JOB_MS);

    (void)state;
    assert_int_equal(strlen(trace), 32);
    while (json_count(json_get(job, "stages")) < COUNT(names) - 1 &&
           patience_lasts(&patience)) {
        json_destroy(job); /* it is over in the database, but was not told */
        job = talk_get(stack.port, target);
    }
    expect_stages(job, COUNT(names) - 1);
    json_destroy(job);
    assert_int_equal(child_stop(&stack.server, JOB_MS), 0);
    stack_start_server(&stack);
    job = talk_get(stack.port, target);
    expect_stages(job, 7);
    assert_string_equal(json_get_text(job, "trace", ""), trace);
    json_destroy(job);
    free(target);
    free(trace);
    free(id);
}

static int start(void **state)
{
    (void)state;
    photo_path("obama-1.jpg"); /* or it is skipped before anything starts */
    setenv("FACEWIRE_LOG_LEVEL", "debug", 1);
    stack_start_all(&stack);
    json_destroy(talk_enrol(stack.port, "obama", photo_path("obama-1.jpg")));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    stack_stop(&stack);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_tells_its_ten_stages),
        cmocka_unit_test(a_live_search_brings_its_trace),
        cmocka_unit_test(without_listeners_and_memory_the_rest_is_told),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
