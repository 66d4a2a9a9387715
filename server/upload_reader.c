/*
 * upload_reader.c - a request's body as it is read
 *
 * A body is read in one of three forms; each fills the same struct.  Whatever
 * is wrong ends the reading at once: the rest of the body is not even looked
 * at.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buffer.h"
#include "counters.h"
#include "errors.h"
#include "json.h"
#include "multipart.h"
#include "text.h"
#include "upload_reader.h"
#include "utf8.h"
#include "xalloc.h"

enum {
    VALUE_BYTES_MAX = 16 * 1024, /* of one field */
    JSON_BYTES_MAX = 64 * 1024,
    PARTS_MAX = UPLOAD_FIELDS_MAX + UPLOAD_IMAGES_MAX,
    PART_HEAD_BYTES_MAX = 4 * 1024,
    FRAMING_BYTES = 256 * 1024, /* of a multipart body, beside its images */
};

struct reading {
    struct services *services;
    struct exchange *exchange;
    const struct upload_rules *rules;
    upload_fn *done;
    void *owner;
    struct upload *upload;
    enum problem problem; /* what was found wrong so far */
    char detail[128];
    struct multipart *multipart;
    struct buffer part; /* the part that is being read, or the raw image */
    char *part_name;
    bool part_is_image;
};

/* ---- the end of a reading ---- */

static void fail(struct reading *reading, enum problem problem,
                 const char *detail)
{
    if (reading->problem != PROBLEM_NONE)
        return;
    reading->problem = problem;
    text_copy(reading->detail, sizeof reading->detail,
              detail ? detail : problem_sentence(problem));
}

/* Whether what a route needs is there. */
static void check_whole(struct reading *reading)
{
    const struct upload_rules *rules = reading->rules;
    size_t count = reading->upload->image_count;
    char detail[128];

    if (count >= rules->image_least)
        return;
    snprintf(detail, sizeof detail, "The field %s is missing.",
             rules->images[count]);
    fail(reading, PROBLEM_MISSING_IMAGE, detail);
}

static void end(struct reading *reading)
{
    struct upload *upload = reading->upload;

    if (reading->problem == PROBLEM_NONE)
        check_whole(reading);
    multipart_destroy(reading->multipart);
    buffer_finish(&reading->part);
    free(reading->part_name);
    if (reading->problem != PROBLEM_NONE) {
        upload_destroy(upload);
        reading->done(reading->owner, NULL, reading->problem, reading->detail);
    } else {
        reading->done(reading->owner, upload, PROBLEM_NONE, "");
    }
    free(reading);
}

/* ---- fields and images ---- */

static void add_field(struct reading *reading, const char *name,
                      const char *value, size_t len)
{
    struct upload *upload = reading->upload;
    char detail[128];

    if (upload->field_count == UPLOAD_FIELDS_MAX) {
        fail(reading, PROBLEM_INVALID_REQUEST, "There are too many fields.");
        return;
    }
    if (!utf8_is_valid(value, len) || memchr(value, '\0', len) ||
        !utf8_is_valid(name, strlen(name))) {
        fail(reading, PROBLEM_INVALID_UTF8, NULL);
        return;
    }
    if (upload_field(upload, name)) {
        snprintf(detail, sizeof detail, "The field %.60s is given twice.",
                 name);
        fail(reading, PROBLEM_INVALID_FIELD, detail);
        return;
    }
    upload->fields[upload->field_count++] =
        (struct upload_field){xstrdup(name), xmemdup(value, len)};
}

/* Says which of several images it is that cannot be taken. */
static void fail_image(struct reading *reading, const char *name,
                       enum problem problem, const char *detail)
{
    const struct upload_rules *rules = reading->rules;
    char text[128];

    if (!detail || !*detail)
        detail = problem_sentence(problem);
    if (rules->image_count == 1)
        text_copy(text, sizeof text, detail);
    else if (rules->images[1])
        snprintf(text, sizeof text, "%s: %s", name, detail);
    else
        snprintf(text, sizeof text, "%s %zu: %s", name,
                 reading->upload->image_count + 1, detail);
    fail(reading, problem, text);
}

/* Takes the bytes over. */
static void add_image(struct reading *reading, const char *name,
                      struct buffer *bytes)
{
    struct upload *upload = reading->upload;
    struct upload_image *image = &upload->images[upload->image_count];
    char detail[128];
    enum problem problem;

    if (upload->image_count == reading->rules->image_count) {
        fail(reading, PROBLEM_TOO_MANY_IMAGES, NULL);
        return;
    }
    problem =
        upload_check_image(reading->services->settings, buffer_text(bytes),
                           bytes->len, &image->facts, detail);
    if (problem != PROBLEM_NONE) {
        fail_image(reading, name, problem, detail);
        return;
    }
    image->name = xstrdup(name);
    image->len = bytes->len;
    image->bytes = buffer_take(bytes);
    upload->image_count++;
    reading->services->counters->uploads++;
    reading->services->counters->upload_bytes += (int64_t)image->len;
}

