#pragma once

#include "database_settings.h"
#include "settings.h"

/* What a worker is told by its environment. */
struct worker_settings {
    const char *redis_url;
    int64_t log_parts;
    struct database_settings database;
    const char *images;   /* a folder, the servers' */
    const char *endpoint; /* "": AWS in the region */
    const char *region;
    const char *access_key;
    const char *secret_key;
    const char *session_token; /* "": none */
    const char *keys_file;     /* of the engine: its first line; "": none */
    const char *ca_file;       /* "": the system's certificates */
    const char *collection_prefix;
    int64_t rate;         /* calls a second of each operation; 0: unlimited */
    int64_t jobs;         /* at a time */
    int64_t account_jobs; /* of one account, in all workers */
    int64_t live_frames;  /* at a time */
    int64_t picture_threads;
    int64_t picture_pixels;
    int64_t image_bytes;
    int64_t attempts; /* that may fail */
    int64_t retry_ms; /* after the first of them */
    int64_t lease_ms;
    int64_t drain_ms;
    const char *log_format;
    const char *log_level;
};

extern const struct setting worker_settings_table[];
extern const size_t worker_settings_count;
