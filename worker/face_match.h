#pragma once

#include "jobs.h"
#include "json.h"
#include "people.h"

/* Somebody whom a face resembles: the best of their faces. */
struct face_match {
    const struct face_owner *owner; /* has a person */
    double similarity;
};

/*
 * Groups faces, which come by falling similarity, by whose they are: so the
 * first face of a person is the best.  Faces that nobody of ours has are passed
 * over: they are on their way in or out.  At most `most` people; how many there
 * are.
 */
size_t face_match_group(const struct face_owner *owners,
                        const double *similarities, size_t count,
                        struct face_match *people, size_t most);

/* Adds matches to sightings, each person once with the best similarity.  There
 * must be room for all of them.  How many sightings there are then. */
size_t face_match_merge(const struct face_match *matches, size_t count,
                        struct new_sighting *sightings, size_t sighting_count);

/* Adds "person": {"id","external_id","name"}. */
void face_match_add_person(struct json *object, const struct face_owner *owner);
