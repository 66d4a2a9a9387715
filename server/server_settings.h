#pragma once

#include "database_settings.h"
#include "settings.h"

/* What a server is told by its environment. */
struct server_settings {
    const char *host;
    int64_t port;
    const char *api_token; /* "": none is demanded */
    const char *redis_url;
    int64_t log_parts;
    struct database_settings database;
    const char *images;     /* a folder */
    const char *web;        /* the folder of the pages; "": none are served */
    const char *collection; /* that everybody is in */
    int64_t image_bytes;
    int64_t image_pixels;
    int64_t request_bytes;
    int64_t uploads_bytes;
    int64_t connections;
    int64_t address_connections;
    int64_t address_requests_s;
    int64_t listeners;         /* live connections, in all */
    int64_t address_listeners; /* of one address */
    int64_t outbox_bytes;
    int64_t outbox_events;
    int64_t window_bytes;
    int64_t patience_ms;
    int64_t drain_ms;
    const char *log_format;
    const char *log_level;
};

extern const struct setting server_settings_table[];
extern const size_t server_settings_count;
