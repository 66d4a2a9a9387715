/*
 * face_search.c - the search for one face of a photo
 *
 * The endpoint searches for the largest face of an image, so each face is cut
 * out with a margin that shows it whole.  Where a neighbour is larger in that
 * part, which the answer's box tells, it is cut anew with hardly any.
 *
 * A small photo that has no other face is shown as it is: then nothing is
 * decoded here at all.
 */
#include <stdlib.h>
#include <string.h>

#include "box.h"
#include "errors.h"
#include "face_search.h"
#include "log.h"
#include "text.h"
#include "xalloc.h"

enum {
    PIXELS_LEAST = 80, /* of an image, both ways: the endpoint's limit */
    CUT_LONGEST = 1024,
    /* Of a photo that is sent once more as it is: what is cut out of a larger
     * one is sooner sent, and sooner decoded there. */
    WHOLE_BYTES_MAX = 512 * 1024,
    MATCHES_ASKED = 100, /* faces: a person may have many */
};

/* Measured: with 0.4 faces that are tilted are found again in what was cut, and
 * with more than 0.6 neighbours get in. */
static const double wide_margin = 0.4;
static const double narrow_margin = 0.1;

/* What the endpoint is shown, in the order in which it is tried. */
enum view {
    WHOLE,  /* the photo as it is */
    WIDE,   /* the face with a margin that shows it whole */
    NARROW, /* hardly more than the face */
};

struct face_search {
    const struct tools *tools;
    struct face_request request;
    face_search_fn *done;
    void *owner;
    const struct step *step;
    struct cut cut;
    enum view view;
    char *collection; /* the endpoint's name of it */
    uv_timer_t timer;
    struct recognition_matches answer;
    struct face_owner *owners; /* of the faces that matched */
    double *similarities;
    struct faces_name names;
    struct face_match *matches; /* grouped by person */
    size_t match_count;
};

static int develop(struct face_search *search);
static int cut_out(struct face_search *search);
static int wait_turn(struct face_search *search);
static int ask(struct face_search *search);
static int look_up(struct face_search *search);
static int group(struct face_search *search);

static const struct step {
    int (*run)(struct face_search *search); /* DONE, PENDING or an error */
} steps[] = {{develop}, {cut_out}, {wait_turn}, {ask}, {look_up}, {group}};
static const struct step *const end_of_steps = &steps[COUNT(steps)];

struct face_search *face_search_create(const struct tools *tools,
                                       const struct face_request *request,
                                       face_search_fn *done, void *owner)
{
    struct face_search *search = xcalloc(1, sizeof *search);

    search->tools = tools;
    search->request = *request;
    search->done = done;
    search->owner = owner;
    search->collection = tools_collection(tools, request->collection);
    uv_timer_init(tools->loop, &search->timer);
    return search;
}

static void on_closed(uv_handle_t *handle)
{
    free(container_of(handle, struct face_search, timer));
}

void face_search_destroy(struct face_search *search)
{
    if (!search)
        return;
    buffer_finish(&search->cut.jpeg);
    recognition_matches_finish(&search->answer);
    for (size_t i = 0; i < search->names.count; i++)
        face_owner_finish(&search->owners[i]);
    free(search->owners);
    free(search->similarities);
    free(search->matches);
    free(search->collection);
    uv_close((uv_handle_t *)&search->timer, on_closed);
}

/* ---- walking ---- */

/* Takes what the current step came to, and walks on until one is PENDING. */
static void wake(void *owner, int error)
{
    struct face_search *search = owner;

    while (error == 0 && ++search->step != end_of_steps)
        error = search->step->run(search);
    if (error != PENDING)
        search->done(search->owner, search, error);
}

static void walk_anew(struct face_search *search)
{
    search->step = steps;
    wake(search, search->step->run(search));
}

void face_search_start(struct face_search *search)
{
    bool is_small = photo_image(search->request.photo).len <= WHOLE_BYTES_MAX;

    search->view = search->request.is_alone && is_small ? WHOLE : WIDE;
    walk_anew(search);
}

/* ---- the image ---- */

static int develop(struct face_search *search)
{
    if (search->view == WHOLE)
        return DONE;
    return photo_develop(search->tools->darkroom, search->request.photo, wake,
                         search);
}

static int cut_out(struct face_search *search)
{
    if (search->view == WHOLE) {
        search->cut.window = (struct picture_area){0, 0, 1, 1};
        return DONE;
    }
    search->cut.area = search->request.box;
    search->cut.margin = search->view == WIDE ? wide_margin : narrow_margin;
    search->cut.least = PIXELS_LEAST;
    search->cut.longest = CUT_LONGEST;
    return photo_cut(search->tools->darkroom, search->request.photo,
                     &search->cut, wake, search);
}

