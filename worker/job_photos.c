/*
 * job_photos.c - the photos of a job
 *
 * One after the other, each in stages.  What stands between a photo and the
 * question to the endpoint is done before it: fetch, fit, and keep the view
 * that browsers need of what they do not show.  The thumbnail comes when the
 * job has ended.  One that cannot be made or kept is no reason to fail: the
 * photo itself is shown then.
 */
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "image_key.h"
#include "job_photos.h"
#include "json.h"
#include "log.h"
#include "xalloc.h"

static int fetch(struct job_photos *photos);
static int fit(struct job_photos *photos);
static int print_view_of_heic(struct job_photos *photos);
static int keep_view(struct job_photos *photos);
static int print_small(struct job_photos *photos);
static int keep_thumb(struct job_photos *photos);
static int leave_nothing_of_erased(struct job_photos *photos);

static job_photos_stage *const loading[] = {
    fetch, fit, print_view_of_heic, keep_view, leave_nothing_of_erased, NULL};
static job_photos_stage *const ending[] = {print_small, keep_thumb,
                                           leave_nothing_of_erased, NULL};

static const char *const roles[JOB_PHOTOS_MAX] = {"source", "target"};

void job_photos_finish(struct job_photos *photos)
{
    for (size_t i = 0; i < photos->count; i++) {
        photo_destroy(photos->list[i].photo);
        free(photos->list[i].key);
        free(photos->list[i].type);
    }
    buffer_finish(&photos->print);
    free(photos->kept);
    person_find_finish(&photos->person);
    *photos = (struct job_photos){0};
}

/* Goes on until a stage is PENDING, fails, or all photos are through. */
static int go_on(struct job_photos *photos, int error)
{
    while (error == 0 && photos->at < photos->count) {
        if (!photos->stages[photos->stage]) {
            photos->stage = 0;
            photos->at++;
            continue;
        }
        error = photos->stages[photos->stage++](photos);
    }
    return error;
}

static void wake(void *owner, int error)
{
    struct job_photos *photos = owner;

    error = go_on(photos, error);
    if (error != PENDING)
        photos->done(photos->owner, error);
}

static int begin(struct job_photos *photos, job_photos_stage *const *stages,
                 done_fn *done, void *owner)
{
    photos->stages = stages;
    photos->stage = 0;
    photos->at = 0;
    photos->done = done;
    photos->owner = owner;
    return go_on(photos, 0);
}

/* ---- loading ---- */

static void on_fetched(void *owner, int error, char *bytes, size_t len)
{
    struct job_photos *photos = owner;

    if (error == 0)
        photos->list[photos->at].photo = photo_create(bytes, len);
    wake(photos, error);
}

/* It was written a moment ago; who looks at it later looks at a print. */
static int fetch(struct job_photos *photos)
{
    const struct tools *tools = photos->tools;

    return store_get_once(tools->store, photos->list[photos->at].key,
                          (size_t)tools->settings->image_bytes, on_fetched,
                          photos);
}

static int fit(struct job_photos *photos)
{
    return photo_fit(photos->tools->darkroom, photos->list[photos->at].photo,
                     wake, photos);
}

/* ---- prints ---- */

static void on_printed(void *owner, int error)
{
    struct job_photos *photos = owner;

    if (error)
        buffer_clear(&photos->print);
    wake(photos, 0);
}

static int make_print(struct job_photos *photos, const struct print *print)
{
    struct photo *photo = photos->list[photos->at].photo;
    int result = DONE;

    buffer_clear(&photos->print);
    if (photo) /* it may not have been loaded */
        result = photo_print(photos->tools->darkroom, photo, print,
                             &photos->print, on_printed, photos);
    return result == PENDING ? PENDING : DONE;
}

static void on_kept(void *owner, int error)
{
    struct job_photos *photos = owner;

    if (error)
        log_info("images: a print was not kept: %s", error_name(error));
    buffer_clear(&photos->print);
    wake(photos, 0);
}

/* A crash may take a thumbnail along, but no view: nothing else can be shown.
 */
static int keep(struct job_photos *photos, const struct print *print)
{
    struct store *store = photos->tools->store;
    const struct buffer *jpeg = &photos->print;
    int result;

    if (jpeg->len == 0)
        return DONE;
    free(photos->kept);
    photos->kept =
        image_key_print(photos->row->id, roles[photos->at], print->name);
    if (print == &print_thumb)
        result = store_put_loosely(store, photos->kept, jpeg->bytes, jpeg->len,
                                   on_kept, photos);
    else
        result = store_put(store, photos->kept, jpeg->bytes, jpeg->len, on_kept,
                           photos);
    return result == PENDING ? PENDING : DONE;
}

/* Browsers show everything that we take but HEIC. */
static int print_view_of_heic(struct job_photos *photos)
{
    if (strcmp(photos->list[photos->at].type, "image/heic") != 0)
        return DONE;
    return make_print(photos, &print_view);
}

static int keep_view(struct job_photos *photos)
{
    return keep(photos, &print_view);
}

static int print_small(struct job_photos *photos)
{
    return make_print(photos, &print_thumb);
}

static int keep_thumb(struct job_photos *photos)
{
    return keep(photos, &print_thumb);
}

/* ---- whoever was erased meanwhile ---- */

static void on_removed(void *owner, int error)
{
    struct job_photos *photos = owner;

    if (error)
        log_warn("job=%s a print of somebody erased is still there: %s",
                 photos->row->id, error_name(error));
    wake(photos, 0);
}

/* A job that is done has made a face, which may be erased by itself. */
static bool is_erased(const struct job_photos *photos, int error)
{
    const struct face_rows *faces = &photos->person.faces;
    size_t i = 0;

    if (error || photos->row->status != JOB_DONE)
        return error == E_NOT_FOUND;
    while (i < faces->count && strcmp(faces->rows[i].job, photos->row->id) != 0)
        i++;
    return i == faces->count;
}

static void on_person(void *owner, int error)
{
    struct job_photos *photos = owner;
    int result = DONE;

    if (is_erased(photos, error))
        result = store_remove(photos->tools->store, photos->kept, on_removed,
                              photos);
    if (result != PENDING)
        on_removed(photos, result);
}

/* An erasure removes the prints that it finds.  One that was kept behind its
 * back is removed here; of whoever is still there now, a later erasure finds
 * it. */
static int leave_nothing_of_erased(struct job_photos *photos)
{
    const struct job_row *row = photos->row;
    int result;

    if (!photos->kept || row->kind != JOB_ENROLL)
        return DONE;
    person_find_finish(&photos->person);
    photos->person =
        (struct person_find){.collection = row->collection, .id = row->person};
    result = person_find(photos->tools->database, &photos->person, on_person,
                         photos);
    return result == PENDING ? PENDING : DONE;
}

/* ---- for the job ---- */

int job_photos_load(struct job_photos *photos, const struct tools *tools,
                    const struct job_row *row, done_fn *done, void *owner)
{
    struct json *list = json_parse(row->images, strlen(row->images));

    *photos = (struct job_photos){.tools = tools, .row = row};
    for (const struct json *image = json_first(list);
         image && photos->count < JOB_PHOTOS_MAX; image = json_next(image)) {
        photos->list[photos->count].key =
            xstrdup(json_get_text(image, "key", ""));
        photos->list[photos->count].type =
            xstrdup(json_get_text(image, "type", ""));
        photos->count++;
    }
    json_destroy(list);
    return begin(photos, loading, done, owner);
}

int job_photos_keep_thumbs(struct job_photos *photos, done_fn *done,
                           void *owner)
{
    return begin(photos, ending, done, owner);
}
