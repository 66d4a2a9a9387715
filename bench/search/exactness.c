/*
 * exactness.c - ten thousand searches, held to a plain loop
 *
 * Half of the faces are of people, half at random.  Of those who are looked for
 * a third is there with the same vector, a third with another photo, a third
 * is nobody.  Both cores take one search after the other: the plain loop is
 * what takes long.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "dot.h"
#include "exactness.h"
#include "faces.h"
#include "gallery.h"
#include "log.h"
#include "xalloc.h"

enum {
    BEST = 10,
    CHECKED = 10000,
    CHECKED_FACES = 20000,
    THREADS = 2,
};

typedef float vector[FACES_LENGTH];

struct check {
    struct gallery *gallery;
    vector *vectors; /* of the faces that are there */
    vector *wanted;
    atomic_size_t next;  /* search */
    atomic_size_t right; /* places of all searches */
};

/* The ten best of a plain loop, in falling order. */
static void search_plainly(const struct check *check, const float *wanted,
                           double cosines[static BEST],
                           size_t numbers[static BEST])
{
    size_t count = 0;

    for (size_t i = 0; i < CHECKED_FACES; i++) {
        double cosine = dot_plain(wanted, check->vectors[i], FACES_LENGTH);
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
static size_t search_both(const struct check *check, const float *wanted)
{
    struct gallery_query query = {
        .vector = wanted, .cosine_min = -2, .most = BEST};
    double cosines[BEST];
    size_t numbers[BEST], right = 0;
    struct matches matches;

    search_plainly(check, wanted, cosines, numbers);
    gallery_search(check->gallery, &query, &matches);
    for (size_t i = 0; i < matches.count; i++) {
        char text[2 * UUID_BYTES];
        struct record record = faces_record(numbers[i], text);

        right += strcmp(record.id, matches.list[i].record.id) == 0 &&
                 cosines[i] == matches.list[i].cosine;
    }
    matches_finish(&matches);
    return right;
}

static void on_thread(void *owner)
{
    struct check *check = owner;

    for (size_t i; (i = atomic_fetch_add(&check->next, 1)) < CHECKED;)
        atomic_fetch_add(&check->right, search_both(check, check->wanted[i]));
}

static void add_face(struct check *check, size_t number)
{
    char text[2 * UUID_BYTES];
    struct record record = faces_record(number, text);

    if (gallery_add(check->gallery, &record, check->vectors[number]) != 0)
        fatal("a face could not be added");
}

/* A person's face is followed by one at random; one of both is looked for. */
static void choose(struct check *check)
{
    struct faces sources[2];

    faces_begin(&sources[0], true);
    faces_begin(&sources[1], false);
    for (size_t i = 0; i < CHECKED_FACES; i++) {
        struct faces *source = &sources[i % 2];
        size_t search = i / 2;

        faces_next(source, check->vectors[i]);
        add_face(check, i);
        if (search / 3 % 2 != i % 2)
            continue;
        if (search % 3 == 0)
            memcpy(check->wanted[search], check->vectors[i], sizeof(vector));
        else if (search % 3 == 1)
            faces_again(source, check->wanted[search]);
    }
    for (size_t i = 2; i < CHECKED; i += 3)
        faces_next(&sources[1], check->wanted[i]);
}

double exactness_measure(void)
{
    struct check check = {
        .gallery = gallery_create(FACES_LENGTH, SIZE_MAX),
        .vectors = xcalloc(CHECKED_FACES, sizeof(vector)),
        .wanted = xcalloc(CHECKED, sizeof(vector)),
    };
    uv_thread_t threads[THREADS];

    choose(&check);
    for (size_t i = 0; i < THREADS; i++)
        uv_thread_create(&threads[i], on_thread, &check);
    for (size_t i = 0; i < THREADS; i++)
        uv_thread_join(&threads[i]);
    gallery_destroy(check.gallery);
    free(check.vectors);
    free(check.wanted);
    return 100.0 * (double)check.right / (CHECKED * BEST);
}
