/*
 * fuzz_query.c - queries, percent encoding, URLs, dates and ids
 *
 * A line each; every line is read as each of them.
 */
#include "clock.h"
#include "errors.h"
#include "fuzz.h"
#include "query.h"
#include "redis_url.h"
#include "uuid.h"

/* What was encoded is decoded to the same. */
static void check_encoding(const char *text)
{
    struct buffer encoded = {0}, decoded = {0};
    char *whole;

    percent_encode(&encoded, text, strlen(text), "/");
    percent_decode(&decoded, buffer_text(&encoded), encoded.len);
    MUST(strcmp(buffer_text(&decoded), text) == 0);
    whole = xstrdup(buffer_text(&encoded));
    MUST(percent_decode_whole(whole, false));
    MUST(strcmp(whole, text) == 0);
    free(whole);
    buffer_finish(&encoded);
    buffer_finish(&decoded);
}

static void check_query(const char *text)
{
    const char *end = text + strlen(text);
    const char *rest = text;
    struct query_parameter parameter;
    char *form = xstrdup(text);

    while (query_next(&rest, &parameter)) {
        MUST(parameter.name >= text);
        MUST(parameter.name + parameter.name_len <= end);
        MUST(parameter.value + parameter.value_len <= end ||
             parameter.value_len == 0);
    }
    if (percent_decode_whole(form, true))
        MUST(strlen(form) <= strlen(text));
    free(form);
}

static void check_url(const char *text)
{
    struct redis_url url = {0};

    if (redis_url_parse(text, &url) == 0)
        MUST(url.path || (url.host && url.port > 0 && url.port < 65536));
    redis_url_finish(&url);
}

/* The day of the week is for people, and nobody reads it. */
static void check_dates(const char *text)
{
    enum { WEEKDAY_BYTES = 3 };
    char again[CLOCK_HTTP_BYTES], compact[CLOCK_COMPACT_BYTES];
    int64_t time;

    if (clock_parse_http(text, &time) == 0) {
        clock_http(time, again);
        MUST(strcmp(again + WEEKDAY_BYTES, text + WEEKDAY_BYTES) == 0);
    }
    if (clock_parse_compact(text, &time) == 0) {
        clock_compact(time, compact);
        MUST(strcmp(compact, text) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct rest rest = {(const char *)bytes, len};

    while (rest.len) {
        char *line = rest_line(&rest);

        check_encoding(line);
        check_query(line);
        check_url(line);
        check_dates(line);
        if (uuid_is_valid(line))
            MUST(strlen(line) == UUID_BYTES - 1);
        free(line);
    }
    return 0;
}