static bool is_image_field(const struct upload_rules *rules, const char *name)
{
    for (size_t i = 0; rules->images[i]; i++)
        if (strcmp(rules->images[i], name) == 0)
            return true;
    return false;
}

/* ---- multipart ---- */

static int on_part(void *owner, const struct multipart_part *part)
{
    struct reading *reading = owner;

    if (!part->name[0]) {
        fail(reading, PROBLEM_INVALID_MULTIPART, "A part has no name.");
        return E_REFUSED;
    }
    buffer_clear(&reading->part);
    free(reading->part_name);
    reading->part_name = xstrdup(part->name);
    reading->part_is_image = is_image_field(reading->rules, part->name);
    if (part->file_name && !reading->part_is_image) {
        char detail[128];

        snprintf(detail, sizeof detail, "The field %.60s takes no file.",
                 part->name);
        fail(reading, PROBLEM_UNKNOWN_FIELD, detail);
        return E_REFUSED;
    }
    return 0;
}

static int on_part_bytes(void *owner, const char *bytes, size_t len)
{
    struct reading *reading = owner;
    size_t limit = reading->part_is_image
                       ? (size_t)reading->services->settings->image_bytes
                       : VALUE_BYTES_MAX;

    if (reading->part.len + len > limit) {
        if (reading->part_is_image)
            fail_image(reading, reading->part_name, PROBLEM_IMAGE_TOO_LARGE,
                       NULL);
        else
            fail(reading, PROBLEM_INVALID_FIELD, "A field is too long.");
        return E_REFUSED;
    }
    buffer_add(&reading->part, bytes, len);
    return 0;
}

static int on_part_end(void *owner)
{
    struct reading *reading = owner;

    if (reading->part_is_image)
        add_image(reading, reading->part_name, &reading->part);
    else
        add_field(reading, reading->part_name, buffer_text(&reading->part),
                  reading->part.len);
    return reading->problem == PROBLEM_NONE ? 0 : E_REFUSED;
}

static const struct multipart_events part_events = {on_part, on_part_bytes,
                                                    on_part_end};

/* The reader's error, unless an event has said what is wrong. */
static void check_multipart(struct reading *reading, int error)
{
    if (error)
        fail(reading, PROBLEM_INVALID_MULTIPART,
             multipart_problem(reading->multipart));
}

static void on_multipart_bytes(void *owner, const char *bytes, size_t len)
{
    struct reading *reading = owner;

    check_multipart(reading, multipart_read(reading->multipart, bytes, len));
    if (reading->problem != PROBLEM_NONE)
        end(reading);
}

/* What ends a body too early. */
static void check_end(struct reading *reading, int error)
{
    if (error == E_TIMEOUT)
        fail(reading, PROBLEM_REQUEST_TIMEOUT, NULL);
    else if (error)
        fail(reading, PROBLEM_INVALID_REQUEST, "The body was cut off.");
}

static void on_multipart_end(void *owner, int error)
{
    struct reading *reading = owner;

    check_end(reading, error);
    if (reading->problem == PROBLEM_NONE)
        check_multipart(reading, multipart_end(reading->multipart));
    end(reading);
}

/* ---- a raw image ---- */

static void on_raw_bytes(void *owner, const char *bytes, size_t len)
{
    struct reading *reading = owner;

    buffer_add(&reading->part, bytes, len);
}

static void on_raw_end(void *owner, int error)
{
    struct reading *reading = owner;
    const struct request *request = exchange_request(reading->exchange);

    check_end(reading, error);
    for (size_t i = 0; i < request->query_count; i++)
        if (strcmp(request->query[i].name, "token") != 0)
            add_field(reading, request->query[i].name, request->query[i].value,
                      strlen(request->query[i].value));
    if (reading->problem == PROBLEM_NONE)
        add_image(reading, reading->rules->images[0], &reading->part);
    end(reading);
}

/* ---- JSON ---- */

static void add_printed(struct reading *reading, const struct json *member)
{
    char *text = json_print(member);

    add_field(reading, json_name(member), text, strlen(text));
    free(text);
}

/* A member as the text that a form would have had; null is none. */
static void add_member(struct reading *reading, const struct json *member)
{
    const char *name = json_name(member), *object = reading->rules->object;
    char detail[128];

    if (json_is_text(member)) {
        add_field(reading, name, json_text(member), strlen(json_text(member)));
    } else if (json_is_number(member) || (json_is_object(member) && object &&
                                          strcmp(name, object) == 0)) {
        add_printed(reading, member);
    } else if (!json_is_null(member)) {
        snprintf(detail, sizeof detail, "The field %.60s takes a text.", name);
        fail(reading, PROBLEM_INVALID_FIELD, detail);
    }
}

