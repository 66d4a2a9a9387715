#pragma once

#include "call.h"

/* Members that several operations have, as rows of their inputs' tables. */

#define COLLECTION_ID_ROW(type, field)                                         \
    {                                                                          \
        .name = "CollectionId", .kind = MEMBER_TEXT,                           \
        .offset = offsetof(type, field), .is_required = true, .least = 1,      \
        .most = 255, .pattern = &pattern_collection                            \
    }

#define USER_ID_ROW(type, field, required)                                     \
    {                                                                          \
        .name = "UserId", .kind = MEMBER_TEXT,                                 \
        .offset = offsetof(type, field), .is_required = (required),            \
        .least = 1, .most = 128, .pattern = &pattern_external_id               \
    }

#define NEXT_TOKEN_ROW(type, field)                                            \
    {                                                                          \
        .name = "NextToken", .kind = MEMBER_TEXT,                              \
        .offset = offsetof(type, field), .most = 255                           \
    }

/* Of a list: how many a page has, unless MaxResults says so. */
enum { PAGE_USUAL = 1000 };
#define MAX_RESULTS_ROW(type, field)                                           \
    {                                                                          \
        .name = "MaxResults", .kind = MEMBER_INTEGER,                          \
        .offset = offsetof(type, field), .most = 4096                          \
    }

#define THRESHOLD_ROW(wire_name, type, field, usual)                           \
    {                                                                          \
        .name = (wire_name), .kind = MEMBER_FLOAT,                             \
        .offset = offsetof(type, field), .most = 100, .fallback = (usual)      \
    }

/* What AWS takes for a threshold that is not given. */
enum { MATCH_USUAL = 80, ASSOCIATION_USUAL = 75 };

/* Of a search: how many matches at most. */
enum { MATCHES_MAX = 4096 };
#define MATCHES_ROW(type, field)                                               \
    {                                                                          \
        .name = "MaxFaces", .kind = MEMBER_INTEGER,                            \
        .offset = offsetof(type, field), .least = 1, .most = MATCHES_MAX,      \
        .fallback = MATCHES_MAX                                                \
    }

/* The same of users, of which there may be fewer; also on a page. */
enum { USERS_MAX = 500 };
#define USERS_ROW(wire_name, type, field)                                      \
    {                                                                          \
        .name = (wire_name), .kind = MEMBER_INTEGER,                           \
        .offset = offsetof(type, field), .least = 1, .most = USERS_MAX,        \
        .fallback = USERS_MAX                                                  \
    }

enum { FACE_IDS_MAX = 4096, USER_FACE_IDS_MAX = 100 };
#define FACE_IDS_ROW(type, field, required, number)                            \
    {                                                                          \
        .name = "FaceIds", .kind = MEMBER_TEXTS,                               \
        .offset = offsetof(type, field), .is_required = (required),            \
        .least = 1, .most = (number), .elements = {                            \
            .pattern = &pattern_uuid                                           \
        }                                                                      \
    }

/* Attributes of faces: bits, see attributes.h. */
extern const struct member_words attribute_words;
#define ATTRIBUTES_ROW(wire_name, type, field)                                 \
    {                                                                          \
        .name = (wire_name), .kind = MEMBER_WORDS,                             \
        .offset = offsetof(type, field), .words = &attribute_words             \
    }

/* Tags are texts by texts. */
enum { TAGS_MAX = 200 };
#define TAGS_ROW(type, field, required)                                        \
    {                                                                          \
        .name = "Tags", .kind = MEMBER_MAP, .offset = offsetof(type, field),   \
        .is_required = (required), .most = TAGS_MAX,                           \
        .keys = {.least = 1, .most = 128, .pattern = &pattern_tag_key},        \
        .elements = {                                                          \
            .most = 256,                                                       \
            .pattern = &pattern_tag_value                                      \
        }                                                                      \
    }
