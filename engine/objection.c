/*
 * objection.c - what is wrong with an operation's input
 */
#include <math.h>
#include <string.h>

#include "objection.h"

enum { QUOTE_BYTES_MAX = 256 };

/* "image.s3Object.bucket": AWS tells names in Java's way. */
static void write_place(const struct place *place, struct buffer *out)
{
    if (place->above) {
        write_place(place->above, out);
        buffer_add_byte(out, '.');
    }
    buffer_add_byte(out, (char)(place->name[0] | 0x20));
    buffer_add_text(out, place->name + 1);
}

/* Cuts what was quoted from `start` on to a length that an error can have, not
 * within a character. */
static void cut_quote(struct buffer *out, size_t start)
{
    size_t end = start + QUOTE_BYTES_MAX;

    if (out->len <= end)
        return;
    while (((unsigned char)out->bytes[end] & 0xc0) == 0x80)
        end--;
    out->len = end;
    buffer_add_text(out, "...");
}

static void quote_text(struct buffer *out, const char *text)
{
    size_t start = out->len;

    buffer_add(out, text, strnlen(text, QUOTE_BYTES_MAX + 1));
    cut_quote(out, start);
}

/* "[a, b]", or "{key=value, key=value}". */
static void quote_list(struct buffer *out, const struct json *list)
{
    bool is_map = json_is_object(list);
    size_t start = out->len;

    buffer_add_byte(out, is_map ? '{' : '[');
    for (const struct json *e = json_first(list);
         e && out->len - start <= QUOTE_BYTES_MAX; e = json_next(e)) {
        if (e != json_first(list))
            buffer_add_text(out, ", ");
        if (is_map) {
            quote_text(out, json_name(e));
            buffer_add_byte(out, '=');
        }
        quote_text(out, json_text(e));
    }
    buffer_add_byte(out, is_map ? '}' : ']');
    cut_quote(out, start);
}

static void quote_number(struct buffer *out, double number, bool is_float)
{
    bool is_whole = floor(number) == number && fabs(number) < 1e15;

    buffer_printf(out, !is_whole ? "%.9g" : is_float ? "%.1f" : "%.0f", number);
}

void objection_quote(const struct json *value, bool is_float,
                     struct buffer *out)
{
    if (json_is_text(value))
        quote_text(out, json_text(value));
    else if (json_is_number(value))
        quote_number(out, json_number(value), is_float);
    else
        quote_list(out, value);
}

void objection_violation(struct objections *objections,
                         const struct place *place, const char *quoted,
                         const char *constraint)
{
    struct buffer *out = &objections->violations;

    if (objections->violation_count++)
        buffer_add_text(out, "; ");
    if (quoted)
        buffer_printf(out, "Value '%s' at '", quoted);
    else
        buffer_add_text(out, "Value null at '");
    write_place(place, out);
    buffer_printf(out, "' failed to satisfy constraint: %s", constraint);
}

static const char *type_of(const struct json *value)
{
    if (json_is_text(value))
        return "a string";
    if (json_is_number(value))
        return "a number";
    if (json_is_bool(value))
        return "a boolean";
    if (json_is_array(value))
        return "a list";
    return json_is_object(value) ? "a structure" : "null";
}

void objection_misfit(struct objections *objections, const struct place *place,
                      const struct json *value, const char *wanted)
{
    struct buffer *out = &objections->misfit;

    if (out->len)
        return;
    buffer_add_byte(out, '\'');
    write_place(place, out);
    buffer_printf(out, "' has %s where %s should be", type_of(value), wanted);
}

void objections_write(const struct objections *objections, struct buffer *out)
{
    buffer_printf(out, "%zu validation error%s detected: %s",
                  objections->violation_count,
                  objections->violation_count == 1 ? "" : "s",
                  buffer_text(&objections->violations));
}

void objections_finish(struct objections *objections)
{
    buffer_finish(&objections->misfit);
    buffer_finish(&objections->violations);
    *objections = (struct objections){0};
}
