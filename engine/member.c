/*
 * member.c - the members of an operation's input
 *
 * A row is read by the function of its kind: it looks whether the value has the
 * type at all (a misfit, after which the rest of it is not looked at), puts it
 * where it belongs, and checks it against the row's bounds.  All that is wrong
 * is told at once, as AWS's front end does.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "member.h"
#include "utf8.h"
#include "xalloc.h"

enum {
    CONSTRAINT_BYTES = 1024,
    INTEGER_MAX = 0x7fffffff,
};

struct reader {
    struct objections *objections;
    const struct place *above;
};

static void read_members(struct reader reader, const struct member *members,
                         size_t count, const struct json *object, void *into);

/* ---- objections ---- */

static void misfit(struct reader reader, const struct member *member,
                   const struct json *value, const char *wanted)
{
    const struct place place = {reader.above, member->name};

    objection_misfit(reader.objections, &place, value, wanted);
}

static void violate(struct reader reader, const struct member *member,
                    const struct json *value, const char *format, ...)
    PRINTS(4, 5);

/* `value` NULL: there is none. */
static void violate(struct reader reader, const struct member *member,
                    const struct json *value, const char *format, ...)
{
    const struct place place = {reader.above, member->name};
    struct buffer quoted = {0};
    char constraint[CONSTRAINT_BYTES];
    va_list arguments;

    va_start(arguments, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is above */
    vsnprintf(constraint, sizeof constraint, format, arguments);
    va_end(arguments);
    if (value && member->kind == MEMBER_BYTES)
        buffer_add_text(&quoted, "...");
    else if (value)
        objection_quote(value, member->kind == MEMBER_FLOAT, &quoted);
    objection_violation(reader.objections, &place,
                        value ? buffer_text(&quoted) : NULL, constraint);
    buffer_finish(&quoted);
}

/* ---- bounds ---- */

/* `what` is "length" or "value". */
static void check_bounds(struct reader reader, const struct member *member,
                         const struct json *value, double number,
                         const char *what)
{
    if (member->most && number > (double)member->most)
        violate(reader, member, value,
                "Member must have %s less than or equal to %lld", what,
                (long long)member->most);
    if (number < (double)member->least)
        violate(reader, member, value,
                "Member must have %s greater than or equal to %lld", what,
                (long long)member->least);
}

static bool keeps(const struct member_rule *rule, const char *text)
{
    size_t length = utf8_length(text);

    return length >= rule->least && (!rule->most || length <= rule->most) &&
           (!rule->pattern || rule->pattern->fits(text));
}

/* What elements must be, in one sentence with all of it. */
static void violate_rule(struct reader reader, const struct member *member,
                         const struct json *value, const char *subject,
                         const struct member_rule *rule)
{
    struct buffer wishes = {0};

    if (rule->most)
        buffer_printf(&wishes,
                      "Member must have length less than or equal to %zu, "
                      "Member must have length greater than or equal to %zu",
                      rule->most, rule->least);
    if (rule->pattern)
        buffer_printf(&wishes,
                      "%sMember must satisfy regular expression pattern: %s",
                      wishes.len ? ", " : "", rule->pattern->text);
    violate(reader, member, value, "%s must satisfy constraint: [%s]", subject,
            buffer_text(&wishes));
    buffer_finish(&wishes);
}

static void write_words(const struct member_words *words, struct buffer *out)
{
    buffer_add_text(out, "Member must satisfy enum value set: [");
    for (size_t i = 0; i < words->count; i++)
        buffer_printf(out, "%s%s", i ? ", " : "", words->list[i]);
    buffer_add_byte(out, ']');
}

/* The word's place; -1: it is none. */
static int find_word(const struct member_words *words, const char *text)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->list[i], text) == 0)
            return (int)i;
    return -1;
}

/* ---- kinds ---- */

