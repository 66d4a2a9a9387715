/*
 * exactness.c - ten thousand searches, held to a plain loop
 */
#include <stdlib.h>
#include <string.h>

#include "dot.h"
#include "exactness.h"
#include "faces.h"
#include "gallery.h"
#include "log.h"
#include "xalloc.h"

enum { BEST = 10, CHECKED = 10000, CHECKED_FACES = 100000 };

/* The ten best of a plain loop, in falling order. */
static void search_plainly(const float (*vectors)[FACES_LENGTH],
                           const float *wanted, double cosines[static BEST],
                           size_t numbers[static BEST])
{
    size_t count = 0;

    for (size_t i = 0; i < CHECKED_FACES; i++) {
        double cosine = dot_plain(wanted, vectors[i], FACES_LENGTH);
        size_t place;

        if (count == BEST && cosine <= cosines[BEST - 1])
            continue;
        count += count < BEST;
        for (place = count - 1; place > 0 && cosines[place - 1] < cosine;
             place--) {
            cosines[place] = cosines[place - 1];
            numbers[place] = numbers[place - 1];
        }
        cosines[place] = cosine;
        numbers[place] = i;
    }
}

/* How many of the ten best the search has in their places, to the last bit. */
static size_t check(struct gallery *gallery,
                    const float (*vectors)[FACES_LENGTH], const float *wanted)
{
    struct gallery_query query = {
        .vector = wanted, .cosine_min = -2, .most = BEST};
    double cosines[BEST];
    size_t numbers[BEST], right = 0;
    struct matches matches;

    search_plainly(vectors, wanted, cosines, numbers);
    gallery_search(gallery, &query, &matches);
    for (size_t i = 0; i < matches.count; i++) {
        char text[2 * UUID_BYTES];
        struct record record = faces_record(numbers[i], text);

        right += strcmp(record.id, matches.list[i].record.id) == 0 &&
                 cosines[i] == matches.list[i].cosine;
    }
    matches_finish(&matches);
    return right;
}

static void add_face(struct gallery *gallery, size_t number,
                     const float *vector)
{
    char text[2 * UUID_BYTES];
    struct record record = faces_record(number, text);

    if (gallery_add(gallery, &record, vector) != 0)
        fatal("a face could not be added");
}

/* Half of those who are looked for are there, half are nobody. */
double exactness_measure(void)
{
    float(*vectors)[FACES_LENGTH] = xcalloc(CHECKED_FACES, sizeof *vectors);
    struct gallery *gallery = gallery_create(FACES_LENGTH, SIZE_MAX);
    struct faces people, nobody;
    float wanted[FACES_LENGTH];
    size_t right = 0;

    faces_begin(&people, true);
    faces_begin(&nobody, false);
    for (size_t i = 0; i < CHECKED_FACES; i++) {
        faces_next(&people, vectors[i]);
        add_face(gallery, i, vectors[i]);
        faces_next(&nobody, wanted);
    }
    for (size_t i = 0; i < CHECKED; i++) {
        if (i % 2)
            faces_next(&nobody, wanted);
        else
            memcpy(wanted, vectors[i * (CHECKED_FACES / CHECKED)],
                   sizeof wanted);
        right += check(gallery, (const float(*)[FACES_LENGTH])vectors, wanted);
    }
    gallery_destroy(gallery);
    free(vectors);
    return 100.0 * (double)right / (CHECKED * BEST);
}
