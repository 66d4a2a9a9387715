/*
 * recognition_request.c - what the worker asks of a recognition endpoint
 *
 * The small members are made as a JSON object and printed without its last
 * brace.  The images come behind them, encoded where they are to stand: they
 * are megabytes, and all else together is not a kilobyte.
 */
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "recognition.h"

#define TARGET "RekognitionService."

static const char *const targets[RECOGNITION_OPERATIONS] = {
    [RECOGNITION_CREATE_COLLECTION] = TARGET "CreateCollection",
    [RECOGNITION_DETECT_FACES] = TARGET "DetectFaces",
    [RECOGNITION_SEARCH_FACES_BY_IMAGE] = TARGET "SearchFacesByImage",
    [RECOGNITION_INDEX_FACES] = TARGET "IndexFaces",
    [RECOGNITION_COMPARE_FACES] = TARGET "CompareFaces",
    [RECOGNITION_DELETE_FACES] = TARGET "DeleteFaces",
    [RECOGNITION_SEARCH_FACES] = TARGET "SearchFaces",
    [RECOGNITION_LIST_FACES] = TARGET "ListFaces",
};

const char *recognition_name(enum recognition_operation operation)
{
    return targets[operation] + strlen(TARGET);
}

const char *recognition_target(enum recognition_operation operation)
{
    return targets[operation];
}

static void write_members(struct json *members, struct buffer *body)
{
    char *text = json_print_and_destroy(members);

    buffer_add_text(body, text);
    free(text);
}

/* What stands around an image's letters: {"Bytes":""} and a longer name. */
enum { IMAGE_FRAME_BYTES = 64 };

static size_t image_room(struct recognition_image image)
{
    assert(image.len > 0 && image.len <= RECOGNITION_IMAGE_BYTES_MAX);
    return base64_length(image.len) + IMAGE_FRAME_BYTES;
}

/* Leaves the object open, with room behind it for the images, so that they are
 * not moved when the body grows around them. */
static void write_members_open(struct json *members, size_t image_bytes,
                               struct buffer *body)
{
    write_members(members, body);
    body->len--;
    buffer_reserve(body, image_bytes);
}

static void write_image(const char *name, struct recognition_image image,
                        struct buffer *body)
{
    size_t letters = base64_length(image.len);

    buffer_printf(body, ",\"%s\":{\"Bytes\":\"", name);
    base64_write(image.bytes, image.len, buffer_reserve(body, letters));
    body->len += letters;
    buffer_add_text(body, "\"}");
}

void recognition_write_create_collection(const char *collection,
                                         struct buffer *body)
{
    struct json *members = json_object();

    json_add_text(members, "CollectionId", collection);
    write_members(members, body);
}

void recognition_write_detect_faces(struct recognition_image image,
                                    bool with_attributes, struct buffer *body)
{
    struct json *members = json_object();

    json_append(json_add(members, "Attributes", json_array()),
                json_new_text(with_attributes ? "ALL" : "DEFAULT"));
    write_members_open(members, image_room(image), body);
    write_image("Image", image, body);
    buffer_add_byte(body, '}');
}

/* A crop holds one face that was found before, however unclear: so nothing is
 * filtered by quality here or below. */
void recognition_write_search_by_image(const char *collection,
                                       struct recognition_image image,
                                       double threshold, int max_faces,
                                       struct buffer *body)
{
    struct json *members = json_object();

    json_add_text(members, "CollectionId", collection);
    json_add_number(members, "FaceMatchThreshold", json_rounded(threshold));
    json_add_number(members, "MaxFaces", max_faces);
    json_add_text(members, "QualityFilter", "NONE");
    write_members_open(members, image_room(image), body);
    write_image("Image", image, body);
    buffer_add_byte(body, '}');
}

void recognition_write_index_faces(const char *collection,
                                   struct recognition_image image,
                                   const char *external_image_id,
                                   struct buffer *body)
{
    struct json *members = json_object();

    json_add_text(members, "CollectionId", collection);
    json_add_text(members, "ExternalImageId", external_image_id);
    json_add_number(members, "MaxFaces", 1);
    json_add_text(members, "QualityFilter", "NONE");
    json_append(json_add(members, "DetectionAttributes", json_array()),
                json_new_text("DEFAULT"));
    write_members_open(members, image_room(image), body);
    write_image("Image", image, body);
    buffer_add_byte(body, '}');
}

void recognition_write_compare_faces(struct recognition_image source,
                                     struct recognition_image target,
                                     double threshold, struct buffer *body)
{
    struct json *members = json_object();

    json_add_number(members, "SimilarityThreshold", json_rounded(threshold));
    json_add_text(members, "QualityFilter", "NONE");
    write_members_open(members, image_room(source) + image_room(target), body);
    write_image("SourceImage", source, body);
    write_image("TargetImage", target, body);
    buffer_add_byte(body, '}');
}

void recognition_write_delete_faces(const char *collection,
                                    const char *const *face_ids, size_t count,
                                    struct buffer *body)
{
    struct json *members = json_object();
    struct json *ids;

    assert(count > 0 && count <= RECOGNITION_IDS_MAX);
    json_add_text(members, "CollectionId", collection);
    ids = json_add(members, "FaceIds", json_array());
    for (size_t i = 0; i < count; i++)
        json_append(ids, json_new_text(face_ids[i]));
    write_members(members, body);
}

void recognition_write_search_faces(const char *collection, const char *face_id,
                                    double threshold, int max_faces,
                                    struct buffer *body)
{
    struct json *members = json_object();

    json_add_text(members, "CollectionId", collection);
    json_add_text(members, "FaceId", face_id);
    json_add_number(members, "FaceMatchThreshold", json_rounded(threshold));
    json_add_number(members, "MaxFaces", max_faces);
    write_members(members, body);
}

void recognition_write_list_faces(const char *collection, const char *token,
                                  struct buffer *body)
{
    struct json *members = json_object();

    json_add_text(members, "CollectionId", collection);
    json_add_number(members, "MaxResults", RECOGNITION_PAGE_MAX);
    if (token)
        json_add_text(members, "NextToken", token);
    write_members(members, body);
}
