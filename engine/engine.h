#pragma once

#include "archive.h"
#include "bucket_client.h"
#include "collections.h"
#include "crew.h"
#include "engine_settings.h"
#include "health.h"
#include "key_file.h"
#include "metrics.h"
#include "recognizer.h"
#include "web.h"

/*
 * The parts of the engine that operations work with.  All of it belongs to the
 * loop thread, but for what the parts themselves let others do.
 */
struct engine {
    const struct engine_settings *settings;
    struct key_file *keys;
    struct recognizer *recognizer;
    struct bucket_client *buckets; /* NULL: there is no S3 */
    struct collections *collections;
    struct archive *archive; /* the clerk's */
    struct metrics *metrics;
    struct health *health;
    struct web *web;
    struct crew *clerk;   /* one thread, whose tool is the archive */
    struct crew *readers; /* threads that read requests and search */
    size_t vector_length;
    const char *model_version; /* of the vectors that are made now */
    size_t bodies_bytes;       /* of all requests under way */
    size_t calls;              /* under way */
};
