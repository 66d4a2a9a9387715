/*
 * redis_url.c - where Redis is, in one line
 */
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "query.h"
#include "redis_url.h"
#include "xalloc.h"

enum { DEFAULT_PORT = 6379 };

/* A decoded copy; NULL if it is misshapen. */
static char *decode(const char *text, size_t len)
{
    char *copy = xmemdup(text, len);

    if (percent_decode_whole(copy, false))
        return copy;
    free(copy);
    return NULL;
}

/* A whole number without a sign; -1 if the text is none, or too large. */
static int whole_number(const char *text, int most)
{
    char *end;
    long number;

    if (*text < '0' || *text > '9')
        return -1;
    number = strtol(text, &end, 10);
    return *end || number > most ? -1 : (int)number;
}

/* Reads "user:password@", ":password@" or nothing; returns what follows. */
static const char *parse_login(const char *text, struct redis_url *url)
{
    const char *at = strrchr(text, '@');
    const char *colon;

    if (!at)
        return text;
    colon = memchr(text, ':', (size_t)(at - text));
    if (!colon)
        return NULL;
    if (colon > text && !(url->user = decode(text, (size_t)(colon - text))))
        return NULL;
    url->password = decode(colon + 1, (size_t)(at - colon - 1));
    return url->password ? at + 1 : NULL;
}

/* Reads "host:port/database"; IPv6 stands in brackets. */
static int parse_place(const char *text, struct redis_url *url)
{
    size_t len = strcspn(text, "/");
    const char *host = text;
    const char *end = text + len;
    const char *port;

    if (*text == '[') {
        const char *close = memchr(text, ']', len);

        if (!close || (close + 1 != end && close[1] != ':'))
            return E_INVALID;
        host++;
        port = close + 1 == end ? NULL : close + 2;
        url->host = xmemdup(host, (size_t)(close - host));
    } else {
        const char *colon = memchr(text, ':', len);

        port = colon ? colon + 1 : NULL;
        url->host = xmemdup(host, (size_t)((colon ? colon : end) - host));
    }
    if (port) {
        char *digits = xmemdup(port, (size_t)(end - port));

        url->port = whole_number(digits, 65535);
        free(digits);
    }
    if (*end && end[1])
        url->database = whole_number(end + 1, 1 << 20);
    return url->host[0] && url->port > 0 && url->database >= 0 ? 0 : E_INVALID;
}

int redis_url_parse(const char *text, struct redis_url *url)
{
    static const char *const schemes[] = {"redis://", "rediss://", "unix://"};
    size_t scheme;
    const char *rest = NULL;
    int error;

    *url = (struct redis_url){.port = DEFAULT_PORT};
    for (scheme = 0; scheme < COUNT(schemes); scheme++)
        if (strncmp(text, schemes[scheme], strlen(schemes[scheme])) == 0)
            break;
    if (scheme < COUNT(schemes))
        rest = parse_login(text + strlen(schemes[scheme]), url);
    if (!rest) {
        error = E_INVALID;
    } else if (scheme == 2) {
        url->path = xstrdup(rest);
        error = rest[0] == '/' ? 0 : E_INVALID;
    } else {
        url->is_tls = scheme == 1;
        error = parse_place(rest, url);
    }
    if (error)
        redis_url_finish(url);
    return error;
}

void redis_url_finish(struct redis_url *url)
{
    free(url->user);
    free(url->password);
    free(url->host);
    free(url->path);
    *url = (struct redis_url){0};
}
