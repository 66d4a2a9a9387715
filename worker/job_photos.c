/*
 * job_photos.c - the photos of a job
 *
 * One after the other, each in stages: fetch, develop, keep the thumbnail, keep
 * the view.  A thumbnail that cannot be kept is no reason to fail: the photo
 * itself is shown then.
 */
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "job_photos.h"
#include "json.h"
#include "log.h"
#include "xalloc.h"

static int fetch(struct job_photos *photos);
static int develop(struct job_photos *photos);
static int keep_thumb(struct job_photos *photos);
static int keep_view(struct job_photos *photos);

static int (*const stages[])(struct job_photos *photos) = {
    fetch, develop, keep_thumb, keep_view};

static const char *const roles[JOB_PHOTOS_MAX] = {"source", "target"};

void job_photos_finish(struct job_photos *photos)
{
    for (size_t i = 0; i < photos->count; i++) {
        photo_destroy(photos->list[i].photo);
        free(photos->list[i].key);
        free(photos->list[i].type);
    }
    *photos = (struct job_photos){0};
}

/* Goes on until a stage is PENDING, fails, or all photos are there. */
static int go_on(struct job_photos *photos, int error)
{
    while (error == 0 && photos->at < photos->count) {
        if (photos->stage == COUNT(stages)) {
            photos->stage = 0;
            photos->at++;
            continue;
        }
        error = stages[photos->stage++](photos);
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

static void on_fetched(void *owner, int error, char *bytes, size_t len)
{
    struct job_photos *photos = owner;

    if (error == 0)
        photos->list[photos->at].photo = photo_create(bytes, len);
    wake(photos, error);
}

static int fetch(struct job_photos *photos)
{
    const struct tools *tools = photos->tools;

    return store_get(tools->store, photos->list[photos->at].key,
                     (size_t)tools->settings->image_bytes, on_fetched, photos);
}

/* Browsers show everything that we take but HEIC. */
static int develop(struct job_photos *photos)
{
    bool has_view = strcmp(photos->list[photos->at].type, "image/heic") == 0;

    return photo_develop(photos->tools->darkroom,
                         photos->list[photos->at].photo, has_view, wake,
                         photos);
}

static void on_kept(void *owner, int error)
{
    if (error)
        log_info("images: a thumbnail was not kept: %s", error_name(error));
    wake(owner, 0);
}

static int keep(struct job_photos *photos, const struct buffer *jpeg,
                const char *size)
{
    char *key;
    int result;

    if (jpeg->len == 0)
        return DONE;
    key =
        xprintf("jobs/%s/%s-%s.jpg", photos->row->id, roles[photos->at], size);
    result = store_put(photos->tools->store, key, jpeg->bytes, jpeg->len,
                       on_kept, photos);
    free(key);
    return result == PENDING ? PENDING : DONE;
}

static int keep_thumb(struct job_photos *photos)
{
    return keep(photos, photo_thumb(photos->list[photos->at].photo), "thumb");
}

static int keep_view(struct job_photos *photos)
{
    return keep(photos, photo_view(photos->list[photos->at].photo), "view");
}

int job_photos_load(struct job_photos *photos, const struct tools *tools,
                    const struct job_row *row, done_fn *done, void *owner)
{
    struct json *list = json_parse(row->images, strlen(row->images));

    *photos = (struct job_photos){
        .tools = tools, .row = row, .done = done, .owner = owner};
    for (const struct json *image = json_first(list);
         image && photos->count < JOB_PHOTOS_MAX; image = json_next(image)) {
        photos->list[photos->count].key =
            xstrdup(json_get_text(image, "key", ""));
        photos->list[photos->count].type =
            xstrdup(json_get_text(image, "type", ""));
        photos->count++;
    }
    json_destroy(list);
    return go_on(photos, 0);
}
