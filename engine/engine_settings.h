#pragma once

#include "settings.h"

/* What an engine is told by its environment. */
struct engine_settings {
    const char *host;
    int64_t port;
    const char *data;   /* the folder that it keeps everything in */
    const char *keys;   /* the file of access keys; "": `keys` in the folder */
    const char *models; /* a folder; "": the usual places */
    bool is_unsigned;   /* signatures are not looked at */
    const char *region;
    const char *s3_endpoint; /* "": objects cannot be had */
    const char *s3_access_key;
    const char *s3_secret_key;
    int64_t threads; /* that recognize */
    int64_t waiting; /* photos */
    int64_t waiting_ms;
    int64_t requests_bytes;
    int64_t faces; /* of a collection */
    int64_t users; /* of a collection */
    int64_t connections;
    int64_t address_connections;
    int64_t request_ms;
    int64_t drain_ms;
    const char *log_format;
    const char *log_level;
};

extern const struct setting engine_settings_table[];
extern const size_t engine_settings_count;
