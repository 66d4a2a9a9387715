/*
 * recognition_refusal.c - what a refused recognition request means for a job
 *
 * The name decides; where it is unknown, the status does.  Names come with a
 * namespace in front or an address behind, in the body or in a header, and
 * front ends (proxies too) answer in forms of their own: so nothing that comes
 * is wrong here, it only says less.
 */
#include <string.h>

#include "recognition.h"

static const char *const meaning_names[RECOGNITION_MEANINGS] = {
    [RECOGNITION_TRANSIENT] = "transient",
    [RECOGNITION_THROTTLED] = "throttled",
    [RECOGNITION_IMAGE_BAD] = "image_bad",
    [RECOGNITION_NO_FACE] = "no_face",
    [RECOGNITION_FACE_MISSING] = "face_missing",
    [RECOGNITION_COLLECTION_MISSING] = "collection_missing",
    [RECOGNITION_COLLECTION_EXISTS] = "collection_exists",
    [RECOGNITION_DENIED] = "denied",
    [RECOGNITION_REFUSED] = "refused",
};

const char *recognition_meaning_name(enum recognition_meaning meaning)
{
    return meaning_names[meaning];
}

static const struct {
    const char *name;
    enum recognition_meaning meaning;
} names[] = {
    {"InternalServerError", RECOGNITION_TRANSIENT},
    {"InternalFailure", RECOGNITION_TRANSIENT},
    {"ServiceUnavailable", RECOGNITION_TRANSIENT},
    {"RequestTimeout", RECOGNITION_TRANSIENT},
    {"RequestTimeoutException", RECOGNITION_TRANSIENT},

    {"ThrottlingException", RECOGNITION_THROTTLED},
    {"ProvisionedThroughputExceededException", RECOGNITION_THROTTLED},
    {"LimitExceededException", RECOGNITION_THROTTLED},
    {"Throttling", RECOGNITION_THROTTLED},
    {"ThrottledException", RECOGNITION_THROTTLED},
    {"RequestThrottled", RECOGNITION_THROTTLED},
    {"RequestThrottledException", RECOGNITION_THROTTLED},
    {"RequestLimitExceeded", RECOGNITION_THROTTLED},
    {"TooManyRequestsException", RECOGNITION_THROTTLED},
    {"SlowDown", RECOGNITION_THROTTLED},

    {"InvalidImageFormatException", RECOGNITION_IMAGE_BAD},
    {"ImageTooLargeException", RECOGNITION_IMAGE_BAD},

    {"ResourceNotFoundException", RECOGNITION_COLLECTION_MISSING},
    {"ResourceAlreadyExistsException", RECOGNITION_COLLECTION_EXISTS},

    {"AccessDenied", RECOGNITION_DENIED},
    {"AccessDeniedException", RECOGNITION_DENIED},
    {"ExpiredToken", RECOGNITION_DENIED},
    {"ExpiredTokenException", RECOGNITION_DENIED},
    {"IncompleteSignature", RECOGNITION_DENIED},
    {"IncompleteSignatureException", RECOGNITION_DENIED},
    {"InvalidClientTokenId", RECOGNITION_DENIED},
    {"InvalidSignatureException", RECOGNITION_DENIED},
    {"MissingAuthenticationToken", RECOGNITION_DENIED},
    {"MissingAuthenticationTokenException", RECOGNITION_DENIED},
    {"NotAuthorized", RECOGNITION_DENIED},
    {"OptInRequired", RECOGNITION_DENIED},
    {"RequestExpired", RECOGNITION_DENIED},
    {"SignatureDoesNotMatch", RECOGNITION_DENIED},
    {"UnrecognizedClientException", RECOGNITION_DENIED},
};

/* "com.amazon.coral#Name:http://…" is Name.  What is no name gives "". */
static void copy_name(char name[static 64], const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
    size_t whole = strcspn(text, ":");
    const char *hash = memchr(text, '#', whole);
    const char *start = hash ? hash + 1 : text;
    size_t len = whole - (size_t)(start - text);

    if (len >= 64 || strspn(start, letters) < len)
        len = 0;
    memcpy(name, start, len);
    name[len] = '\0';
}

/* As much of the text as fits, never half a character. */
static void copy_message(char message[static 256], const char *text)
{
    size_t len = strlen(text);

    if (len > 255)
        for (len = 255; len > 0 && (text[len] & 0xc0) == 0x80;)
            len--;
    memcpy(message, text, len);
    message[len] = '\0';
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Bad parameters are a mistake of ours, but for what AWS says in the same way
 * and with these words.  CompareFaces has no words of its own for a picture
 * without a face: its parameters are always good, so that is what it means. */
static enum recognition_meaning
meaning_of_parameters(enum recognition_operation operation, const char *message)
{
    if (begins_with(message, "There are no faces in the image"))
        return RECOGNITION_NO_FACE;
    if (operation == RECOGNITION_COMPARE_FACES &&
        begins_with(message, "Request has invalid parameters"))
        return RECOGNITION_NO_FACE;
    if (operation == RECOGNITION_SEARCH_FACES &&
        begins_with(message, "faceId was not found in the collection"))
        return RECOGNITION_FACE_MISSING;
    return RECOGNITION_REFUSED;
}

static enum recognition_meaning meaning_of_status(int status)
{
    switch (status) {
    case 401:
    case 403:
        return RECOGNITION_DENIED;
    case 408:
        return RECOGNITION_TRANSIENT;
    case 429:
        return RECOGNITION_THROTTLED;
    default:
        return status >= 500 ? RECOGNITION_TRANSIENT : RECOGNITION_REFUSED;
    }
}

static enum recognition_meaning
meaning_of(enum recognition_operation operation, int status,
           const struct recognition_refusal *refusal)
{
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(names[i].name, refusal->name) == 0)
            return names[i].meaning;
    if (strcmp(refusal->name, "InvalidParameterException") == 0 ||
        strcmp(refusal->name, "ValidationException") == 0)
        return meaning_of_parameters(operation, refusal->message);
    return meaning_of_status(status);
}

void recognition_refusal_read(struct recognition_refusal *refusal,
                              enum recognition_operation operation, int status,
                              const char *type_header, const char *body,
                              size_t len)
{
    struct json *document = json_parse(body, len);
    const char *type = json_get_text(document, "__type", "");
    const char *message = json_get_text(document, "message", NULL);

    *refusal = (struct recognition_refusal){0};
    copy_name(refusal->name, type_header ? type_header : "");
    if (!*refusal->name)
        copy_name(refusal->name, type);
    copy_message(refusal->message,
                 message ? message : json_get_text(document, "Message", ""));
    refusal->meaning = meaning_of(operation, status, refusal);
    json_destroy(document);
}
