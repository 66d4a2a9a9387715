/*
 * face_attributes.c - what was measured of a face, in our words
 *
 * One walk turns any value: names to snake_case, numbers to six digits behind
 * the point, words of AWS's enums ("HAPPY", "Female") to lower case.  Only the
 * box and the landmarks have another form with us.
 */
#include <ctype.h>
#include <string.h>

#include "buffer.h"
#include "face_attributes.h"

/* Nothing of AWS's comes near it; what lies behind is left out. */
enum { MEMBERS_MAX = 64 };

static struct json *convert(const struct json *value);
static struct json *convert_box(const struct json *box);
static struct json *convert_landmarks(const struct json *list);
static struct json *convert_word(const struct json *text);

/* Members that are more than their value, wherever they stand. */
static const struct {
    const char *name;
    const char *ours; /* NULL: the same in snake_case */
    struct json *(*convert)(const struct json *value);
} special[] = {
    {"BoundingBox", "box", convert_box},
    {"Landmarks", NULL, convert_landmarks},
    {"Type", NULL, convert_word},
    {"Value", NULL, convert_word},
};

/* "leftEyeBrowUp" and "LeftEyeBrowUp" to "left_eye_brow_up", "HAPPY" to
 * "happy". */
static void add_snake_case(struct buffer *out, const char *name)
{
    for (const char *c = name; *c; c++) {
        bool begins_word =
            c > name && isupper((unsigned char)*c) &&
            (islower((unsigned char)c[-1]) || isdigit((unsigned char)c[-1]));

        if (begins_word)
            buffer_add_byte(out, '_');
        buffer_add_byte(out, (char)tolower((unsigned char)*c));
    }
}

/* Adds a value under the name in snake_case.  None (NULL) is left out, and so
 * is a second one of the same name. */
static void add(struct json *object, const char *name, struct json *value)
{
    struct buffer snake = {0};

    add_snake_case(&snake, name);
    if (value && !json_get(object, buffer_text(&snake)))
        json_add(object, buffer_text(&snake), value);
    else
        json_destroy(value);
    buffer_finish(&snake);
}

/* A member, under our name for it; NULL adds nothing. */
static void add_member(struct json *object, const struct json *member)
{
    const char *name = member ? json_name(member) : "";

    for (size_t i = 0; i < COUNT(special); i++) {
        if (strcmp(name, special[i].name) == 0) {
            add(object, special[i].ours ? special[i].ours : name,
                special[i].convert(member));
            return;
        }
    }
    add(object, name, convert(member));
}

static struct json *convert_object(const struct json *object)
{
    struct json *ours = json_object();
    size_t count = 0;

    for (const struct json *it = json_first(object); it && count < MEMBERS_MAX;
         it = json_next(it), count++)
        add_member(ours, it);
    return ours;
}

static struct json *convert_list(const struct json *list)
{
    struct json *ours = json_array();
    size_t count = 0;

    for (const struct json *it = json_first(list); it && count < MEMBERS_MAX;
         it = json_next(it), count++) {
        struct json *value = convert(it);

        if (value)
            json_append(ours, value);
    }
    return ours;
}

/* NULL for null, which means the same as nothing at all. */
static struct json *convert(const struct json *value)
{
    if (json_is_number(value))
        return json_new_number(json_rounded(json_number(value)));
    if (json_is_array(value))
        return convert_list(value);
    if (json_is_object(value))
        return convert_object(value);
    return json_is_text(value) || json_is_bool(value) ? json_copy(value) : NULL;
}

/* In the order in which all our boxes are written. */
static struct json *convert_box(const struct json *box)
{
    static const char *const names[] = {"Left", "Top", "Width", "Height"};
    struct json *ours = json_object();

    for (size_t i = 0; i < COUNT(names); i++)
        add_member(ours, json_get(box, names[i]));
    return ours;
}

/* A list of {Type, X, Y} becomes an object of {x, y} by type. */
static struct json *convert_landmarks(const struct json *list)
{
    struct json *ours = json_object();
    size_t count = 0;

    for (const struct json *it = json_first(list); it && count < MEMBERS_MAX;
         it = json_next(it), count++) {
        const char *type = json_get_text(it, "Type", NULL);
        struct json *point = json_object();

        add_member(point, json_get(it, "X"));
        add_member(point, json_get(it, "Y"));
        if (type)
            add(ours, type, point);
        else
            json_destroy(point);
    }
    return ours;
}

/* What is no text is turned as anything else: `Value` may be true or false. */
static struct json *convert_word(const struct json *text)
{
    struct buffer word = {0};
    struct json *ours;

    if (!json_is_text(text))
        return convert(text);
    add_snake_case(&word, json_text(text));
    ours = json_new_text(buffer_text(&word));
    buffer_finish(&word);
    return ours;
}

struct json *face_attributes(const struct json *detail)
{
    static const char *const first[] = {"BoundingBox", "Confidence",
                                        "Landmarks", "Pose", "Quality"};
    struct json *ours = json_object();
    size_t count = 0;

    for (size_t i = 0; i < COUNT(first); i++)
        add_member(ours, json_get(detail, first[i]));
    for (const struct json *it = json_first(detail); it && count < MEMBERS_MAX;
         it = json_next(it), count++)
        add_member(ours, it);
    return ours;
}
