/*
 * collection.c - the collection "people" of an engine's story
 */
#include "collection.h"
#include "unit.h"

/* What adds a photo: its bytes, and its number. */
#define INDEX_FACES                                                            \
    "{\"CollectionId\":\"people\",\"Image\":{\"Bytes\":\"%s\"},"               \
    "\"ExternalImageId\":\"photo-%zu\"}"

void collection_create(const struct recognition_client *client)
{
    recognition_do(client, "CreateCollection", "{\"CollectionId\":\"people\"}");
}

bool collection_send(const struct recognition_client *client, int fd,
                     const char *photo, size_t number)
{
    return recognition_send(client, fd, "IndexFaces", INDEX_FACES, photo,
                            number);
}

struct json *collection_index(const struct recognition_client *client,
                              int *status, const char *photo, size_t number)
{
    return recognition_ask(client, status, "IndexFaces", INDEX_FACES, photo,
                           number);
}

size_t collection_count(const struct recognition_client *client)
{
    struct json *facts = recognition_get(client, "DescribeCollection",
                                         "{\"CollectionId\":\"people\"}");
    size_t count = (size_t)json_get_number(facts, "FaceCount", 0);

    json_destroy(facts);
    return count;
}

size_t collection_count_each(const struct recognition_client *client,
                             size_t *counts, size_t photos)
{
    struct json *list =
        recognition_get(client, "ListFaces",
                        "{\"CollectionId\":\"people\",\"MaxResults\":4096}");
    size_t all = 0;

    memset(counts, 0, photos * sizeof *counts);
    for (const struct json *face = json_first(json_get(list, "Faces")); face;
         face = json_next(face), all++) {
        const char *name = json_get_text(face, "ExternalImageId", "");
        size_t number = strtoul(name + strlen("photo-"), NULL, 10);

        assert_true(number < photos);
        counts[number]++;
    }
    assert_null(json_get(list, "NextToken"));
    json_destroy(list);
    return all;
}

size_t collection_find(const struct recognition_client *client,
                       const char *photo)
{
    struct json *answer =
        recognition_get(client, "SearchFacesByImage",
                        "{\"CollectionId\":\"people\","
                        "\"Image\":{\"Bytes\":\"%s\"},"
                        "\"FaceMatchThreshold\":99,\"MaxFaces\":4096}",
                        photo);
    size_t count = json_count(json_get(answer, "FaceMatches"));

    json_destroy(answer);
    return count;
}
