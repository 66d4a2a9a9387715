/*
 * leftovers.c - faces of somebody who was erased that no row knows of
 *
 * Page by page: on each, first the crops are removed and then the faces by
 * which they are found, so that what is cut short can be done again.
 */
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "image_key.h"
#include "leftovers.h"
#include "log.h"
#include "text.h"
#include "xalloc.h"

static void read_page(struct leftovers *leftovers);

void leftovers_finish(struct leftovers *leftovers)
{
    free(leftovers->name);
    free(leftovers->token);
    free(leftovers->faces);
    leftovers->name = leftovers->token = NULL;
    leftovers->faces = NULL;
    leftovers->count = 0;
}

/* ---- removing what a page has ---- */

static void turn_page(struct leftovers *leftovers)
{
    if (leftovers->token)
        read_page(leftovers);
    else
        leftovers->done(leftovers->owner, 0);
}

static void on_deleted(void *owner, const struct question_answer *answer)
{
    struct leftovers *leftovers = owner;

    if (answer->error && !question_found_nothing(answer)) {
        leftovers->wait_ms = answer->wait_ms;
        leftovers->done(leftovers->owner, answer->error);
        return;
    }
    log_info("job=%s %zu faces were left over, and are removed",
             leftovers->asker->job, leftovers->count);
    leftovers->removed += leftovers->count;
    turn_page(leftovers);
}

static void delete_faces(struct leftovers *leftovers)
{
    const char **ids = xcalloc(leftovers->count, sizeof *ids);
    struct buffer body = {0};

    for (size_t i = 0; i < leftovers->count; i++)
        ids[i] = leftovers->faces[i];
    recognition_write_delete_faces(leftovers->collection, ids, leftovers->count,
                                   &body);
    free(ids);
    question_ask(leftovers->tools, RECOGNITION_DELETE_FACES, leftovers->asker,
                 &body, on_deleted, leftovers);
}

static void remove_crops(void *owner, int error)
{
    struct leftovers *leftovers = owner;

    while (error == 0 && leftovers->crops_done < leftovers->count) {
        char *key = image_key_crop(leftovers->faces[leftovers->crops_done++]);

        error =
            store_remove(leftovers->tools->store, key, remove_crops, leftovers);
        free(key);
    }
    if (error == PENDING)
        return;
    if (error)
        leftovers->done(leftovers->owner, error);
    else if (leftovers->count)
        delete_faces(leftovers);
    else
        turn_page(leftovers);
}

/* ---- reading a page ---- */

/* Keeps the ids of those that bear the person's name. */
static void pick(struct leftovers *leftovers,
                 const struct recognition_listing *listing)
{
    leftovers->faces = xrealloc(leftovers->faces, (listing->count + 1) *
                                                      sizeof *leftovers->faces);
    leftovers->count = leftovers->crops_done = 0;
    for (size_t i = 0; i < listing->count; i++) {
        const struct recognition_listed *face = &listing->faces[i];

        if (face->external_image_id &&
            text_begins(face->external_image_id, leftovers->name))
            text_copy(leftovers->faces[leftovers->count++], UUID_BYTES,
                      face->face_id);
    }
}

static void on_page(void *owner, const struct question_answer *answer)
{
    struct leftovers *leftovers = owner;
    struct recognition_listing listing = {0};
    int error = answer->error;

    free(leftovers->token);
    leftovers->token = NULL;
    if (question_found_nothing(answer)) {
        leftovers->done(leftovers->owner, 0);
        return;
    }
    if (error == 0)
        error = recognition_listing_read(&listing, answer->body, answer->len);
    if (error) {
        leftovers->wait_ms = answer->wait_ms;
        leftovers->done(leftovers->owner, error);
        return;
    }
    pick(leftovers, &listing);
    leftovers->token = xstrdup(listing.next_token);
    recognition_listing_finish(&listing);
    remove_crops(leftovers, 0);
}

static void read_page(struct leftovers *leftovers)
{
    struct buffer body = {0};

    recognition_write_list_faces(leftovers->collection, leftovers->token,
                                 &body);
    question_ask(leftovers->tools, RECOGNITION_LIST_FACES, leftovers->asker,
                 &body, on_page, leftovers);
}

void leftovers_remove(struct leftovers *leftovers, done_fn *done, void *owner)
{
    leftovers->name = xprintf("%s:", leftovers->person);
    leftovers->done = done;
    leftovers->owner = owner;
    read_page(leftovers);
}
