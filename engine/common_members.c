/*
 * common_members.c - members that several operations have
 */
#include "common_members.h"

static const char *const attributes[] = {
    "DEFAULT",       "ALL",           "AGE_RANGE", "BEARD",      "EMOTIONS",
    "EYE_DIRECTION", "EYEGLASSES",    "EYES_OPEN", "GENDER",     "MOUTH_OPEN",
    "MUSTACHE",      "FACE_OCCLUDED", "SMILE",     "SUNGLASSES",
};
const struct member_words attribute_words = {attributes, COUNT(attributes)};
