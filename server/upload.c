/*
 * upload.c - what came in a request's body
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "errors.h"
#include "text.h"
#include "upload.h"
#include "xalloc.h"

enum { PIXELS_LEAST = 80 }; /* both ways: the recognition service's limit */

bool upload_has_room(const struct services *services, size_t bytes)
{
    size_t most = (size_t)services->settings->uploads_bytes;

    return bytes <= most && services->upload_bytes <= most - bytes;
}

struct upload *upload_create(struct services *services, size_t bytes)
{
    struct upload *upload = xcalloc(1, sizeof *upload);

    upload->services = services;
    upload->reserved = bytes;
    services->upload_bytes += bytes;
    return upload;
}

void upload_destroy(struct upload *upload)
{
    if (!upload)
        return;
    upload->services->upload_bytes -= upload->reserved;
    for (size_t i = 0; i < upload->field_count; i++) {
        free(upload->fields[i].name);
        free(upload->fields[i].value);
    }
    for (size_t i = 0; i < upload->image_count; i++) {
        free(upload->images[i].name);
        free(upload->images[i].bytes);
    }
    free(upload);
}

enum problem upload_check_image(const struct server_settings *settings,
                                const char *bytes, size_t len,
                                struct picture_facts *facts,
                                char detail[static 128])
{
    char size[TEXT_SIZE_BYTES];
    int error;

    detail[0] = '\0';
    if (len == 0)
        return PROBLEM_IMAGE_EMPTY;
    if (len > (size_t)settings->image_bytes) {
        text_size(size, (uint64_t)settings->image_bytes);
        snprintf(detail, 128, "An image may have %s at most.", size);
        return PROBLEM_IMAGE_TOO_LARGE;
    }
    error = sniff(bytes, len < SNIFF_BYTES ? len : SNIFF_BYTES, facts);
    if (error)
        return error == E_UNSUPPORTED ? PROBLEM_UNSUPPORTED_IMAGE
                                      : PROBLEM_IMAGE_DAMAGED;
    if (!sniff_is_whole(bytes, len, facts->type)) {
        snprintf(detail, 128, "The picture's end is missing.");
        return PROBLEM_IMAGE_DAMAGED;
    }
    if (facts->width < PIXELS_LEAST || facts->height < PIXELS_LEAST) {
        snprintf(detail, 128,
                 "The picture is %u by %u pixels; it must have 80 both ways.",
                 facts->width, facts->height);
        return PROBLEM_IMAGE_TOO_SMALL;
    }
    if ((uint64_t)facts->width * facts->height >
        (uint64_t)settings->image_pixels) {
        snprintf(detail, 128,
                 "The picture is %u by %u pixels; the limit is %lld in all.",
                 facts->width, facts->height,
                 (long long)settings->image_pixels);
        return PROBLEM_IMAGE_TOO_MANY_PIXELS;
    }
    return PROBLEM_NONE;
}

const char *upload_field(const struct upload *upload, const char *name)
{
    for (size_t i = 0; i < upload->field_count; i++)
        if (strcmp(upload->fields[i].name, name) == 0)
            return upload->fields[i].value;
    return NULL;
}

/* Each text with its length, so that no two lists of texts run together. */
static void add_to_digest(struct digest *digest, const void *bytes, size_t len)
{
    uint64_t length = len;

    digest_add(digest, &length, sizeof length);
    digest_add(digest, bytes, len);
}

void upload_digest(const struct upload *upload, const struct request *request,
                   char hex[static 65])
{
    unsigned char hash[DIGEST_BYTES];
    struct digest *digest = digest_create();

    add_to_digest(digest, request->method, strlen(request->method));
    add_to_digest(digest, request->path, strlen(request->path));
    for (size_t i = 0; i < upload->field_count; i++) {
        const struct upload_field *field = &upload->fields[i];

        add_to_digest(digest, field->name, strlen(field->name));
        add_to_digest(digest, field->value, strlen(field->value));
    }
    for (size_t i = 0; i < upload->image_count; i++) {
        const struct upload_image *image = &upload->images[i];

        add_to_digest(digest, image->name, strlen(image->name));
        add_to_digest(digest, image->bytes, image->len);
    }
    digest_end(digest, hash);
    digest_hex(hash, sizeof hash, hex);
}