static void read_text(struct reader reader, const struct member *member,
                      const struct json *value, void *into)
{
    const char *text;

    if (!json_is_text(value)) {
        misfit(reader, member, value, "a string");
        return;
    }
    text = json_text(value);
    *(const char **)into = text;
    check_bounds(reader, member, value, (double)utf8_length(text), "length");
    if (member->pattern && !member->pattern->fits(text))
        violate(reader, member, value,
                "Member must satisfy regular expression pattern: %s",
                member->pattern->text);
}

static void read_word(struct reader reader, const struct member *member,
                      const struct json *value, void *into)
{
    struct buffer wish = {0};
    int place;

    if (!json_is_text(value)) {
        misfit(reader, member, value, "a string");
        return;
    }
    place = find_word(member->words, json_text(value));
    if (place >= 0) {
        *(int *)into = place;
        return;
    }
    write_words(member->words, &wish);
    violate(reader, member, value, "%s", buffer_text(&wish));
    buffer_finish(&wish);
}

/* Whether it is a list of texts, or, for a map, texts by their names. */
static bool has_texts(struct reader reader, const struct member *member,
                      const struct json *value)
{
    bool is_map = member->kind == MEMBER_MAP;

    if (is_map ? !json_is_object(value) : !json_is_array(value)) {
        misfit(reader, member, value, is_map ? "a map" : "a list");
        return false;
    }
    for (const struct json *e = json_first(value); e; e = json_next(e)) {
        if (!json_is_text(e)) {
            misfit(reader, member, e, "a string");
            return false;
        }
    }
    return true;
}

static void read_words(struct reader reader, const struct member *member,
                       const struct json *value, void *into)
{
    struct buffer wish = {0};
    unsigned *bits = into;
    bool is_bad = false;

    if (!has_texts(reader, member, value))
        return;
    for (const struct json *e = json_first(value); e; e = json_next(e)) {
        int place = find_word(member->words, json_text(e));

        if (place >= 0)
            *bits |= 1U << place;
        is_bad |= place < 0;
    }
    if (!is_bad)
        return;
    write_words(member->words, &wish);
    violate(reader, member, value, "Member must satisfy constraint: [%s]",
            buffer_text(&wish));
    buffer_finish(&wish);
}

static void read_integer(struct reader reader, const struct member *member,
                         const struct json *value, void *into)
{
    double number = json_is_number(value) ? json_number(value) : NAN;

    if (!(fabs(number) <= INTEGER_MAX) || floor(number) != number) {
        misfit(reader, member, value, "an integer");
        return;
    }
    *(int64_t *)into = (int64_t)number;
    check_bounds(reader, member, value, number, "value");
}

static void read_float(struct reader reader, const struct member *member,
                       const struct json *value, void *into)
{
    if (!json_is_number(value)) {
        misfit(reader, member, value, "a number");
        return;
    }
    *(double *)into = json_number(value);
    check_bounds(reader, member, value, json_number(value), "value");
}

/* The bytes take the place of their letters; what is too long is not even
 * looked at. */
static void read_bytes(struct reader reader, const struct member *member,
                       const struct json *value, void *into)
{
    struct blob *blob = into;
    size_t letters, most_bytes;

    if (!json_is_text(value)) {
        misfit(reader, member, value, "base64");
        return;
    }
    letters = strlen(json_text(value));
    most_bytes = letters / 4 * 3;
    if (member->most && most_bytes > (size_t)member->most + 2) {
        check_bounds(reader, member, value, (double)most_bytes, "length");
        return;
    }
    blob->bytes = json_take_text(value);
    if (!base64_decode_in_place(blob->bytes, letters, &blob->len))
        misfit(reader, member, value, "base64");
    else
        check_bounds(reader, member, value, (double)blob->len, "length");
}

