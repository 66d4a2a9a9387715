/*
 * quality_filter.c - which faces are good enough
 */
#include <math.h>

#include "quality_filter.h"

/* Measured on photos that were shrunk, blurred, darkened and bleached until a
 * second photo of the same person was no longer found: see
 * docs/recognition.md. */
static const struct bar {
    double confidence;
    double pixels; /* of the shorter side of its box */
    double sharpness;
    double brightness; /* and as far from white */
    double yaw;
    double pitch;
} bars[] = {
    [QUALITY_NONE] = {0, 0, 0, 0, 180, 180},
    [QUALITY_AUTO] = {98.5, 20, 30, 5, 80, 80},
    [QUALITY_LOW] = {98.5, 20, 30, 5, 80, 80},
    [QUALITY_MEDIUM] = {99, 32, 50, 10, 60, 50},
    [QUALITY_HIGH] = {99.5, 64, 65, 20, 40, 35},
};

static const char *const filter_names[] = {"NONE", "AUTO", "LOW", "MEDIUM",
                                           "HIGH"};
const struct member_words quality_filter_words = {filter_names,
                                                  COUNT(filter_names)};

static const char *const reason_names[] = {
    "EXCEEDS_MAX_FACES", "EXTREME_POSE",   "LOW_BRIGHTNESS",
    "LOW_SHARPNESS",     "LOW_CONFIDENCE", "SMALL_BOUNDING_BOX",
    "FACE_NOT_LARGEST",
};

struct json *quality_filter_reasons_json(unsigned reasons)
{
    struct json *list = json_array();

    for (size_t i = 0; i < COUNT(reason_names); i++)
        if (reasons & 1U << i)
            json_append(list, json_new_text(reason_names[i]));
    return list;
}

unsigned quality_filter_reasons(enum quality_filter filter,
                                const struct face *face, uint32_t width,
                                uint32_t height)
{
    const struct bar *bar = &bars[filter];
    double side = fmin(face->box.width * width, face->box.height * height);
    double from_white = 100 - face->quality.brightness;
    unsigned reasons = 0;

    if (fabs(face->pose.yaw) > bar->yaw || fabs(face->pose.pitch) > bar->pitch)
        reasons |= REASON_EXTREME_POSE;
    if (fmin(face->quality.brightness, from_white) < bar->brightness)
        reasons |= REASON_LOW_BRIGHTNESS;
    if (face->quality.sharpness < bar->sharpness)
        reasons |= REASON_LOW_SHARPNESS;
    if (face->confidence < bar->confidence)
        reasons |= REASON_LOW_CONFIDENCE;
    if (side < bar->pixels)
        reasons |= REASON_SMALL_BOUNDING_BOX;
    return reasons;
}

const struct face *quality_filter_largest(enum quality_filter filter,
                                          const struct recognition *recognition)
{
    for (size_t i = 0; i < recognition->face_count; i++)
        if (!quality_filter_reasons(filter, &recognition->faces[i],
                                    recognition->width, recognition->height))
            return &recognition->faces[i];
    return NULL;
}
