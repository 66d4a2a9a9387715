#pragma once

#include <stdint.h>

#include "basics.h"

enum {
    CLOCK_TEXT_BYTES = 25,    /* "2026-11-21T08:54:00.123Z" and its zero byte */
    CLOCK_COMPACT_BYTES = 17, /* "20261121T085400Z" and its zero byte */
};

/* Milliseconds since 1970, UTC: what people and other machines are told. */
int64_t clock_wall_ms(void);

/* The same to the microsecond, for moments that several programs put down. */
int64_t clock_wall_us(void);

/* Milliseconds and nanoseconds of a clock that never jumps, for durations. */
int64_t clock_steady_ms(void);
int64_t clock_steady_ns(void);

/* Milliseconds of processor time that this program's threads have taken. */
int64_t clock_cpu_ms(void);

/* RFC 3339 in UTC with milliseconds.  A time outside the years 0 to 9999 is
 * written as the nearest of them. */
void clock_text(int64_t wall_ms, char text[static CLOCK_TEXT_BYTES]);

/* The basic form that AWS signs with. */
void clock_compact(int64_t wall_ms, char text[static CLOCK_COMPACT_BYTES]);

/* Reads the basic form; E_INVALID if it is none. */
int clock_parse_compact(const char *text, int64_t *wall_ms) MUST_CHECK;

/* Reads an HTTP date ("Sat, 21 Nov 2026 08:54:00 GMT"), as IMF-fixdate of RFC
 * 9110 alone; E_INVALID if it is none. */
int clock_parse_http(const char *text, int64_t *wall_ms) MUST_CHECK;

/* Writes an HTTP date; 30 bytes. */
enum { CLOCK_HTTP_BYTES = 30 };
void clock_http(int64_t wall_ms, char text[static CLOCK_HTTP_BYTES]);
