/*
 * search_options.c - how a photo is to be searched
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "search_options.h"

enum { MATCHES_MAX = 50 };

struct search_options search_options_default(void)
{
    return (struct search_options){.threshold = 80, .max_matches = 5};
}

static enum problem set_threshold(struct search_options *options, double value,
                                  char detail[static 128])
{
    if (!(value >= 0 && value <= 100)) {
        snprintf(detail, 128, "threshold takes a number from 0 to 100.");
        return PROBLEM_INVALID_FIELD;
    }
    options->threshold = value;
    return PROBLEM_NONE;
}

static enum problem set_max_matches(struct search_options *options,
                                    double value, char detail[static 128])
{
    if (!(value >= 1 && value <= MATCHES_MAX) || value != (int)value) {
        snprintf(detail, 128, "max_matches takes a whole number from 1 to %d.",
                 MATCHES_MAX);
        return PROBLEM_INVALID_FIELD;
    }
    options->max_matches = (int)value;
    return PROBLEM_NONE;
}

static enum problem set_faces(struct search_options *options, const char *value,
                              char detail[static 128])
{
    if (strcmp(value, "all") != 0 && strcmp(value, "largest") != 0) {
        snprintf(detail, 128, "faces takes all or largest.");
        return PROBLEM_INVALID_FIELD;
    }
    options->largest = value[0] == 'l';
    return PROBLEM_NONE;
}

/* A number of a form; one that no option can have where it is none.  What else
 * strtod takes, such as 0x50 and blanks in front, is none. */
static double number_of(const char *text)
{
    char *end;
    double number = strtod(text, &end);
    bool is_plain = text[strspn(text, "0123456789.+-eE")] == '\0';

    return end == text || *end || !is_plain ? -1 : number;
}

enum problem search_options_set(struct search_options *options,
                                const char *name, const char *value,
                                char detail[static 128])
{
    if (strcmp(name, "threshold") == 0)
        return set_threshold(options, number_of(value), detail);
    if (strcmp(name, "max_matches") == 0)
        return set_max_matches(options, number_of(value), detail);
    if (strcmp(name, "faces") == 0)
        return set_faces(options, value, detail);
    return PROBLEM_UNKNOWN_FIELD;
}

static enum problem read_member(struct search_options *options,
                                const struct json *member,
                                char detail[static 128])
{
    const char *name = json_name(member);

    if (strcmp(name, "threshold") == 0)
        return set_threshold(
            options, json_is_number(member) ? json_number(member) : -1, detail);
    if (strcmp(name, "max_matches") == 0)
        return set_max_matches(
            options, json_is_number(member) ? json_number(member) : -1, detail);
    if (strcmp(name, "faces") == 0)
        return set_faces(options, json_is_text(member) ? json_text(member) : "",
                         detail);
    snprintf(detail, 128,
             "options takes threshold, max_matches and faces alone.");
    return PROBLEM_UNKNOWN_FIELD;
}

enum problem search_options_read(struct search_options *options,
                                 const struct json *object,
                                 char detail[static 128])
{
    enum problem problem = PROBLEM_NONE;

    if (object && !json_is_object(object)) {
        snprintf(detail, 128, "options must be an object.");
        return PROBLEM_INVALID_FIELD;
    }
    for (const struct json *member = json_first(object);
         member && problem == PROBLEM_NONE; member = json_next(member))
        if (json_get(object, json_name(member))) /* null says nothing */
            problem = read_member(options, member, detail);
    return problem;
}

struct json *search_options_json(const struct search_options *options)
{
    struct json *object = json_object();

    json_add_number(object, "threshold", options->threshold);
    json_add_number(object, "max_matches", options->max_matches);
    json_add_text(object, "faces", options->largest ? "largest" : "all");
    return object;
}
