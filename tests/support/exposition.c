/*
 * exposition.c - figures in the text format of Prometheus
 */
#include "exposition.h"
#include "buffer.h"
#include "text.h"
#include "unit.h"
#include "xalloc.h"

enum { NAME_BYTES = 128, SERIES_BYTES = 512 };

/* The family that the lines are of, and the series of a histogram, if they are
 * in one. */
struct reading {
    const char *text;
    char family[NAME_BYTES];
    char type[16];             /* "": only HELP was read */
    char series[SERIES_BYTES]; /* its labels but for `le` */
    double bound, below;       /* of the last bucket */
    bool has_sum;
};

static _Noreturn void object(const char *line, const char *what)
{
    fail_msg("%s: %.*s", what, (int)strcspn(line, "\n"), line);
    abort();
}

static size_t name_len(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:");

    return len > 0 && !strchr("0123456789", text[0]) ? len : 0;
}

static bool is_of(const struct reading *reading, const char *name, size_t len,
                  const char *suffix)
{
    size_t family_len = strlen(reading->family);

    return len == family_len + strlen(suffix) &&
           strncmp(name, reading->family, family_len) == 0 &&
           strncmp(name + family_len, suffix, strlen(suffix)) == 0;
}

/* ---- comments ---- */

/* Whether an earlier line begins so. */
static bool came_before(const struct reading *reading, const char *line,
                        size_t len)
{
    for (const char *other = reading->text; other < line;
         other = strchr(other, '\n') + 1)
        if (strncmp(other, line, len) == 0)
            return true;
    return false;
}

static void begin_series(struct reading *reading, const char *labels)
{
    text_copy(reading->series, sizeof reading->series, labels);
    reading->bound = -1;
    reading->below = 0;
}

static void read_help(struct reading *reading, const char *line)
{
    const char *name = line + strlen("# HELP ");
    size_t len = name_len(name);

    if (len == 0 || len >= NAME_BYTES || name[len] != ' ' ||
        strcspn(name + len + 1, "\n") == 0)
        object(line, "no help");
    if (came_before(reading, line, strlen("# HELP ") + len + 1))
        object(line, "a family in two places");
    memcpy(reading->family, name, len);
    reading->family[len] = '\0';
    reading->type[0] = '\0';
    begin_series(reading, "");
}

static void read_type(struct reading *reading, const char *line)
{
    const char *name = line + strlen("# TYPE ");
    size_t len = name_len(name);
    size_t type_len = name[len] == ' ' ? strcspn(name + len + 1, "\n") : 0;

    if (!is_of(reading, name, len, "") || reading->type[0] || type_len == 0 ||
        type_len >= sizeof reading->type)
        object(line, "a type out of place");
    memcpy(reading->type, name + len + 1, type_len);
    reading->type[type_len] = '\0';
    if (strcmp(reading->type, "counter") != 0 &&
        strcmp(reading->type, "gauge") != 0 &&
        strcmp(reading->type, "histogram") != 0)
        object(line, "an unknown type");
    if (strcmp(reading->type, "counter") == 0 &&
        (len < 6 || strncmp(name + len - 6, "_total", 6) != 0))
        object(line, "a counter that does not end in _total");
}

/* ---- samples ---- */

/* Reads {name="value",…}; what follows it.  `le` goes apart, the others are
 * copied. */
static const char *read_labels(const char *line, const char *place,
                               char *others, char *bound)
{
    size_t used = 0;

    others[0] = bound[0] = '\0';
    if (*place != '{')
        return place;
    do {
        const char *name = ++place;
        size_t len = name_len(name);
        size_t value_len;

        if (len == 0 || strncmp(name + len, "=\"", 2) != 0)
            object(line, "no label");
        value_len = strcspn(name + len + 2, "\"\\\n");
        place = name + len + 2 + value_len;
        if (*place++ != '"')
            object(line, "no value of a label");
        if (len == 2 && strncmp(name, "le", 2) == 0)
            snprintf(bound, 32, "%.*s", (int)value_len, name + len + 2);
        else
            used += (size_t)snprintf(others + used, SERIES_BYTES - used,
                                     "%.*s,", (int)(place - name), name);
        assert_true(used < SERIES_BYTES);
    } while (*place == ',');
    if (*place != '}')
        object(line, "labels without an end");
    return place + 1;
}

static double read_value(const char *line, const char *place)
{
    char *end;
    double value;

    if (*place != ' ')
        object(line, "no value");
    value = strtod(place + 1, &end);
    if (end == place + 1 || *end != '\n')
        object(line, "no number");
    return value;
}

/* A bucket counts what those before it have, too; the last one all. */
static void read_bucket(struct reading *reading, const char *line,
                        const char *others, const char *bound, double value)
{
    double le = strtod(bound, NULL); /* it reads "+Inf", too */

    if (!bound[0])
        object(line, "a bucket without a bound");
    if (strcmp(reading->series, others) != 0)
        begin_series(reading, others);
    if (le <= reading->bound || value < reading->below)
        object(line, "buckets out of order");
    reading->bound = le;
    reading->below = value;
    reading->has_sum = false;
}

static void read_of_histogram(struct reading *reading, const char *line,
                              size_t len, const char *others, const char *bound,
                              double value)
{
    bool is_same = strcmp(reading->series, others) == 0 &&
                   reading->bound > 1e300; /* behind the last bucket */

    if (is_of(reading, line, len, "_bucket"))
        read_bucket(reading, line, others, bound, value);
    else if (is_of(reading, line, len, "_sum") && is_same)
        reading->has_sum = true;
    else if (is_of(reading, line, len, "_count") && is_same &&
             reading->has_sum && value == reading->below)
        begin_series(reading, "");
    else
        object(line, "a histogram that does not add up");
}

static void read_sample(struct reading *reading, const char *line)
{
    char others[SERIES_BYTES], bound[32];
    size_t len = name_len(line);
    const char *place = read_labels(line, line + len, others, bound);
    double value = read_value(line, place);

    if (came_before(reading, line, (size_t)(place - line) + 1))
        object(line, "a series that came before");
    if (strcmp(reading->type, "histogram") == 0)
        read_of_histogram(reading, line, len, others, bound, value);
    else if (!reading->type[0] || !is_of(reading, line, len, ""))
        object(line, "a sample out of place");
}

/* ---- all of it ---- */

void exposition_check(const char *text)
{
    struct reading reading = {.text = text};

    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        if (!strchr(line, '\n'))
            object(line, "a line without an end");
        if (text_begins(line, "# HELP "))
            read_help(&reading, line);
        else if (text_begins(line, "# TYPE "))
            read_type(&reading, line);
        else
            read_sample(&reading, line);
    }
}

double exposition_value(const char *text, const char *series)
{
    size_t len = strlen(series);

    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        if (strncmp(line, series, len) == 0 && line[len] == ' ')
            return strtod(line + len, NULL);
    fail_msg("there is no %s", series);
    return 0;
}
