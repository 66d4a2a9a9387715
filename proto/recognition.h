#pragma once

#include <stddef.h>

#include "basics.h"
#include "buffer.h"
#include "json.h"
#include "picture.h"
#include "uuid.h"

/*
 * The recognition conversation, the worker's side: what it asks, what it is
 * told, and what a refusal means.  See recognition.md.
 */
enum recognition_operation {
    RECOGNITION_CREATE_COLLECTION,
    RECOGNITION_DETECT_FACES,
    RECOGNITION_SEARCH_FACES_BY_IMAGE,
    RECOGNITION_INDEX_FACES,
    RECOGNITION_COMPARE_FACES,
    RECOGNITION_DELETE_FACES,
    RECOGNITION_SEARCH_FACES,
    RECOGNITION_LIST_FACES,
    RECOGNITION_OPERATIONS,
};

enum {
    RECOGNITION_IMAGE_BYTES_MAX = 5 * 1024 * 1024,
    RECOGNITION_FACES_MAX = 100,    /* of one picture */
    RECOGNITION_MATCHES_MAX = 4096, /* of one search */
    RECOGNITION_IDS_MAX = 4096,     /* in one DeleteFaces */
    RECOGNITION_PAGE_MAX = 4096,    /* faces in one answer to ListFaces */
};

#define RECOGNITION_CONTENT_TYPE "application/x-amz-json-1.1"

/* "DetectFaces", and the value of its X-Amz-Target. */
const char *recognition_name(enum recognition_operation operation);
const char *recognition_target(enum recognition_operation operation);

/* ---- what the worker asks: each adds the request's body to `body` ---- */

/* A JPEG or PNG of 1 byte to RECOGNITION_IMAGE_BYTES_MAX.  Borrowed for the
 * call: its bytes are written in base64 straight to where they stand. */
struct recognition_image {
    const void *bytes;
    size_t len;
};

void recognition_write_create_collection(const char *collection,
                                         struct buffer *body);

/* `with_attributes` asks for all that can be measured of a face. */
void recognition_write_detect_faces(struct recognition_image image,
                                    bool with_attributes, struct buffer *body);
void recognition_write_search_by_image(const char *collection,
                                       struct recognition_image image,
                                       double threshold, int max_faces,
                                       struct buffer *body);

/* Keeps the image's largest face under that name. */
void recognition_write_index_faces(const char *collection,
                                   struct recognition_image image,
                                   const char *external_image_id,
                                   struct buffer *body);
void recognition_write_compare_faces(struct recognition_image source,
                                     struct recognition_image target,
                                     double threshold, struct buffer *body);

/* 1 to RECOGNITION_IDS_MAX ids. */
void recognition_write_delete_faces(const char *collection,
                                    const char *const *face_ids, size_t count,
                                    struct buffer *body);
void recognition_write_search_faces(const char *collection, const char *face_id,
                                    double threshold, int max_faces,
                                    struct buffer *body);

/* The page that an answer's `next_token` names; NULL: the first. */
void recognition_write_list_faces(const char *collection, const char *token,
                                  struct buffer *body);

/*
 * ---- what it is told ----
 *
 * Each answer is read whole or not at all: 0, or E_PROTOCOL and nothing is left
 * to finish.  Every member that is used is checked, and the lists are bounded
 * before anything is allocated for them.  Members that we do not know are
 * passed over.  Texts and `detail` are borrowed from `document`.
 */

enum recognition_landmark {
    RECOGNITION_EYE_LEFT,
    RECOGNITION_EYE_RIGHT,
    RECOGNITION_NOSE,
    RECOGNITION_MOUTH_LEFT,
    RECOGNITION_MOUTH_RIGHT,
    RECOGNITION_LANDMARKS,
};

/* A face in the picture that was sent. */
struct recognition_face {
    struct picture_area box;
    double confidence; /* that it is a face, 0 to 100 */
    bool has_landmarks;
    struct {
        double x, y; /* ratios of the picture */
    } landmarks[RECOGNITION_LANDMARKS];
    bool has_pose;
    double roll, yaw, pitch; /* degrees, -180 to 180 */
    bool has_quality;
    double brightness, sharpness; /* 0 to 100 */
    const struct json *detail;    /* all of it: see face_attributes.h */
};

/* Of DetectFaces. */
struct recognition_faces {
    struct json *document;
    struct recognition_face *faces;
    size_t count;
};
int recognition_faces_read(struct recognition_faces *faces, const char *body,
                           size_t len) MUST_CHECK;
