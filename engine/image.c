/*
 * image.c - a picture that an operation is given
 */
#include "image.h"
#include "errors.h"
#include "sniff.h"
#include "xalloc.h"

enum {
    BYTES_MAX = 5 * 1024 * 1024,
    SIDE_LEAST = 80,
};

static const struct member s3_members[] = {
    {.name = "Bucket",
     .kind = MEMBER_TEXT,
     .offset = offsetof(struct image, s3.bucket),
     .least = 3,
     .most = 255,
     .pattern = &pattern_bucket},
    {.name = "Name",
     .kind = MEMBER_TEXT,
     .offset = offsetof(struct image, s3.name),
     .least = 1,
     .most = 1024},
    {.name = "Version",
     .kind = MEMBER_TEXT,
     .offset = offsetof(struct image, s3.version),
     .least = 1,
     .most = 1024},
};

const struct member image_members[IMAGE_MEMBERS] = {
    {.name = "Bytes",
     .kind = MEMBER_BYTES,
     .offset = offsetof(struct image, bytes),
     .least = 1,
     .most = BYTES_MAX},
    {.name = "S3Object",
     .kind = MEMBER_STRUCTURE,
     .members = s3_members,
     .member_count = COUNT(s3_members)},
};

bool image_keeps_rule(struct call *call, const struct image *image)
{
    bool has_bytes = image->bytes.bytes != NULL;
    bool has_object = image->s3.bucket || image->s3.name || image->s3.version;
    bool is_whole = !has_object || (image->s3.bucket && image->s3.name);

    if (has_bytes != has_object && is_whole)
        return true;
    call_refuse_plainly(call, EXCEPTION_INVALID_PARAMETER);
    return false;
}

static enum exception objection_to_bytes(const struct blob *blob)
{
    struct picture_facts facts;

    if (sniff(blob->bytes, blob->len, &facts) != 0 ||
        (facts.type != PICTURE_JPEG && facts.type != PICTURE_PNG) ||
        facts.width < SIDE_LEAST || facts.height < SIDE_LEAST)
        return EXCEPTION_IMAGE_FORMAT;
    return EXCEPTION_NONE;
}

bool image_can_be_had(struct call *call, const struct image *image)
{
    enum exception exception = EXCEPTION_NONE;

    if (image->bytes.bytes)
        exception = objection_to_bytes(&image->bytes);
    else if (!call->engine->buckets)
        exception = EXCEPTION_S3_OBJECT;
    if (exception)
        call_refuse_plainly(call, exception);
    return exception == EXCEPTION_NONE;
}

enum exception image_exception(int error)
{
    switch (error) {
    case E_UNSUPPORTED:
    case E_INVALID:
        return EXCEPTION_IMAGE_FORMAT;
    case E_TOO_LARGE:
        return EXCEPTION_IMAGE_TOO_LARGE;
    case E_BUSY:
        return EXCEPTION_BUSY;
    case E_TIMEOUT:
        return EXCEPTION_THROTTLED;
    default:
        return EXCEPTION_INTERNAL;
    }
}

static void submit(struct image *image)
{
    struct recognition *recognition = image->recognition;
    int error;

    recognition->bytes = image->bytes.bytes;
    recognition->len = image->bytes.len;
    error = recognizer_submit(image->call->engine->recognizer, recognition);
    if (error)
        call_refuse_plainly(image->call, image_exception(error));
}

static void on_fetched(void *owner, enum exception exception, const char *bytes,
                       size_t len)
{
    struct image *image = owner;

    if (!exception) {
        call_give_back(image->call, BUCKET_OBJECT_BYTES_MAX - len);
        image->bytes = (struct blob){xmemdup(bytes, len), len};
        exception = objection_to_bytes(&image->bytes);
    }
    if (exception)
        call_refuse_plainly(image->call, exception);
    else
        submit(image);
}

static void fetch(struct image *image)
{
    struct call *call = image->call;
    enum exception exception = EXCEPTION_S3_THROTTLED;

    /* How large it is will be known when it has come. */
    if (call_reserve(call, BUCKET_OBJECT_BYTES_MAX))
        exception = bucket_client_fetch(call->engine->buckets, image->s3.bucket,
                                        image->s3.name, image->s3.version,
                                        on_fetched, image);
    if (exception)
        call_refuse_plainly(call, exception);
}

void image_submit(struct call *call, struct image *image,
                  struct recognition *recognition)
{
    image->call = call;
    image->recognition = recognition;
    if (image->bytes.bytes)
        submit(image);
    else
        fetch(image);
}