static void on_json_end(void *owner, int error)
{
    struct reading *reading = owner;
    struct json *document;

    check_end(reading, error);
    document = json_parse(buffer_text(&reading->part), reading->part.len);
    if (reading->part.len && !json_is_object(document))
        fail(reading, PROBLEM_INVALID_JSON, NULL);
    for (const struct json *member = json_first(document);
         member && reading->problem == PROBLEM_NONE; member = json_next(member))
        add_member(reading, member);
    json_destroy(document);
    end(reading);
}

/* ---- which form it is ---- */

static bool is_type(const char *content_type, const char *type)
{
    size_t len = strcspn(content_type, "; \t");

    return len == strlen(type) && strncasecmp(content_type, type, len) == 0;
}

static bool is_raw_image(const char *content_type)
{
    static const char *const types[] = {
        "image/jpeg", "image/png",  "image/webp",
        "image/heic", "image/heif", "application/octet-stream"};

    for (size_t i = 0; i < COUNT(types); i++)
        if (is_type(content_type, types[i]))
            return true;
    return false;
}

static const struct exchange_reader multipart_reader = {on_multipart_bytes,
                                                        on_multipart_end};
static const struct exchange_reader raw_reader = {on_raw_bytes, on_raw_end};
static const struct exchange_reader json_reader = {on_raw_bytes, on_json_end};

struct form {
    const struct exchange_reader *reader;
    size_t bytes_max;
    enum problem too_large;
};

/* What the body is read with; false if the content type is none of ours. */
static bool choose_form(struct reading *reading, const char *content_type,
                        struct form *form)
{
    static const struct multipart_limits limits = {PARTS_MAX,
                                                   PART_HEAD_BYTES_MAX};
    const struct server_settings *settings = reading->services->settings;
    size_t images_bytes =
        reading->rules->image_count * (size_t)settings->image_bytes;

    form->too_large = PROBLEM_BODY_TOO_LARGE;
    if (is_type(content_type, "multipart/form-data")) {
        reading->multipart =
            multipart_create(content_type, &limits, &part_events, reading);
        if (!reading->multipart)
            fail(reading, PROBLEM_INVALID_MULTIPART,
                 "The Content-Type has no usable boundary.");
        form->reader = &multipart_reader;
        form->bytes_max = images_bytes < (size_t)settings->request_bytes
                              ? images_bytes + FRAMING_BYTES
                              : (size_t)settings->request_bytes;
        return true;
    }
    if (is_raw_image(content_type) && reading->rules->image_least < 2) {
        form->reader = &raw_reader;
        form->bytes_max = (size_t)settings->image_bytes;
        form->too_large = PROBLEM_IMAGE_TOO_LARGE;
        return true;
    }
    if (reading->rules->takes_json &&
        (!content_type[0] || is_type(content_type, "application/json"))) {
        form->reader = &json_reader;
        form->bytes_max = JSON_BYTES_MAX;
        return true;
    }
    return false;
}

/* Everything that can be said before the body is read. */
static void check_before(struct reading *reading, struct form *form)
{
    const struct request *request = exchange_request(reading->exchange);
    const char *content_type = request_header(request, "content-type");
    char detail[128], size[TEXT_SIZE_BYTES];

    if (!choose_form(reading, content_type ? content_type : "", form)) {
        fail(reading, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
             "Send multipart/form-data, or an image as the body.");
    } else if (request->body_bytes > form->bytes_max) {
        text_size(size, form->bytes_max);
        snprintf(detail, sizeof detail, "%s may have %s at most.",
                 form->too_large == PROBLEM_IMAGE_TOO_LARGE ? "An image"
                                                            : "The body",
                 size);
        fail(reading, form->too_large, detail);
    } else if (!upload_has_room(reading->services, request->body_bytes)) {
        fail(reading, PROBLEM_UNAVAILABLE,
             "Too many uploads are under way; come again in a moment.");
    }
}

void upload_read(struct services *services, struct exchange *exchange,
                 const struct upload_rules *rules, upload_fn *done, void *owner)
{
    struct reading *reading = xcalloc(1, sizeof *reading);
    struct form form = {0};

    *reading = (struct reading){.services = services,
                                .exchange = exchange,
                                .rules = rules,
                                .done = done,
                                .owner = owner};
    check_before(reading, &form);
    if (reading->problem != PROBLEM_NONE) {
        end(reading);
        return;
    }
    reading->upload =
        upload_create(services, exchange_request(exchange)->body_bytes);
    exchange_read(exchange, form.reader, reading);
}