void recognition_faces_finish(struct recognition_faces *faces);

/* A face of the collection that looks like the one searched for. */
struct recognition_match {
    char face_id[UUID_BYTES];
    const char *external_image_id; /* NULL: it has none */
    double similarity;             /* 0 to 100 */
};

/* Of SearchFacesByImage and SearchFaces, as they came: by falling similarity.
 */
struct recognition_matches {
    struct json *document;
    bool has_box;            /* the face in the image that was searched for */
    struct picture_area box; /* its place */
    double confidence;       /* that it is a face */
    struct recognition_match *matches;
    size_t count;
};
int recognition_matches_read(struct recognition_matches *matches,
                             const char *body, size_t len) MUST_CHECK;
void recognition_matches_finish(struct recognition_matches *matches);

/* A face that the collection now has. */
struct recognition_record {
    char face_id[UUID_BYTES];
    const char *external_image_id; /* NULL: it has none */
    struct recognition_face face;
};

/* Of IndexFaces. */
struct recognition_records {
    struct json *document;
    struct recognition_record *records;
    size_t count;
    size_t left_out;    /* faces that were seen and not kept */
    const char *reason; /* of the first of them; NULL: none was given */
};
int recognition_records_read(struct recognition_records *records,
                             const char *body, size_t len) MUST_CHECK;
void recognition_records_finish(struct recognition_records *records);

/* A face of the target. */
struct recognition_compared {
    struct picture_area box;
    double confidence;
    bool is_match; /* at or above the threshold */
    double similarity;
};

/* Of CompareFaces: the matches first, then the others. */
struct recognition_comparison {
    struct picture_area source_box;
    double source_confidence;
    struct recognition_compared *faces;
    size_t count;
};
int recognition_comparison_read(struct recognition_comparison *comparison,
                                const char *body, size_t len) MUST_CHECK;
void recognition_comparison_finish(struct recognition_comparison *comparison);

/* A face that was not deleted. */
struct recognition_survivor {
    char face_id[UUID_BYTES];
    bool was_missing;   /* there is no such face: as good as deleted */
    const char *reason; /* the first; NULL: none was given */
};

/* Of DeleteFaces. */
struct recognition_deletion {
    struct json *document;
    char (*deleted)[UUID_BYTES];
    size_t deleted_count;
    struct recognition_survivor *survivors;
    size_t survivor_count;
};
int recognition_deletion_read(struct recognition_deletion *deletion,
                              const char *body, size_t len) MUST_CHECK;
void recognition_deletion_finish(struct recognition_deletion *deletion);

/* A face that the collection has. */
struct recognition_listed {
    char face_id[UUID_BYTES];
    const char *external_image_id; /* NULL: it has none */
};

/* Of ListFaces: one page. */
struct recognition_listing {
    struct json *document;
    struct recognition_listed *faces;
    size_t count;
    const char *next_token; /* NULL: it is the last page */
};
int recognition_listing_read(struct recognition_listing *listing,
                             const char *body, size_t len) MUST_CHECK;
void recognition_listing_finish(struct recognition_listing *listing);

/* ---- what a refusal means ---- */

enum recognition_meaning {
    RECOGNITION_TRANSIENT,    /* it may work later */
    RECOGNITION_THROTTLED,    /* too many at once */
    RECOGNITION_IMAGE_BAD,    /* this image will never do */
    RECOGNITION_NO_FACE,      /* there is none in an image that needs one */
    RECOGNITION_FACE_MISSING, /* the collection has not the face asked for */
    RECOGNITION_COLLECTION_MISSING,
    RECOGNITION_COLLECTION_EXISTS,
    RECOGNITION_DENIED,  /* signature or credentials: an operator must look */
    RECOGNITION_REFUSED, /* anything else */
    RECOGNITION_MEANINGS,
};

/* "no_face": the word for logs and metrics. */
const char *recognition_meaning_name(enum recognition_meaning meaning);

struct recognition_refusal {
    enum recognition_meaning meaning;
    char name[64];     /* "ThrottlingException"; "" if it says none */
    char message[256]; /* what it says, perhaps cut; "" if nothing */
};

/* Reads an answer with another status than 200, whatever its body is.
 * `type_header` is its x-amzn-ErrorType; NULL: it has none. */
void recognition_refusal_read(struct recognition_refusal *refusal,
                              enum recognition_operation operation, int status,
                              const char *type_header, const char *body,
                              size_t len);
