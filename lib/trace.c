/*
 * trace.c - the W3C Trace Context of a piece of work
 *
 * Both headers are read as https://www.w3.org/TR/trace-context/ has it: a
 * `traceparent` of a version to come counts by the parts that version 00 knows.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "random.h"
#include "text.h"
#include "trace.h"

/* "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" */
enum {
    VERSION_LEN = 2,
    ID_AT = 3,
    ID_LEN = TRACE_ID_BYTES - 1,
    PARENT_AT = ID_AT + ID_LEN + 1,
    PARENT_LEN = TRACE_PARENT_ID_BYTES - 1,
    FLAGS_AT = PARENT_AT + PARENT_LEN + 1,
    FLAGS_LEN = 2,
    WHOLE_LEN = TRACE_PARENT_BYTES - 1,
};

/* Of a `tracestate`. */
enum {
    MEMBERS_MAX = 32,
    KEY_LEN_MAX = 256,
    TENANT_LEN_MAX = 241,
    SYSTEM_LEN_MAX = 14,
    VALUE_LEN_MAX = 256,
};

/* ---- traceparent ---- */

static bool is_hex(const char *text, size_t len)
{
    return strspn(text, "0123456789abcdef") >= len;
}

/* An id of nothing but zeros is none. */
static bool is_id(const char *text, size_t len)
{
    return is_hex(text, len) && strspn(text, "0") < len;
}

/* Whether the four parts stand where they must.  Version ff is forbidden; those
 * behind 00 may go on after another dash. */
static bool is_parent(const char *text)
{
    size_t len = strlen(text);
    bool is_first = text_begins(text, "00");

    return len >= WHOLE_LEN && is_hex(text, VERSION_LEN) &&
           !text_begins(text, "ff") && text[ID_AT - 1] == '-' &&
           is_id(text + ID_AT, ID_LEN) && text[PARENT_AT - 1] == '-' &&
           is_id(text + PARENT_AT, PARENT_LEN) && text[FLAGS_AT - 1] == '-' &&
           is_hex(text + FLAGS_AT, FLAGS_LEN) &&
           (len == WHOLE_LEN || (!is_first && text[WHOLE_LEN] == '-'));
}

/* ---- tracestate ---- */

static size_t key_len(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-*/");
}

static bool is_small_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* The length of a key, 0 if there is none: "vendor", or "tenant@vendor", where
 * the tenant alone may begin with a digit. */
static size_t read_key(const char *text)
{
    size_t len = key_len(text);
    size_t system_len;

    if (len == 0 || strchr("_-*/", text[0]))
        return 0;
    if (text[len] != '@')
        return is_small_letter(text[0]) && len <= KEY_LEN_MAX ? len : 0;
    system_len = key_len(text + len + 1);
    if (len > TENANT_LEN_MAX || system_len > SYSTEM_LEN_MAX ||
        !is_small_letter(text[len + 1]))
        return 0;
    return len + 1 + system_len;
}

/* The length of a value, which ends at the comma or the end; 0 if it is none.
 * Blanks behind it are not its own. */
static size_t read_value(const char *text)
{
    size_t len = strcspn(text, ",");

    while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    for (size_t i = 0; i < len; i++)
        if (text[i] < ' ' || text[i] > '~' || text[i] == '=')
            return 0;
    return len <= VALUE_LEN_MAX ? len : 0;
}

/* Whether one of the members so far has the key. */
static bool has_key(const char *const *keys, const size_t *lens, size_t count,
                    const char *key, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (lens[i] == len && memcmp(keys[i], key, len) == 0)
            return true;
    return false;
}

/* A list of members "key=value"; empty ones may stand between. */
static bool is_state(const char *text)
{
    const char *keys[MEMBERS_MAX];
    size_t lens[MEMBERS_MAX];
    size_t count = 0;

    for (;;) {
        size_t len;

        text += strspn(text, " \t");
        if (*text && *text != ',') {
            len = read_key(text);
            if (len == 0 || text[len] != '=' || count == MEMBERS_MAX ||
                has_key(keys, lens, count, text, len))
                return false;
            keys[count] = text;
            lens[count++] = len;
            text += len + 1;
            len = read_value(text);
            if (len == 0)
                return false;
            text += len;
            text += strspn(text, " \t");
        }
        if (*text == '\0')
            return count > 0;
        if (*text++ != ',')
            return false;
    }
}

/* ---- both ---- */

bool trace_read(struct trace *trace, const char *traceparent,
                const char *tracestate)
{
    *trace = (struct trace){0};
    if (!traceparent || !is_parent(traceparent))
        return false;
    memcpy(trace->id, traceparent + ID_AT, ID_LEN);
    memcpy(trace->parent_id, traceparent + PARENT_AT, PARENT_LEN);
    /* Of the flags only the last bit is known. */
    trace->is_sampled =
        strchr("13579bdf", traceparent[FLAGS_AT + FLAGS_LEN - 1]) != NULL;
    if (tracestate && strlen(tracestate) < TRACE_STATE_BYTES &&
        is_state(tracestate))
        text_copy(trace->state, sizeof trace->state, tracestate);
    return true;
}

/* Lines of `tracestate` are one list; one that is too long is cut off in the
 * middle of what trace_read refuses for its length.  Two lines of `traceparent`
 * are none. */
void trace_of_request(struct trace *trace, const struct request *request)
{
    char state[TRACE_STATE_BYTES + 1] = "";
    const char *parent = NULL;
    size_t parents = 0, len = 0;

    for (size_t i = 0; i < request->header_count; i++) {
        const struct request_pair *header = &request->headers[i];

        if (strcasecmp(header->name, "traceparent") == 0) {
            parent = header->value;
            parents++;
        } else if (strcasecmp(header->name, "tracestate") == 0 &&
                   len < sizeof state) {
            len += (size_t)snprintf(state + len, sizeof state - len, "%s%s",
                                    len ? "," : "", header->value);
        }
    }
    if (parents != 1 || !trace_read(trace, parent, state))
        trace_begin(trace);
}

static void make_id(char *text, size_t len)
{
    unsigned char bytes[ID_LEN / 2];

    random_bytes(bytes, len / 2);
    for (size_t i = 0; i < len / 2; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

/* What begins here is kept with its job, which is what the flag says. */
void trace_begin(struct trace *trace)
{
    *trace = (struct trace){.is_sampled = true};
    make_id(trace->id, ID_LEN);
    make_id(trace->parent_id, PARENT_LEN);
}

static void write_parent(const struct trace *trace, const char *parent_id,
                         char traceparent[static TRACE_PARENT_BYTES])
{
    snprintf(traceparent, TRACE_PARENT_BYTES, "00-%s-%s-%s", trace->id,
             parent_id, trace->is_sampled ? "01" : "00");
}

void trace_write(const struct trace *trace,
                 char traceparent[static TRACE_PARENT_BYTES])
{
    write_parent(trace, trace->parent_id, traceparent);
}

void trace_write_call(const struct trace *trace,
                      char traceparent[static TRACE_PARENT_BYTES])
{
    char parent_id[TRACE_PARENT_ID_BYTES];

    make_id(parent_id, PARENT_LEN);
    write_parent(trace, parent_id, traceparent);
}
