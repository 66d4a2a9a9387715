/*
 * clock.c - what time it is, and how times are written
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "errors.h"

static const char *const day_names[] = {"Sun", "Mon", "Tue", "Wed",
                                        "Thu", "Fri", "Sat"};
static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr",
                                          "May", "Jun", "Jul", "Aug",
                                          "Sep", "Oct", "Nov", "Dec"};

static int64_t now_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clock_wall_ms(void)
{
    return now_ns(CLOCK_REALTIME) / 1000000;
}

int64_t clock_wall_us(void)
{
    return now_ns(CLOCK_REALTIME) / 1000;
}

int64_t clock_steady_ms(void)
{
    return now_ns(CLOCK_MONOTONIC) / 1000000;
}

int64_t clock_steady_ns(void)
{
    return now_ns(CLOCK_MONOTONIC);
}

int64_t clock_cpu_ms(void)
{
    return now_ns(CLOCK_PROCESS_CPUTIME_ID) / 1000000;
}

/* Splits a time into its parts and the milliseconds that are left over. */
static int split(int64_t wall_ms, struct tm *parts)
{
    const int64_t first = -62167219200000, last = 253402300799999;
    time_t seconds;
    int ms;

    wall_ms = wall_ms < first ? first : wall_ms > last ? last : wall_ms;
    ms = (int)(((wall_ms % 1000) + 1000) % 1000);
    seconds = (time_t)((wall_ms - ms) / 1000);
    gmtime_r(&seconds, parts);
    return ms;
}

void clock_text(int64_t wall_ms, char text[static CLOCK_TEXT_BYTES])
{
    struct tm parts;
    int ms = split(wall_ms, &parts);

    /* Not strftime: it writes the year 26 with two digits. */
    snprintf(text, CLOCK_TEXT_BYTES, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
             (unsigned)(parts.tm_year + 1900) % 10000,
             (unsigned)(parts.tm_mon + 1) % 100, (unsigned)parts.tm_mday % 100,
             (unsigned)parts.tm_hour % 100, (unsigned)parts.tm_min % 100,
             (unsigned)parts.tm_sec % 100, (unsigned)ms % 1000);
}

void clock_compact(int64_t wall_ms, char text[static CLOCK_COMPACT_BYTES])
{
    struct tm parts;

    split(wall_ms, &parts);
    snprintf(text, CLOCK_COMPACT_BYTES, "%04u%02u%02uT%02u%02u%02uZ",
             (unsigned)(parts.tm_year + 1900) % 10000,
             (unsigned)(parts.tm_mon + 1) % 100, (unsigned)parts.tm_mday % 100,
             (unsigned)parts.tm_hour % 100, (unsigned)parts.tm_min % 100,
             (unsigned)parts.tm_sec % 100);
}

/* timegm takes the 45th of a month for a day of the next: such a text is no
 * time. */
static int join(struct tm *parts, int64_t *wall_ms)
{
    struct tm wanted = *parts;
    time_t seconds = timegm(parts);

    if (parts->tm_mday != wanted.tm_mday || parts->tm_mon != wanted.tm_mon ||
        parts->tm_hour != wanted.tm_hour || parts->tm_min != wanted.tm_min)
        return E_INVALID;
    *wall_ms = (int64_t)seconds * 1000;
    return 0;
}

static bool only_digits(const char *text, size_t first, size_t len)
{
    return strspn(text + first, "0123456789") >= len;
}

int clock_parse_compact(const char *text, int64_t *wall_ms)
{
    struct tm parts = {0};

    if (strlen(text) != 16 || text[8] != 'T' || text[15] != 'Z' ||
        !only_digits(text, 0, 8) || !only_digits(text, 9, 6))
        return E_INVALID;
    if (sscanf(text, "%4d%2d%2dT%2d%2d%2dZ", &parts.tm_year, &parts.tm_mon,
               &parts.tm_mday, &parts.tm_hour, &parts.tm_min,
               &parts.tm_sec) != 6)
        return E_INVALID;
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    return join(&parts, wall_ms);
}

/* sscanf passes over blanks and signs, and never says whether it has met the
 * last word: so the time is written again, and must be the same but for the day
 * of the week, which is for people. */
int clock_parse_http(const char *text, int64_t *wall_ms)
{
    enum { WEEKDAY_LEN = 3 };
    struct tm parts = {0};
    char month[4], again[CLOCK_HTTP_BYTES];

    if (strlen(text) != 29 ||
        sscanf(text + WEEKDAY_LEN, ", %2d %3s %4d %2d:%2d:%2d GMT",
               &parts.tm_mday, month, &parts.tm_year, &parts.tm_hour,
               &parts.tm_min, &parts.tm_sec) != 6)
        return E_INVALID;
    for (parts.tm_mon = 0; parts.tm_mon < 12; parts.tm_mon++)
        if (strcmp(month, month_names[parts.tm_mon]) == 0)
            break;
    if (parts.tm_mon == 12)
        return E_INVALID;
    parts.tm_year -= 1900;
    if (join(&parts, wall_ms) < 0)
        return E_INVALID;
    clock_http(*wall_ms, again);
    return strcmp(again + WEEKDAY_LEN, text + WEEKDAY_LEN) == 0 ? 0 : E_INVALID;
}

void clock_http(int64_t wall_ms, char text[static CLOCK_HTTP_BYTES])
{
    struct tm parts;

    split(wall_ms, &parts);
    /* Not strftime: its names follow the locale. */
    snprintf(text, CLOCK_HTTP_BYTES, "%s, %02u %s %04u %02u:%02u:%02u GMT",
             day_names[parts.tm_wday], (unsigned)parts.tm_mday % 100,
             month_names[parts.tm_mon],
             (unsigned)(parts.tm_year + 1900) % 10000,
             (unsigned)parts.tm_hour % 100, (unsigned)parts.tm_min % 100,
             (unsigned)parts.tm_sec % 100);
}
