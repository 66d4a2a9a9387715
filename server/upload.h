#pragma once

#include <stddef.h>

#include "problem.h"
#include "request.h"
#include "services.h"
#include "sniff.h"

/*
 * What came in a request's body: fields and images.  Every image is known to be
 * one of the four types, of a size that we take.
 */
enum { UPLOAD_IMAGES_MAX = 20, UPLOAD_FIELDS_MAX = 32 };

struct upload_field {
    char *name;
    char *value;
};

struct upload_image {
    char *name; /* of its field */
    char *bytes;
    size_t len;
    struct picture_facts facts;
};

struct upload {
    struct upload_field fields[UPLOAD_FIELDS_MAX];
    size_t field_count;
    struct upload_image images[UPLOAD_IMAGES_MAX];
    size_t image_count;
    /* Its share of the memory that uploads may take. */
    struct services *services;
    size_t reserved;
};

/* Whether so many bytes more may be in memory now. */
bool upload_has_room(const struct services *services, size_t bytes);

/* An empty one, for so many bytes; they are given back as it is destroyed. */
struct upload *upload_create(struct services *services,
                             size_t bytes) MUST_CHECK;
void upload_destroy(struct upload *upload);

/* The value of a field; NULL: it was not given. */
const char *upload_field(const struct upload *upload, const char *name);

/* A hash of everything in it, and of the request's method and path, in hex: two
 * uploads that mean the same have the same, whatever their boundaries. */
void upload_digest(const struct upload *upload, const struct request *request,
                   char hex[static 65]);

/* Checks an image from wherever it came; PROBLEM_NONE if it can be taken. */
enum problem upload_check_image(const struct server_settings *settings,
                                const char *bytes, size_t len,
                                struct picture_facts *facts,
                                char detail[static 128]);
