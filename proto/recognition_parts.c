/*
 * recognition_parts.c - what several answers of a recognition endpoint have
 *
 * Each reader takes the value that should be there, missing (NULL) or of any
 * type, so that an answer is one walk without cases of its own.
 */
#include <string.h>

#include "errors.h"
#include "recognition_parts.h"

/* A box that is cut by the picture's edge reaches past it; one that lies this
 * many pictures away is no face of this picture, nor is one without a size. */
static const double ratio_max = 10;
static const double size_min = 1e-6;

/* A number in a range, which is finite therefore. */
static int read_number(const struct json *object, const char *name,
                       double least, double most, double *number)
{
    const struct json *value = json_get(object, name);

    if (!json_is_number(value) ||
        !(json_number(value) >= least && json_number(value) <= most))
        return E_PROTOCOL;
    *number = json_number(value);
    return 0;
}

int recognition_read_percent(const struct json *object, const char *name,
                             double *percent)
{
    return read_number(object, name, 0, 100, percent);
}

int recognition_read_box(const struct json *value, struct picture_area *box)
{
    if (read_number(value, "Left", -ratio_max, ratio_max, &box->left) < 0 ||
        read_number(value, "Top", -ratio_max, ratio_max, &box->top) < 0 ||
        read_number(value, "Width", size_min, ratio_max, &box->width) < 0 ||
        read_number(value, "Height", size_min, ratio_max, &box->height) < 0)
        return E_PROTOCOL;
    return 0;
}

int recognition_read_face_id(const struct json *value, char face_id[UUID_BYTES])
{
    if (!json_is_text(value) || !uuid_is_valid(json_text(value)))
        return E_PROTOCOL;
    memcpy(face_id, json_text(value), UUID_BYTES);
    return 0;
}

/* A text that may be missing. */
int recognition_read_text(const struct json *object, const char *name,
                          const char **text)
{
    const struct json *value = json_get(object, name);

    if (value && !json_is_text(value))
        return E_PROTOCOL;
    *text = value ? json_text(value) : NULL;
    return 0;
}

bool recognition_is_list(const struct json *list, size_t most)
{
    return json_is_array(list) && json_count(list) <= most;
}

/* A list that may be missing; it is then empty. */
int recognition_read_list(const struct json *object, const char *name,
                          size_t most, const struct json **list)
{
    *list = json_get(object, name);
    return !*list || recognition_is_list(*list, most) ? 0 : E_PROTOCOL;
}

/* The first of a list of reasons; NULL if there is none. */
int recognition_read_reason(const struct json *reasons, const char **reason)
{
    const struct json *first;

    if (reasons && !json_is_array(reasons))
        return E_PROTOCOL;
    first = json_first(reasons);
    if (first && !json_is_text(first))
        return E_PROTOCOL;
    *reason = first ? json_text(first) : NULL;
    return 0;
}

/* ---- a face ---- */

static const char *const landmark_names[RECOGNITION_LANDMARKS] = {
    [RECOGNITION_EYE_LEFT] = "eyeLeft",
    [RECOGNITION_EYE_RIGHT] = "eyeRight",
    [RECOGNITION_NOSE] = "nose",
    [RECOGNITION_MOUTH_LEFT] = "mouthLeft",
    [RECOGNITION_MOUTH_RIGHT] = "mouthRight",
};

/* The landmark of that name; RECOGNITION_LANDMARKS if it is none of ours. */
static size_t find_landmark(const char *name)
{
    size_t i = 0;

    while (i < RECOGNITION_LANDMARKS && strcmp(landmark_names[i], name) != 0)
        i++;
    return i;
}

/* There are five or thirty; only all of the five are of use. */
static int read_landmarks(const struct json *list,
                          struct recognition_face *face)
{
    const unsigned all = (1U << RECOGNITION_LANDMARKS) - 1;
    unsigned seen = 0;

    if (list && !json_is_array(list))
        return E_PROTOCOL;
    for (const struct json *it = json_first(list); it; it = json_next(it)) {
        size_t i = find_landmark(json_get_text(it, "Type", ""));
        double x, y;

        if (read_number(it, "X", -ratio_max, ratio_max, &x) < 0 ||
            read_number(it, "Y", -ratio_max, ratio_max, &y) < 0)
            return E_PROTOCOL;
        if (i == RECOGNITION_LANDMARKS)
            continue;
        face->landmarks[i].x = x;
        face->landmarks[i].y = y;
        seen |= 1U << i;
    }
    face->has_landmarks = seen == all;
    return 0;
}

static int read_pose(const struct json *pose, struct recognition_face *face)
{
    if (!pose)
        return 0;
    face->has_pose = true;
    if (read_number(pose, "Roll", -180, 180, &face->roll) < 0 ||
        read_number(pose, "Yaw", -180, 180, &face->yaw) < 0 ||
        read_number(pose, "Pitch", -180, 180, &face->pitch) < 0)
        return E_PROTOCOL;
    return 0;
}

static int read_quality(const struct json *quality,
                        struct recognition_face *face)
{
    if (!quality)
        return 0;
    face->has_quality = true;
    if (recognition_read_percent(quality, "Brightness", &face->brightness) <
            0 ||
        recognition_read_percent(quality, "Sharpness", &face->sharpness) < 0)
        return E_PROTOCOL;
    return 0;
}

int recognition_read_face(const struct json *detail,
                          struct recognition_face *face)
{
    face->detail = detail;
    if (recognition_read_box(json_get(detail, "BoundingBox"), &face->box) < 0 ||
        recognition_read_percent(detail, "Confidence", &face->confidence) < 0 ||
        read_landmarks(json_get(detail, "Landmarks"), face) < 0 ||
        read_pose(json_get(detail, "Pose"), face) < 0 ||
        read_quality(json_get(detail, "Quality"), face) < 0)
        return E_PROTOCOL;
    return 0;
}
