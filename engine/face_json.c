/*
 * face_json.c - how faces are told
 */
#include "face_json.h"
#include "attributes_json.h"
#include "landmarks.h"
#include "similarity.h"

static void add_ratio(struct json *object, const char *name, double number)
{
    json_add_number(object, name, json_rounded(number));
}

struct json *face_box_json(const struct box *box)
{
    struct json *object = json_object();

    add_ratio(object, "Width", box->width);
    add_ratio(object, "Height", box->height);
    add_ratio(object, "Left", box->left);
    add_ratio(object, "Top", box->top);
    return object;
}

struct json *face_record_json(const struct record *record,
                              const char *model_version)
{
    struct json *object = json_object();

    json_add_text(object, "FaceId", record->id);
    json_add(object, "BoundingBox", face_box_json(&record->box));
    json_add_text(object, "ImageId", record->image_id);
    if (record->external_id)
        json_add_text(object, "ExternalImageId", record->external_id);
    add_ratio(object, "Confidence", record->confidence);
    json_add_text(object, "IndexFacesModelVersion", model_version);
    if (record->user_id)
        json_add_text(object, "UserId", record->user_id);
    return object;
}

static void add_landmark(struct json *list, const char *name,
                         const struct point *point)
{
    struct json *landmark = json_append(list, json_object());

    json_add_text(landmark, "Type", name);
    add_ratio(landmark, "X", point->x);
    add_ratio(landmark, "Y", point->y);
}

/* The detector's five; the others where all are asked for. */
static void add_landmarks(struct json *detail, const struct face *face,
                          unsigned asked)
{
    static const char *const names[FACE_POINTS] = {
        [FACE_EYE_LEFT] = "eyeLeft",
        [FACE_EYE_RIGHT] = "eyeRight",
        [FACE_NOSE] = "nose",
        [FACE_MOUTH_LEFT] = "mouthLeft",
        [FACE_MOUTH_RIGHT] = "mouthRight",
    };
    struct json *list = json_add(detail, "Landmarks", json_array());

    for (size_t i = 0; i < FACE_POINTS; i++)
        add_landmark(list, names[i], &face->points[i]);
    if (!face->attributes.has_landmarks ||
        !attributes_ask(asked, ATTRIBUTE_ALL))
        return;
    for (size_t i = 0; i < FACE_LANDMARKS; i++)
        add_landmark(list, landmarks_name(i), &face->attributes.landmarks[i]);
}

struct json *face_detail_json_with(const struct face *face, unsigned asked)
{
    struct json *detail = json_object();
    struct json *pose, *quality;

    json_add(detail, "BoundingBox", face_box_json(&face->box));
    add_landmarks(detail, face, asked);
    pose = json_add(detail, "Pose", json_object());
    add_ratio(pose, "Roll", face->pose.roll);
    add_ratio(pose, "Yaw", face->pose.yaw);
    add_ratio(pose, "Pitch", face->pose.pitch);
    quality = json_add(detail, "Quality", json_object());
    add_ratio(quality, "Brightness", face->quality.brightness);
    add_ratio(quality, "Sharpness", face->quality.sharpness);
    add_ratio(detail, "Confidence", face->confidence);
    attributes_add_json(detail, &face->attributes, asked);
    return detail;
}

struct json *face_detail_json(const struct face *face)
{
    return face_detail_json_with(face, 0);
}

struct json *face_matches_json(const struct matches *matches,
                               size_t vector_length, const char *model_version)
{
    struct json *list = json_array();

    for (size_t i = 0; i < matches->count; i++) {
        const struct match *match = &matches->list[i];
        struct json *object = json_append(list, json_object());

        add_ratio(object, "Similarity",
                  similarity_percent(vector_length, match->cosine));
        json_add(object, "Face",
                 face_record_json(&match->record, model_version));
    }
    return list;
}
