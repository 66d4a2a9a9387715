#pragma once

#include "face.h"
#include "networks.h"

/* What can be asked about a face, in the order of Rekognition's words. */
enum attribute {
    ATTRIBUTE_DEFAULT,
    ATTRIBUTE_ALL,
    ATTRIBUTE_AGE_RANGE,
    ATTRIBUTE_BEARD,
    ATTRIBUTE_EMOTIONS,
    ATTRIBUTE_EYE_DIRECTION,
    ATTRIBUTE_EYEGLASSES,
    ATTRIBUTE_EYES_OPEN,
    ATTRIBUTE_GENDER,
    ATTRIBUTE_MOUTH_OPEN,
    ATTRIBUTE_MUSTACHE,
    ATTRIBUTE_FACE_OCCLUDED,
    ATTRIBUTE_SMILE,
    ATTRIBUTE_SUNGLASSES,
    ATTRIBUTE_COUNT
};

/* Of several, a bit for each; one is also asked for by asking for all. */
bool attributes_ask(unsigned asked, enum attribute attribute);

/* Whether an answer to what is asked needs that network. */
bool attributes_need(unsigned asked, enum measure measure);

/*
 * Measures what is asked, as far as the set has the networks for it, and as far
 * as they can be believed; the rest of face->attributes stays zero.  `crop` is
 * the face as the embedder sees it; docs/recognition.md tells where thresholds
 * and confidences come from.  E_SYSTEM: see networks_problem.
 */
int attributes_measure(struct face *face, unsigned asked,
                       struct networks *networks, const struct bitmap *picture,
                       const unsigned char *crop) MUST_CHECK;

/* The square about the face that the networks look at: upright, of
 * NETWORKS_CROP_BYTES. */
int attributes_cut(const struct face *face, struct networks *networks,
                   const struct bitmap *picture,
                   unsigned char *crop) MUST_CHECK;

/* The places that the landmarks' network sees in it, LANDMARKS_SEEN of them, in
 * pixels of the picture; the set must have it. */
int attributes_see(const struct face *face, struct networks *networks,
                   const struct bitmap *picture, const unsigned char *crop,
                   struct point *seen) MUST_CHECK;
