/*
 * deeds.c - what the good clients of an engine ask it for
 */
#include <stdlib.h>
#include <string.h>

#include "deeds.h"
#include "unit.h"
#include "xalloc.h"

static const struct {
    const char *name;
    unsigned share;  /* of all requests, in percent */
    unsigned photos; /* that it has to look at */
} table[DEEDS] = {
    [SEARCH_BY_IMAGE] = {"SearchFacesByImage", 25, 1},
    [INDEX] = {"IndexFaces", 15, 1},
    [DETECT] = {"DetectFaces", 15, 1},
    [SEARCH] = {"SearchFaces", 20, 0},
    [LIST] = {"ListFaces", 10, 0},
    [DELETE] = {"DeleteFaces", 10, 0},
    [COMPARE] = {"CompareFaces", 5, 2},
};

const char *deed_name(enum deed deed)
{
    return table[deed].name;
}

double deeds_photos(void)
{
    double photos = 0;

    for (size_t i = 0; i < DEEDS; i++)
        photos += table[i].share * table[i].photos / 100.0;
    return photos;
}

void deeds_open(struct deeds *deeds)
{
    static const char *const names[DEEDS_PHOTOS] = {
        "f1-mom-1.jpg", "f1-dad-1.jpg", "f1-son-1.jpg", "f1-group.jpg",
        "obama-1.jpg"};

    *deeds = (struct deeds){.seed = 1};
    for (size_t i = 0; i < DEEDS_PHOTOS; i++)
        deeds->photos[i] = recognition_photo(names[i]);
}

void deeds_finish(struct deeds *deeds)
{
    for (size_t i = 0; i < DEEDS_PHOTOS; i++)
        free(deeds->photos[i]);
}

/* ---- by chance ---- */

static uint32_t draw(struct deeds *deeds)
{
    deeds->seed = deeds->seed * 1664525 + 1013904223;
    return deeds->seed >> 8;
}

double deeds_chance(struct deeds *deeds)
{
    return (double)draw(deeds) / (1 << 24);
}

enum deed deeds_draw(struct deeds *deeds)
{
    unsigned left = draw(deeds) % 100;
    enum deed deed = 0;

    while (left >= table[deed].share)
        left -= table[deed++].share;
    return deed == DELETE && deeds->face_count == 0 ? LIST : deed;
}

static const char *draw_photo(struct deeds *deeds)
{
    return deeds->photos[draw(deeds) % DEEDS_PHOTOS];
}

char *deeds_body(struct deeds *deeds, enum deed deed)
{
    switch (deed) {
    case SEARCH_BY_IMAGE:
        return xprintf(
            "{\"CollectionId\":\"people\",\"Image\":{\"Bytes\":\"%s\"}}",
            draw_photo(deeds));
    case INDEX:
        return xprintf("{\"CollectionId\":\"people\",\"MaxFaces\":1,"
                       "\"ExternalImageId\":\"load-%llu\","
                       "\"Image\":{\"Bytes\":\"%s\"}}",
                       (unsigned long long)deeds->indexed++, draw_photo(deeds));
    case DETECT:
        return xprintf("{\"Image\":{\"Bytes\":\"%s\"}}", draw_photo(deeds));
    case SEARCH:
        return xprintf("{\"CollectionId\":\"people\",\"FaceId\":\"%s\"}",
                       deeds->known[draw(deeds) % DEEDS_KNOWN]);
    case LIST:
        return xstrdup("{\"CollectionId\":\"people\",\"MaxResults\":50}");
    case DELETE:
        return xprintf("{\"CollectionId\":\"people\",\"FaceIds\":[\"%s\"]}",
                       deeds->faces[--deeds->face_count]);
    default:
        return xprintf("{\"SourceImage\":{\"Bytes\":\"%s\"},"
                       "\"TargetImage\":{\"Bytes\":\"%s\"}}",
                       draw_photo(deeds), draw_photo(deeds));
    }
}

/* ---- the collection ---- */

void deeds_learn(struct deeds *deeds, const struct json *answer)
{
    const struct json *records = json_get(answer, "FaceRecords");
    const char *id =
        json_get_text(json_get(json_first(records), "Face"), "FaceId", "");

    if (uuid_is_valid(id) && deeds->face_count < DEEDS_FACES_MAX)
        memcpy(deeds->faces[deeds->face_count++], id, UUID_BYTES);
}

void deeds_prepare(struct deeds *deeds, const struct recognition_client *client)
{
    recognition_do(client, "CreateCollection", "{\"CollectionId\":\"people\"}");
    for (size_t i = 0; i < DEEDS_KNOWN; i++) {
        char *body = deeds_body(deeds, INDEX);
        struct json *answer = recognition_get(client, "IndexFaces", "%s", body);

        deeds_learn(deeds, answer);
        memcpy(deeds->known[i], deeds->faces[--deeds->face_count], UUID_BYTES);
        json_destroy(answer);
        free(body);
    }
}
