/*
 * search_work.c - the search of a photo
 *
 * First the faces are found, in the photo as it came; then each has a
 * face_search of its own, all at the same time.  A search whose turn at the
 * endpoint is far away ends early and leaves what it has found so far as
 * progress, so that the next attempt need not find it again.
 */
#include <stdlib.h>
#include <string.h>

#include "box.h"
#include "errors.h"
#include "face_search.h"
#include "log.h"
#include "search_work.h"
#include "text.h"
#include "xalloc.h"

/* How long a call waits for its turn here. */
enum { PATIENCE_US = PACER_PATIENCE_MS * 1000 };

struct found_face {
    struct picture_area box;
    double confidence;
};

struct search_work {
    const struct tools *tools;
    const struct search_request *request;
    const struct search_events *events;
    void *owner;
    uv_timer_t timer;
    struct found_face *faces; /* the largest first */
    size_t face_count;
    struct face_search **searches;
    struct json **results;
    size_t pending; /* faces that are not done yet, and whoever starts them */
    int error;      /* the first of a face */
};

static void find_faces(struct search_work *work);
static void reserve_turns(struct search_work *work);

/* ---- the end ---- */

static void on_closed(uv_handle_t *handle)
{
    free(container_of(handle, struct search_work, timer));
}

static void end(struct search_work *work, const struct search_outcome *outcome)
{
    work->events->on_end(work->owner, outcome);
    for (size_t i = 0; i < work->face_count && work->searches; i++) {
        face_search_destroy(work->searches[i]);
        json_destroy(work->results[i]);
    }
    free(work->searches);
    free(work->results);
    free(work->faces);
    uv_close((uv_handle_t *)&work->timer, on_closed);
}

static void end_with(struct search_work *work, int error)
{
    end(work, &(struct search_outcome){.error = error});
}

/* {"faces":[{"box","confidence"},…]} */
static char *write_progress(const struct search_work *work)
{
    struct json *progress = json_object();
    struct json *list = json_add(progress, "faces", json_array());

    for (size_t i = 0; i < work->face_count; i++) {
        struct json *face = json_append(list, json_object());

        json_add(face, "box", box_json(&work->faces[i].box));
        json_add_number(face, "confidence", work->faces[i].confidence);
    }
    return json_print_and_destroy(progress);
}

/* Its turn is too far away to wait for it here. */
static void end_postponed(struct search_work *work, int64_t wait_us,
                          bool has_faces)
{
    char *progress = has_faces ? write_progress(work) : NULL;

    end(work, &(struct search_outcome){.error = E_BUSY,
                                       .wait_ms = wait_us / 1000,
                                       .progress = progress});
    free(progress);
}

/* ---- the result ---- */

/* Each person once, with the best that any face has. */
static size_t collect_sightings(const struct search_work *work,
                                struct new_sighting **sightings)
{
    size_t count = 0, most = 0;

    for (size_t i = 0; i < work->face_count; i++) {
        const struct face_match *matches;

        most += face_search_matches(work->searches[i], &matches);
    }
    *sightings = xcalloc(most, sizeof **sightings);
    for (size_t i = 0; i < work->face_count; i++) {
        const struct face_match *matches;
        size_t match_count = face_search_matches(work->searches[i], &matches);

        count = face_match_merge(matches, match_count, *sightings, count);
    }
    return count;
}

static struct json *write_result(struct search_work *work)
{
    const struct search_request *request = work->request;
    struct json *result = json_object();
    struct json *image = json_add(result, "image", json_object());
    struct json *faces;

    json_add_number(image, "width", photo_width(request->photo));
    json_add_number(image, "height", photo_height(request->photo));
    json_add_text(image, "type", request->image_type);
    json_add_number(result, "threshold", request->options.threshold);
    json_add_text(result, "engine",
                  recognizer_client_engine(work->tools->recognizer));
    faces = json_add(result, "faces", json_array());
    for (size_t i = 0; i < work->face_count; i++) {
        json_append(faces, work->results[i]);
        work->results[i] = NULL;
    }
    return result;
}

static void end_done(struct search_work *work)
{
    struct search_outcome outcome = {.problem = PROBLEM_NONE};
    struct new_sighting *sightings = NULL;

    outcome.sighting_count = collect_sightings(work, &sightings);
    outcome.sightings = sightings;
    outcome.result = write_result(work);
    end(work, &outcome);
    free(sightings);
}

/* ---- each face ---- */

static void face_over(struct search_work *work)
{
    if (--work->pending > 0)
        return;
    if (work->error == E_INVALID)
        end(work, &(struct search_outcome){.problem = PROBLEM_IMAGE_DAMAGED});
    else if (work->error)
        end_with(work, work->error);
    else
        end_done(work);
}

static void on_face_searched(void *owner, struct face_search *search, int error)
{
    struct search_work *work = owner;
    size_t index = 0;

    while (work->searches[index] != search)
        index++;
    if (error && !work->error)
        work->error = error;
    if (error == 0) {
        work->results[index] = face_search_json(search);
        work->events->on_face(work->owner, index, work->face_count,
                              work->results[index]);
    }
    face_over(work);
}

