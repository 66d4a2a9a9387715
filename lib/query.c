/*
 * query.c - the query of a URL
 */
#include <string.h>

#include "query.h"

bool query_next(const char **rest, struct query_parameter *parameter)
{
    const char *equals;
    size_t len;

    *rest += strspn(*rest, "&");
    if (**rest == '\0')
        return false;
    len = strcspn(*rest, "&");
    equals = memchr(*rest, '=', len);
    parameter->name = *rest;
    parameter->name_len = equals ? (size_t)(equals - *rest) : len;
    parameter->value = equals ? equals + 1 : *rest + len;
    parameter->value_len = (size_t)(*rest + len - parameter->value);
    *rest += len;
    return true;
}

/* Not isalnum: what it answers depends on the locale. */
static bool is_plain(char c, const char *keep)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~", c)) ||
           (c != '\0' && strchr(keep, c));
}

void percent_encode(struct buffer *out, const char *bytes, size_t len,
                    const char *keep)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < len; i++) {
        unsigned byte = (unsigned char)bytes[i];

        if (is_plain(bytes[i], keep)) {
            buffer_add_byte(out, bytes[i]);
        } else {
            buffer_add_byte(out, '%');
            buffer_add_byte(out, digits[byte >> 4]);
            buffer_add_byte(out, digits[byte & 15]);
        }
    }
}

/* The value of a hex digit, -1 if it is none. */
static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

void percent_decode(struct buffer *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int high = -1, low = -1;

        if (text[i] == '%' && len - i > 2) {
            high = hex_value(text[i + 1]);
            low = hex_value(text[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            buffer_add_byte(out, (char)(high << 4 | low));
            i += 2;
        } else {
            buffer_add_byte(out, text[i]);
        }
    }
}

bool percent_decode_whole(char *text, bool is_form)
{
    char *place = text;

    for (const char *c = text; *c; c++) {
        if (*c == '%') {
            int high = hex_value(c[1]);
            int low = high < 0 ? -1 : hex_value(c[2]);

            if (low < 0 || (high == 0 && low == 0))
                return false;
            *place++ = (char)(high << 4 | low);
            c += 2;
        } else {
            *place++ = (char)(is_form && *c == '+' ? ' ' : *c);
        }
    }
    *place = '\0';
    return true;
}
