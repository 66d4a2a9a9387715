#pragma once

#include "call.h"

/* Members that several operations have, as rows of their inputs' tables. */

#define COLLECTION_ID_ROW(type, field)                                         \
    {                                                                          \
        .name = "CollectionId", .kind = MEMBER_TEXT,                           \
        .offset = offsetof(type, field), .is_required = true, .least = 1,      \
        .most = 255, .pattern = &pattern_collection                            \
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

#define THRESHOLD_ROW(wire_name, type, field)                                  \
    {                                                                          \
        .name = (wire_name), .kind = MEMBER_FLOAT,                             \
        .offset = offsetof(type, field), .most = 100, .fallback = 80           \
    }

/* Of a search: how many matches at most. */
enum { MATCHES_MAX = 4096 };
#define MATCHES_ROW(type, field)                                               \
    {                                                                          \
        .name = "MaxFaces", .kind = MEMBER_INTEGER,                            \
        .offset = offsetof(type, field), .least = 1, .most = MATCHES_MAX,      \
        .fallback = MATCHES_MAX                                                \
    }

#define FACE_IDS_ROW(type, field, required)                                    \
    {                                                                          \
        .name = "FaceIds", .kind = MEMBER_TEXTS,                               \
        .offset = offsetof(type, field), .is_required = (required),            \
        .least = 1, .most = 4096, .elements = {                                \
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
