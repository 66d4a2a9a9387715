/*
 * face_match.c - somebody whom a face resembles
 */
#include <string.h>

#include "face_match.h"

static bool is_known(const struct face_match *people, size_t count,
                     const char *person)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(people[i].owner->person, person) == 0)
            return true;
    return false;
}

size_t face_match_group(const struct face_owner *owners,
                        const double *similarities, size_t count,
                        struct face_match *people, size_t most)
{
    size_t found = 0;

    for (size_t i = 0; i < count && found < most; i++)
        if (owners[i].person && !is_known(people, found, owners[i].person))
            people[found++] = (struct face_match){&owners[i], similarities[i]};
    return found;
}

size_t face_match_merge(const struct face_match *matches, size_t count,
                        struct new_sighting *sightings, size_t sighting_count)
{
    for (size_t i = 0; i < count; i++) {
        const struct face_match *match = &matches[i];
        size_t k = 0;

        while (k < sighting_count &&
               strcmp(sightings[k].person, match->owner->person) != 0)
            k++;
        if (k == sighting_count)
            sightings[sighting_count++] =
                (struct new_sighting){match->owner->person, match->similarity};
        else if (sightings[k].similarity < match->similarity)
            sightings[k].similarity = match->similarity;
    }
    return sighting_count;
}

void face_match_add_person(struct json *object, const struct face_owner *owner)
{
    struct json *person = json_add(object, "person", json_object());

    json_add_text(person, "id", owner->person);
    json_add_text(person, "external_id", owner->external_id);
    json_add_text(person, "name", owner->name);
}
