#pragma once

#include <stdint.h>

#include "basics.h"
#include "recognition_client.h"
#include "uuid.h"

/*
 * What the good clients of an engine ask it for: seven operations in a mixture,
 * on one collection whose size stays, because about as many faces are deleted
 * as are added.
 */
enum deed {
    SEARCH_BY_IMAGE,
    INDEX,
    DETECT,
    SEARCH,
    LIST,
    DELETE,
    COMPARE,
    DEEDS,
};

enum { DEEDS_PHOTOS = 5, DEEDS_KNOWN = 20, DEEDS_FACES_MAX = 4096 };

struct deeds {
    char *photos[DEEDS_PHOTOS];              /* in base64 */
    char known[DEEDS_KNOWN][UUID_BYTES];     /* that stay, to be searched for */
    char faces[DEEDS_FACES_MAX][UUID_BYTES]; /* that may be deleted */
    size_t face_count;
    uint64_t indexed;
    uint32_t seed;
};

const char *deed_name(enum deed deed);

/* How many photos an average request has to be looked at for. */
double deeds_photos(void);

/* Reads the photos; the program is skipped without them. */
void deeds_open(struct deeds *deeds);
void deeds_finish(struct deeds *deeds);

/* Makes the collection, and those of its faces that stay. */
void deeds_prepare(struct deeds *deeds,
                   const struct recognition_client *client);

/* The next one, by chance; and its body, to be freed. */
enum deed deeds_draw(struct deeds *deeds);
char *deeds_body(struct deeds *deeds, enum deed deed) MUST_CHECK;

/* Keeps what an answer of IndexFaces tells, to be deleted later. */
void deeds_learn(struct deeds *deeds, const struct json *answer);

/* A number from 0 to 1, by chance. */
double deeds_chance(struct deeds *deeds);
