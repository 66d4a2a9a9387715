#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * The embedders that we know what to make of: the lines `curve` of models.lock,
 * each with the file's name, the version of its vectors, how many numbers they
 * have, and the two numbers of the curve from cosines to similarities.
 */
struct embedder {
    char name[128];
    char version[16]; /* as FaceModelVersion tells it */
    size_t length;
    double half;  /* the cosine that is worth 50 */
    double slope; /* how steep the curve is there */
};

/* The first of that length, or of that version; NULL: nobody knows it. */
const struct embedder *embedder_of_length(size_t length);
const struct embedder *embedder_of_version(const char *version);

/* Whether the first curve of that length is this file's.  Two embedders with
 * vectors of one length would share a curve that is right for one at most. */
bool embedder_has_curve(const char *name, size_t length);

/* Reads the lines of a lock, `most` at most; gives how many. */
size_t embedders_read(const char *lock, struct embedder *list, size_t most);
