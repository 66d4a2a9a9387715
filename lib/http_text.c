/*
 * http_text.c - what may be written into a request
 */
#include <string.h>
#include <strings.h>

#include "http_text.h"

/* A token of RFC 9110: what methods and header names are made of. */
static bool is_token(const char *text)
{
    static const char letters[] = "!#$%&'*+-.^_`|~0123456789"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz";

    return *text && text[strspn(text, letters)] == '\0';
}

/* Whether it stays within its line, and has no control characters. */
static bool is_value(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < ' ' && *text != '\t') || *text == 127)
            return false;
    return true;
}

/* HEAD has no body: libcurl would drop it without a word. */
bool http_text_is_good(const struct http_request *request)
{
    if (!is_token(request->method))
        return false;
    if (strcmp(request->method, "HEAD") == 0 && request->body_bytes > 0)
        return false;
    for (size_t i = 0; i < request->header_count; i++)
        if (!is_token(request->headers[i].name) ||
            !is_value(request->headers[i].value))
            return false;
    return true;
}

const char *http_text_find(const struct http_header *headers, size_t count,
                           const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(headers[i].name, name) == 0)
            return headers[i].value;
    return NULL;
}
