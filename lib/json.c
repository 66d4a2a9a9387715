/*
 * json.c - JSON values: the one door to cJSON
 *
 * cJSON's own struct is what callers hold: `struct json` is never defined, so
 * the casts below are the whole of the wrapping.  cJSON is asked to take its
 * memory from xalloc, so that nothing here can fail for want of it.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "json.h"
#include "utf8.h"
#include "xalloc.h"

static void *on_malloc(size_t bytes)
{
    return xmalloc(bytes);
}

__attribute__((constructor)) static void use_our_memory(void)
{
    cJSON_Hooks hooks = {.malloc_fn = on_malloc, .free_fn = free};

    cJSON_InitHooks(&hooks);
}

static struct json *ours(cJSON *value)
{
    return (struct json *)value;
}

static cJSON *theirs(const struct json *value)
{
    return (cJSON *)value;
}

/* What one look over a text finds, which knows no more of JSON than strings,
 * numbers and brackets. */
struct outline {
    size_t values; /* at least as many as there are */
    int depth;     /* now */
    bool is_safe;  /* nothing that cJSON trips over (it recurses, and cuts
                      strings at a NUL), or takes though it is no JSON: what is
                      kept as it came must be JSON to everybody */
};

/* Eight bytes at a time, since most of a long text passes through here: to take
 * a blank from each borrows from the highest bit of those that are less. */
static bool has_controls(const char *text, size_t len)
{
    const uint64_t ones = 0x0101010101010101;
    uint64_t less = 0;
    bool has = false;

    for (; len >= sizeof less; text += sizeof less, len -= sizeof less) {
        uint64_t eight;

        memcpy(&eight, text, sizeof eight);
        less |= (eight - ones * ' ') & ~eight;
    }
    for (size_t i = 0; i < len; i++)
        has |= (unsigned char)text[i] < ' ';
    return has || (less & ones << 7);
}

/* Whether it stands for a NUL, as anything but four digits does to cJSON. */
static bool is_escaped_nul(const char *escape, size_t len)
{
    static const char digits[] = "0123456789abcdefABCDEF";

    if (len < 2 || escape[1] != 'u')
        return false;
    for (size_t i = 2; i < 6; i++)
        if (i == len || !memchr(digits, escape[i], sizeof digits - 1))
            return true;
    return memcmp(escape, "\\u0000", 6) == 0;
}

/* Where the string that begins at `at` ends, or the text.  Most of a long text
 * is one long string, so that is looked through as fast as can be. */
static size_t string_end(const char *text, size_t len, size_t at,
                         struct outline *outline)
{
    size_t quote = 0; /* the next one; behind `at`, unless it is to be found */

    while (at < len) {
        const char *found;
        size_t end;

        if (quote <= at) {
            found = memchr(text + at, '"', len - at);
            quote = found ? (size_t)(found - text) : len;
        }
        found = memchr(text + at, '\\', quote - at);
        end = found ? (size_t)(found - text) : quote;
        if (has_controls(text + at, end - at))
            outline->is_safe = false;
        if (!found)
            return quote;
        if (is_escaped_nul(found, len - end))
            outline->is_safe = false;
        at = end + 2;
    }
    return len;
}

static size_t digits_end(const char *text, size_t len, size_t at)
{
    while (at < len && text[at] >= '0' && text[at] <= '9')
        at++;
    return at;
}

/* Where the number that begins at `at` ends.  cJSON takes what strtod takes:
 * 01, 1. and -.5, too. */
static size_t number_end(const char *text, size_t len, size_t at,
                         struct outline *outline)
{
    size_t first = at + (text[at] == '-');
    size_t end = digits_end(text, len, first);

    if (end == first || (text[first] == '0' && end > first + 1))
        outline->is_safe = false;
    if (end < len && text[end] == '.') {
        first = end + 1;
        end = digits_end(text, len, first);
        if (end == first)
            outline->is_safe = false;
    }
    if (end < len && (text[end] | 0x20) == 'e') {
        end++;
        end += end < len && (text[end] == '+' || text[end] == '-');
        end = digits_end(text, len, end);
    }
    return end;
}

/* cJSON takes every control character for white space, and a byte order mark
 * for nothing. */
static bool is_plain(char c)
{
    return (c >= ' ' && c < 0x7f) || c == '\t' || c == '\r' || c == '\n';
}

static struct outline look_over(const char *text, size_t len)
{
    struct outline outline = {.values = 1, .is_safe = true};

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"') {
            i = string_end(text, len, i + 1, &outline);
        } else if (text[i] == '{' || text[i] == '[') {
            outline.values++;
            if (++outline.depth > JSON_DEPTH_MAX)
                outline.is_safe = false;
        } else if (text[i] == '}' || text[i] == ']') {
            outline.depth--;
        } else if (text[i] == ',') {
            outline.values++;
        } else if (text[i] == '-' || (text[i] >= '0' && text[i] <= '9')) {
            i = number_end(text, len, i, &outline) - 1;
        } else if (!is_plain(text[i])) {
            outline.is_safe = false;
        }
    }
    if (memchr(text, '\0', len) || !utf8_is_valid(text, len))
        outline.is_safe = false;
    return outline;
}