static void read_texts(struct reader reader, const struct member *member,
                       const struct json *value, void *into)
{
    struct texts *texts = into;
    size_t count;
    bool is_bad = false;

    if (!has_texts(reader, member, value))
        return;
    count = json_count(value);
    check_bounds(reader, member, value, (double)count, "length");
    texts->list = xcalloc(count, sizeof *texts->list);
    for (const struct json *e = json_first(value); e; e = json_next(e)) {
        texts->list[texts->count++] = json_text(e);
        is_bad |= !keeps(&member->elements, json_text(e));
    }
    if (is_bad)
        violate_rule(reader, member, value, "Member", &member->elements);
}

static void read_map(struct reader reader, const struct member *member,
                     const struct json *value, void *into)
{
    bool has_bad_key = false, has_bad_value = false, has_twin = false;
    size_t count;

    if (!has_texts(reader, member, value))
        return;
    *(const struct json **)into = value;
    count = json_count(value);
    check_bounds(reader, member, value, (double)count, "length");
    for (const struct json *e = json_first(value); e; e = json_next(e)) {
        has_bad_key |= !keeps(&member->keys, json_name(e));
        has_bad_value |= !keeps(&member->elements, json_text(e));
        /* Too many are not looked through for each of them. */
        has_twin |=
            count <= (size_t)member->most && json_get(value, json_name(e)) != e;
    }
    if (has_bad_key)
        violate_rule(reader, member, value, "Map keys", &member->keys);
    if (has_bad_value)
        violate_rule(reader, member, value, "Map value", &member->elements);
    if (has_twin)
        violate(reader, member, value, "Map keys must be unique");
}

static void read_structure(struct reader reader, const struct member *member,
                           const struct json *value, void *into)
{
    const struct place place = {reader.above, member->name};

    if (!json_is_object(value)) {
        misfit(reader, member, value, "a structure");
        return;
    }
    reader.above = &place;
    read_members(reader, member->members, member->member_count, value, into);
}

/* ---- the table ---- */

static void (*const readers[])(struct reader reader,
                               const struct member *member,
                               const struct json *value, void *into) = {
    [MEMBER_TEXT] = read_text,           [MEMBER_WORD] = read_word,
    [MEMBER_WORDS] = read_words,         [MEMBER_INTEGER] = read_integer,
    [MEMBER_FLOAT] = read_float,         [MEMBER_BYTES] = read_bytes,
    [MEMBER_TEXTS] = read_texts,         [MEMBER_MAP] = read_map,
    [MEMBER_STRUCTURE] = read_structure,
};

static void set_fallback(const struct member *member, void *into)
{
    if (member->kind == MEMBER_WORD)
        *(int *)into = member->fallback;
    else if (member->kind == MEMBER_INTEGER)
        *(int64_t *)into = member->fallback;
    else if (member->kind == MEMBER_FLOAT)
        *(double *)into = member->fallback;
}

static void read_members(struct reader reader, const struct member *members,
                         size_t count, const struct json *object, void *into)
{
    for (size_t i = 0; i < count; i++) {
        const struct member *member = &members[i];
        const struct json *value = json_get(object, member->name);
        void *place = (char *)into + member->offset;

        set_fallback(member, place);
        if (value)
            readers[member->kind](reader, member, value, place);
        else if (member->is_required)
            violate(reader, member, NULL, "Member must not be null");
    }
}

void member_read(const struct member *members, size_t count,
                 const struct json *object, void *into,
                 struct objections *objections)
{
    read_members((struct reader){objections, NULL}, members, count, object,
                 into);
}

void member_finish(const struct member *members, size_t count, void *into)
{
    for (size_t i = 0; i < count; i++) {
        const struct member *member = &members[i];
        void *place = (char *)into + member->offset;

        if (member->kind == MEMBER_BYTES) {
            free(((struct blob *)place)->bytes);
            *(struct blob *)place = (struct blob){0};
        } else if (member->kind == MEMBER_TEXTS) {
            free(((struct texts *)place)->list);
            *(struct texts *)place = (struct texts){0};
        } else if (member->kind == MEMBER_STRUCTURE) {
            member_finish(member->members, member->member_count, place);
        }
    }
}
