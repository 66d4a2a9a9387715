/*
 * common_members.c - members that several operations have
 */
#include "common_members.h"
#include "attributes.h"

static const char *const attributes[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_DEFAULT] = "DEFAULT",
    [ATTRIBUTE_ALL] = "ALL",
    [ATTRIBUTE_AGE_RANGE] = "AGE_RANGE",
    [ATTRIBUTE_BEARD] = "BEARD",
    [ATTRIBUTE_EMOTIONS] = "EMOTIONS",
    [ATTRIBUTE_EYE_DIRECTION] = "EYE_DIRECTION",
    [ATTRIBUTE_EYEGLASSES] = "EYEGLASSES",
    [ATTRIBUTE_EYES_OPEN] = "EYES_OPEN",
    [ATTRIBUTE_GENDER] = "GENDER",
    [ATTRIBUTE_MOUTH_OPEN] = "MOUTH_OPEN",
    [ATTRIBUTE_MUSTACHE] = "MUSTACHE",
    [ATTRIBUTE_FACE_OCCLUDED] = "FACE_OCCLUDED",
    [ATTRIBUTE_SMILE] = "SMILE",
    [ATTRIBUTE_SUNGLASSES] = "SUNGLASSES",
};
const struct member_words attribute_words = {attributes, COUNT(attributes)};
