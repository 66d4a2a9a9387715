/*
 * access.c - who may ask
 */
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "access.h"
#include "digest.h"
#include "text.h"

/* 127.0.0.0/8 as an address, and not as a name that begins so: anybody may own
 * 127.example.org. */
static bool is_loopback(const char *host)
{
    struct in_addr address;

    return strcmp(host, "::1") == 0 ||
           (text_begins(host, "127.") && inet_pton(AF_INET, host, &address));
}

const char *access_objection(const struct server_settings *settings)
{
    if (is_loopback(settings->host) || settings->api_token[0])
        return NULL;
    return "FACEWIRE_HOST is no loopback address: set FACEWIRE_API_TOKEN, and "
           "every request must bring it";
}

bool access_is_token(const struct server_settings *settings, const char *token)
{
    return !settings->api_token[0] || digest_equal(settings->api_token, token);
}

bool access_has_token(const struct server_settings *settings,
                      const struct request *request)
{
    static const char scheme[] = "Bearer ";
    const char *header = request_header(request, "authorization");
    const char *query = request_query(request, "token");

    if (!settings->api_token[0])
        return true;
    if (header && strncasecmp(header, scheme, sizeof scheme - 1) == 0)
        return access_is_token(settings, header + sizeof scheme - 1);
    return query && access_is_token(settings, query);
}

/* "http://host:port" has what stands in Host behind its scheme. */
static bool is_same_host(const char *origin, const char *host)
{
    const char *authority = strstr(origin, "://");

    return authority && strcasecmp(authority + strlen("://"), host) == 0;
}

/* A name that belongs to this machine alone.  Without a token a page anywhere
 * could else have its own name lead here (DNS rebinding). */
static bool is_local_name(const char *host)
{
    size_t len = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    char name[INET6_ADDRSTRLEN];

    if (len >= sizeof name || len > strlen(host) ||
        (host[len] && host[len] != ':'))
        return false;
    memcpy(name, host, len);
    name[len] = '\0';
    return strcasecmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0 ||
           is_loopback(name);
}

bool access_is_own_origin(const struct server_settings *settings,
                          const struct request *request)
{
    const char *origin = request_header(request, "origin");
    const char *host = request_header(request, "host");

    if (!host)
        return !origin; /* HTTP/1.0 */
    if (!settings->api_token[0] && !is_local_name(host))
        return false;
    return !origin || is_same_host(origin, host);
}
