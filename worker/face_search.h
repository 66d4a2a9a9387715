#pragma once

#include "darkroom.h"
#include "face_match.h"
#include "json.h"
#include "people.h"
#include "search_options.h"
#include "tools.h"

/*
 * The search for one face of a photo: it is cut out where that is needed, the
 * endpoint is asked whom it resembles, and the faces that it names are looked
 * up.
 */
struct face_search;

struct face_request {
    const struct asker *asker;
    const char *collection; /* ours */
    struct photo *photo;
    struct picture_area box;
    bool is_alone; /* it is the photo's largest, and no other is searched */
    double confidence;
    const struct search_options *options;
    int64_t delay_us; /* before the endpoint may be asked */
};

/* Called once, later.  E_INVALID: the photo is damaged; other errors may pass.
 */
typedef void face_search_fn(void *owner, struct face_search *search, int error);

struct face_search *face_search_create(const struct tools *tools,
                                       const struct face_request *request,
                                       face_search_fn *done,
                                       void *owner) MUST_CHECK;
void face_search_start(struct face_search *search);
/* Not while it is under way. */
void face_search_destroy(struct face_search *search);

/* What is known of the face: {"box","confidence","matches"}. */
struct json *face_search_json(const struct face_search *search) MUST_CHECK;

/* Whom it matches: the best face of each person, by falling similarity. */
size_t face_search_matches(const struct face_search *search,
                           const struct face_match **matches);
