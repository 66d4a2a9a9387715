#pragma once

#include "basics.h"

/*
 * The regular expressions that texts of the protocol must match, each as it is
 * told and as it is checked.  There are few and they are simple, so each is a
 * function, and no engine for expressions runs on what strangers send.
 */
struct pattern {
    const char *text; /* as an error quotes it */
    bool (*fits)(const char *text);
};

extern const struct pattern pattern_collection;    /* letters digits _ . - */
extern const struct pattern pattern_external_id;   /* and : */
extern const struct pattern pattern_request_token; /* letters digits - _ */
extern const struct pattern pattern_uuid;
extern const struct pattern pattern_bucket;
extern const struct pattern pattern_tag_key;
extern const struct pattern pattern_tag_value;
