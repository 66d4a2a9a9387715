#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * JSON values, read and written.  A value is opaque; cJSON is behind it.
 *
 * Reading is bounded: the caller bounds the bytes, json_parse the depth, and a
 * text with U+0000 is refused, since C strings would end there.  Whatever is
 * not JSON to the letter (RFC 8259) is refused as well.
 */
struct json;

enum { JSON_DEPTH_MAX = 32 };

/* Parses one value with nothing but white space behind it.  NULL if it is none,
 * is nested deeper than JSON_DEPTH_MAX, has a NUL or is not UTF-8.  `len` bytes
 * are read, no terminator is needed. */
struct json *json_parse(const char *text, size_t len) MUST_CHECK;

/* The same for texts from strangers who could make much of few bytes: NULL also
 * if there are more than `values_max` values in all. */
struct json *json_parse_few(const char *text, size_t len,
                            size_t values_max) MUST_CHECK;
void json_destroy(struct json *value);

bool json_is_object(const struct json *value);
bool json_is_array(const struct json *value);
bool json_is_text(const struct json *value);
bool json_is_number(const struct json *value);
bool json_is_bool(const struct json *value);
bool json_is_null(const struct json *value);

/* The member of that name (the case counts); NULL when it is missing or null,
 * or `object` is NULL or no object. */
const struct json *json_get(const struct json *object, const char *name);

/* The member's value; the fallback when json_get gives NULL or another type.
 * Texts are borrowed from the value. */
const char *json_get_text(const struct json *object, const char *name,
                          const char *fallback);
double json_get_number(const struct json *object, const char *name,
                       double fallback);
bool json_get_bool(const struct json *object, const char *name, bool fallback);

/* The value itself, where its type was asked before. */
const char *json_text(const struct json *value);
double json_number(const struct json *value);
bool json_bool(const struct json *value);

/* Takes the text out of a value that lies in a tree of the caller's, to be
 * freed; "" is left behind.  For long texts, which are not copied so. */
char *json_take_text(const struct json *value) MUST_CHECK;

/* Elements of an array or members of an object, in order:
 * for (e = json_first(list); e; e = json_next(e)). */
size_t json_count(const struct json *list);
const struct json *json_first(const struct json *list);
const struct json *json_next(const struct json *element);
const char *json_name(const struct json *member);

/*
 * Writing.  A new value belongs to the caller until json_add or json_append
 * gives it to a list; then the list owns it.  Each returns what it made or was
 * given, so that lists can be filled where they are made.  Texts are copied; a
 * NULL text is written as null.
 */
struct json *json_object(void) MUST_CHECK;
struct json *json_array(void) MUST_CHECK;
struct json *json_new_text(const char *text) MUST_CHECK;
struct json *json_new_number(double number) MUST_CHECK;
struct json *json_add(struct json *object, const char *name,
                      struct json *value);
struct json *json_append(struct json *array, struct json *value);
void json_add_text(struct json *object, const char *name, const char *text);
void json_add_number(struct json *object, const char *name, double number);
void json_add_bool(struct json *object, const char *name, bool value);
void json_add_null(struct json *object, const char *name);

/* Adds text that is JSON already, as it stands; null where it is NULL. */
void json_add_raw(struct json *object, const char *name, const char *text);

/* A deep copy. */
struct json *json_copy(const struct json *value) MUST_CHECK;

/* The value as one line, to be freed; the second form destroys the value. */
char *json_print(const struct json *value) MUST_CHECK;
char *json_print_and_destroy(struct json *value) MUST_CHECK;

/* The number with at most six digits behind the point, as we send ratios and
 * percentages: nobody measures finer, and 99.2 stays "99.2". */
double json_rounded(double number);