static void on_turn(uv_timer_t *timer)
{
    wake(container_of(timer, struct face_search, timer), 0);
}

static int wait_turn(struct face_search *search)
{
    int64_t delay_us = search->request.delay_us;

    search->request.delay_us = 0; /* that was for the first question */
    if (delay_us < 1000)
        return DONE;
    uv_timer_start(&search->timer, on_turn, (uint64_t)(delay_us / 1000), 0);
    return PENDING;
}

/* ---- asking ---- */

/* Whether the face that the endpoint searched for is ours. */
static bool is_our_face(const struct face_search *search)
{
    const struct picture_area *window = &search->cut.window;
    const struct picture_area *found = &search->answer.box;
    struct picture_area in_photo = {
        .left = window->left + found->left * window->width,
        .top = window->top + found->top * window->height,
        .width = found->width * window->width,
        .height = found->height * window->height,
    };

    return !search->answer.has_box ||
           box_overlap(&in_photo, &search->request.box) > 0.3;
}

/* A face that cannot be found again in what was cut out is nobody we know; so
 * is every face where the collection was never made. */
static int read_refusal(struct face_search *search,
                        const struct recognition_refusal *refusal)
{
    if (refusal->meaning == RECOGNITION_NO_FACE ||
        refusal->meaning == RECOGNITION_COLLECTION_MISSING)
        return 0;
    return tools_refused(search->tools, RECOGNITION_SEARCH_FACES_BY_IMAGE,
                         refusal);
}

static void on_answer(void *owner, int error,
                      const struct recognizer_reply *reply)
{
    struct face_search *search = owner;

    if (error == E_REFUSED)
        error = read_refusal(search, &reply->refusal);
    else if (error == 0)
        error =
            recognition_matches_read(&search->answer, reply->body, reply->len);
    if (error == 0 && !is_our_face(search)) {
        recognition_matches_finish(&search->answer);
        search->answer = (struct recognition_matches){0};
        if (search->view < NARROW) {
            search->view++;
            walk_anew(search);
            return;
        }
    }
    wake(search, error);
}

static int ask(struct face_search *search)
{
    struct buffer body = {0};
    struct recognition_image image = {search->cut.jpeg.bytes,
                                      search->cut.jpeg.len};

    if (search->view == WHOLE)
        image = photo_image(search->request.photo);
    recognition_write_search_by_image(search->collection, image,
                                      search->request.options->threshold,
                                      MATCHES_ASKED, &body);
    return recognizer_client_ask(
        search->tools->recognizer, RECOGNITION_SEARCH_FACES_BY_IMAGE,
        search->request.asker, &body, on_answer, search);
}

/* ---- naming ---- */

static int look_up(struct face_search *search)
{
    size_t count = search->answer.count;

    if (count == 0)
        return DONE;
    search->owners = xcalloc(count, sizeof *search->owners);
    search->similarities = xcalloc(count, sizeof *search->similarities);
    for (size_t i = 0; i < count; i++) {
        text_copy(search->owners[i].face, sizeof search->owners[i].face,
                  search->answer.matches[i].face_id);
        search->similarities[i] = search->answer.matches[i].similarity;
    }
    search->names =
        (struct faces_name){.collection = search->request.collection,
                            .faces = search->owners,
                            .count = count};
    return faces_name(search->tools->database, &search->names, wake, search);
}

static int group(struct face_search *search)
{
    size_t most = (size_t)search->request.options->max_matches;

    search->matches = xcalloc(most, sizeof *search->matches);
    search->match_count =
        face_match_group(search->owners, search->similarities,
                         search->names.count, search->matches, most);
    return DONE;
}

/* ---- what came of it ---- */

size_t face_search_matches(const struct face_search *search,
                           const struct face_match **matches)
{
    *matches = search->matches;
    return search->match_count;
}

struct json *face_search_json(const struct face_search *search)
{
    struct json *face = json_object();
    struct json *list;

    json_add(face, "box", box_json(&search->request.box));
    json_add_number(face, "confidence",
                    json_rounded(search->request.confidence));
    list = json_add(face, "matches", json_array());
    for (size_t i = 0; i < search->match_count; i++) {
        const struct face_match *match = &search->matches[i];
        struct json *object = json_append(list, json_object());

        face_match_add_person(object, match->owner);
        json_add_text(object, "face_id", match->owner->face);
        json_add_number(object, "similarity", json_rounded(match->similarity));
    }
    return face;
}