/* cJSON stops behind the first value; what follows must be white space. */
struct json *json_parse_few(const char *text, size_t len, size_t values_max)
{
    struct outline outline = {0};
    const char *end = NULL;
    cJSON *value;

    if (len > 0)
        outline = look_over(text, len);
    if (!outline.is_safe || outline.values > values_max)
        return NULL;
    value = cJSON_ParseWithLengthOpts(text, len, &end, false);
    while (value && end < text + len && strchr(" \t\r\n", *end))
        end++;
    if (value && end != text + len) {
        cJSON_Delete(value);
        return NULL;
    }
    return ours(value);
}

struct json *json_parse(const char *text, size_t len)
{
    return json_parse_few(text, len, SIZE_MAX);
}

void json_destroy(struct json *value)
{
    cJSON_Delete(theirs(value));
}

bool json_is_object(const struct json *value)
{
    return cJSON_IsObject(theirs(value));
}

bool json_is_array(const struct json *value)
{
    return cJSON_IsArray(theirs(value));
}

bool json_is_text(const struct json *value)
{
    return cJSON_IsString(theirs(value));
}

bool json_is_number(const struct json *value)
{
    return cJSON_IsNumber(theirs(value));
}

bool json_is_bool(const struct json *value)
{
    return cJSON_IsBool(theirs(value));
}

bool json_is_null(const struct json *value)
{
    return cJSON_IsNull(theirs(value));
}

const struct json *json_get(const struct json *object, const char *name)
{
    cJSON *member;

    if (!json_is_object(object))
        return NULL;
    member = cJSON_GetObjectItemCaseSensitive(theirs(object), name);
    return cJSON_IsNull(member) ? NULL : ours(member);
}

const char *json_get_text(const struct json *object, const char *name,
                          const char *fallback)
{
    const struct json *member = json_get(object, name);

    return json_is_text(member) ? json_text(member) : fallback;
}

double json_get_number(const struct json *object, const char *name,
                       double fallback)
{
    const struct json *member = json_get(object, name);

    return json_is_number(member) ? json_number(member) : fallback;
}

bool json_get_bool(const struct json *object, const char *name, bool fallback)
{
    const struct json *member = json_get(object, name);

    return json_is_bool(member) ? json_bool(member) : fallback;
}

const char *json_text(const struct json *value)
{
    return cJSON_GetStringValue(theirs(value));
}

double json_number(const struct json *value)
{
    return cJSON_GetNumberValue(theirs(value));
}

bool json_bool(const struct json *value)
{
    return cJSON_IsTrue(theirs(value));
}

char *json_take_text(const struct json *value)
{
    char *text = theirs(value)->valuestring;

    theirs(value)->valuestring = xstrdup("");
    return text;
}

size_t json_count(const struct json *list)
{
    return (size_t)cJSON_GetArraySize(theirs(list));
}

const struct json *json_first(const struct json *list)
{
    return list ? ours(theirs(list)->child) : NULL;
}

const struct json *json_next(const struct json *element)
{
    return ours(theirs(element)->next);
}

const char *json_name(const struct json *member)
{
    return theirs(member)->string;
}

struct json *json_object(void)
{
    return ours(cJSON_CreateObject());
}

struct json *json_array(void)
{
    return ours(cJSON_CreateArray());
}

struct json *json_new_text(const char *text)
{
    return ours(text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

struct json *json_new_number(double number)
{
    return ours(cJSON_CreateNumber(number));
}

struct json *json_add(struct json *object, const char *name, struct json *value)
{
    cJSON_AddItemToObject(theirs(object), name, theirs(value));
    return value;
}

struct json *json_append(struct json *array, struct json *value)
{
    cJSON_AddItemToArray(theirs(array), theirs(value));
    return value;
}

void json_add_text(struct json *object, const char *name, const char *text)
{
    json_add(object, name, json_new_text(text));
}

void json_add_number(struct json *object, const char *name, double number)
{
    json_add(object, name, json_new_number(number));
}

void json_add_bool(struct json *object, const char *name, bool value)
{
    cJSON_AddBoolToObject(theirs(object), name, value);
}

void json_add_null(struct json *object, const char *name)
{
    cJSON_AddNullToObject(theirs(object), name);
}

void json_add_raw(struct json *object, const char *name, const char *text)
{
    cJSON_AddRawToObject(theirs(object), name, text ? text : "null");
}

struct json *json_copy(const struct json *value)
{
    return ours(cJSON_Duplicate(theirs(value), true));
}

char *json_print(const struct json *value)
{
    return cJSON_PrintUnformatted(theirs(value));
}

char *json_print_and_destroy(struct json *value)
{
    char *text = json_print(value);

    json_destroy(value);
    return text;
}

double json_rounded(double number)
{
    return round(number * 1e6) / 1e6;
}
