#pragma once

#include "call.h"
#include "image.h"
#include "recognizer.h"
#include "search.h"

/*
 * The work of an operation that searches with the largest good face of a photo.
 * The faces of a photo are all told; that one alone gets a vector.
 */
struct image_search {
    struct call call;
    const char *id; /* of the collection */
    struct image image;
    int filter;
    struct search search;
    struct recognition recognition;
    const struct face *face; /* the one that is searched; NULL: none is good */
    void (*look)(struct image_search *searching);
};

/* Recognizes the photo and calls `look`, where the call is not refused. */
void image_search_start(struct image_search *searching,
                        void (*look)(struct image_search *searching));

/* Searches a gallery of the collection, where a photo without a good face is
 * like nobody. */
void image_search_in(struct image_search *searching,
                     struct collection *collection, struct gallery *gallery,
                     void (*after)(struct crew_task *task));

/* The work that a search is part of. */
struct image_search *image_search_of(struct crew_task *task);

/* As an operation's. */
void image_search_finish(struct call *call);
