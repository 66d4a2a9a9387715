/*
 * fuzz_json.c - JSON from anybody
 *
 * What can be read can be written, and what was written reads as the same.
 */
#include "fuzz.h"
#include "json.h"
#include "utf8.h"

static void walk(const struct json *value, size_t depth)
{
    MUST(depth <= JSON_DEPTH_MAX);
    if (json_is_text(value)) {
        MUST(utf8_is_valid(json_text(value), strlen(json_text(value))));
        return;
    }
    if (!json_is_array(value) && !json_is_object(value))
        return;
    for (const struct json *e = json_first(value); e; e = json_next(e)) {
        if (json_is_object(value))
            MUST(json_name(e));
        walk(e, depth + 1);
    }
}

/* The same text again; a number may lose digits the first time alone. */
static void check_writing(const struct json *value)
{
    char *once = json_print(value);
    struct json *again = json_parse(once, strlen(once));
    char *twice;

    MUST(again);
    twice = json_print_and_destroy(again);
    MUST(strcmp(once, twice) == 0);
    free(twice);
    free(once);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    enum { FEW = 16 };
    struct json *value = json_parse((const char *)bytes, len);
    struct json *few = json_parse_few((const char *)bytes, len, FEW);

    MUST(value || !few);
    if (value) {
        struct json *copy = json_copy(value);

        walk(value, 0);
        check_writing(copy);
        json_destroy(copy);
    }
    json_destroy(few);
    json_destroy(value);
    return 0;
}