static void search_faces(struct search_work *work, const struct pace *pace)
{
    work->searches = xcalloc(work->face_count, sizeof *work->searches);
    work->results = xcalloc(work->face_count, sizeof *work->results);
    work->pending = 1;
    for (size_t i = 0; i < work->face_count; i++) {
        struct face_request request = {
            .asker = work->request->asker,
            .collection = work->request->collection,
            .photo = work->request->photo,
            .box = work->faces[i].box,
            .is_alone = work->face_count == 1,
            .confidence = work->faces[i].confidence,
            .options = &work->request->options,
            .delay_us = pace->wait_us + (int64_t)i * pace->interval_us,
        };

        work->searches[i] =
            face_search_create(work->tools, &request, on_face_searched, work);
    }
    for (size_t i = 0; i < work->face_count; i++) {
        work->pending++;
        face_search_start(work->searches[i]);
    }
    face_over(work);
}

static void on_turns(void *owner, const struct pace *pace)
{
    struct search_work *work = owner;

    if (pace->wait_us > PATIENCE_US)
        end_postponed(work, pace->wait_us, true);
    else
        search_faces(work, pace);
}

/* One reservation for all faces, so that half a photo never waits long. */
static void reserve_turns(struct search_work *work)
{
    struct pace pace;

    if (work->face_count == 0)
        end_done(work);
    else if (pacer_reserve(work->tools->pacer,
                           RECOGNITION_SEARCH_FACES_BY_IMAGE,
                           work->request->asker->job, work->face_count,
                           work->request->asker->is_backfill, &pace, on_turns,
                           work) == DONE)
        on_turns(work, &pace);
}

/* ---- finding faces ---- */

static int by_size(const void *one, const void *other)
{
    const struct found_face *a = one, *b = other;
    double size_a = a->box.width * a->box.height;
    double size_b = b->box.width * b->box.height;

    return size_a < size_b ? 1 : size_a > size_b ? -1 : 0;
}

static void keep_faces(struct search_work *work)
{
    if (work->face_count > 1)
        qsort(work->faces, work->face_count, sizeof *work->faces, by_size);
    if (work->request->options.largest && work->face_count > 1)
        work->face_count = 1;
    reserve_turns(work);
}

static void on_detected(void *owner, int error,
                        const struct recognizer_reply *reply)
{
    struct search_work *work = owner;
    struct recognition_faces found = {0};

    if (error == E_REFUSED && reply->refusal.meaning == RECOGNITION_IMAGE_BAD) {
        end(work, &(struct search_outcome){.problem = PROBLEM_IMAGE_DAMAGED});
        return;
    }
    if (error == E_REFUSED)
        error = tools_refused(work->tools, RECOGNITION_DETECT_FACES,
                              &reply->refusal);
    else if (error == 0)
        error = recognition_faces_read(&found, reply->body, reply->len);
    if (error == E_REFUSED) {
        end(work,
            &(struct search_outcome){.problem = PROBLEM_RECOGNITION_REFUSED});
        return;
    }
    if (error) {
        end_with(work, error);
        return;
    }
    work->face_count = found.count;
    work->faces = xcalloc(found.count, sizeof *work->faces);
    for (size_t i = 0; i < found.count; i++)
        work->faces[i] =
            (struct found_face){found.faces[i].box, found.faces[i].confidence};
    recognition_faces_finish(&found);
    keep_faces(work);
}

static void detect(struct search_work *work)
{
    struct buffer body = {0};
    int error;

    recognition_write_detect_faces(photo_image(work->request->photo), false,
                                   &body);
    error =
        recognizer_client_ask(work->tools->recognizer, RECOGNITION_DETECT_FACES,
                              work->request->asker, &body, on_detected, work);
    if (error != PENDING)
        end_with(work, error);
}

static void on_detect_time(uv_timer_t *timer)
{
    detect(container_of(timer, struct search_work, timer));
}

static void on_detect_turn(void *owner, const struct pace *pace)
{
    struct search_work *work = owner;

    if (pace->wait_us > PATIENCE_US)
        end_postponed(work, pace->wait_us, false);
    else if (pace->wait_us > 1000)
        uv_timer_start(&work->timer, on_detect_time,
                       (uint64_t)(pace->wait_us / 1000), 0);
    else
        detect(work);
}

static void find_faces(struct search_work *work)
{
    struct pace pace;

    if (pacer_reserve(work->tools->pacer, RECOGNITION_DETECT_FACES,
                      work->request->asker->job, 1,
                      work->request->asker->is_backfill, &pace, on_detect_turn,
                      work) == DONE)
        on_detect_turn(work, &pace);
}

/* What an earlier attempt has found; false if it has left nothing. */
static bool read_progress(struct search_work *work)
{
    const char *text = work->request->progress;
    struct json *progress = text ? json_parse(text, strlen(text)) : NULL;
    const struct json *list = json_get(progress, "faces");

    if (json_is_array(list)) {
        work->faces = xcalloc(json_count(list), sizeof *work->faces);
        for (const struct json *face = json_first(list); face;
             face = json_next(face)) {
            struct found_face *found = &work->faces[work->face_count];

            found->confidence = json_get_number(face, "confidence", 0);
            work->face_count += box_read(json_get(face, "box"), &found->box);
        }
    }
    json_destroy(progress);
    return work->faces != NULL;
}

void search_work_start(const struct tools *tools,
                       const struct search_request *request,
                       const struct search_events *events, void *owner)
{
    struct search_work *work = xcalloc(1, sizeof *work);

    work->tools = tools;
    work->request = request;
    work->events = events;
    work->owner = owner;
    uv_timer_init(tools->loop, &work->timer);
    if (read_progress(work))
        reserve_turns(work);
    else
        find_faces(work);
}
