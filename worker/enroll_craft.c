/*
 * enroll_craft.c - the craft of enrolling: one face of a photo becomes a
 * person's
 *
 * The photo must show one face, or the job says which.  That face is cut out
 * and indexed under a name that is this job's alone, so that a second attempt
 * gets the same face and not another one.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box.h"
#include "crafts.h"
#include "done.h"
#include "errors.h"
#include "log.h"
#include "people.h"
#include "question.h"
#include "text.h"
#include "xalloc.h"

enum {
    FACE_PIXELS_LEAST = 80, /* high */
    PIXELS_LEAST = 80,
    CUT_LONGEST = 1024,
    CROP_LONGEST = 256,
    RESEMBLING_MAX = 20,
};

static const double face_margin = 0.4;
static const double crop_margin = 0.25;
static const double resembling = 90; /* least similarity to be named */

struct enrolling {
    struct job *job;
    const struct tools *tools;
    const struct step *step;
    char *collection; /* the endpoint's name of it */
    struct picture_area box;
    double confidence;
    bool has_quality;
    double brightness, sharpness;
    struct cut cut;      /* what is indexed */
    struct cut crop;     /* what is shown */
    bool has_collection; /* it was made just now */
    char face_id[UUID_BYTES];
    struct face_owner owners[RESEMBLING_MAX];
    double similarities[RESEMBLING_MAX];
    struct faces_name names;
    struct person_find person;
    struct new_face face;
    enum problem problem;
    char detail[128];
    struct json *boxes;
    int64_t wait_ms;
};

static int find_face(struct enrolling *enrolling);
static int cut_face(struct enrolling *enrolling);
static int index_face(struct enrolling *enrolling);
static int find_resembling(struct enrolling *enrolling);
static int name_resembling(struct enrolling *enrolling);
static int read_person(struct enrolling *enrolling);
static int cut_crop(struct enrolling *enrolling);
static int keep_crop(struct enrolling *enrolling);

static const struct step {
    int (*run)(struct enrolling *enrolling); /* DONE, PENDING or an error */
} steps[] = {
    {find_face},       {cut_face},    {index_face}, {find_resembling},
    {name_resembling}, {read_person}, {cut_crop},   {keep_crop},
};
static const struct step *const end_of_steps = &steps[COUNT(steps)];

/* ---- the end ---- */

static void add_person(struct json *object, const char *id,
                       const char *external_id, const char *name)
{
    struct json *person = json_add(object, "person", json_object());

    json_add_text(person, "id", id);
    json_add_text(person, "external_id", external_id);
    json_add_text(person, "name", name);
}

/* Other people, each once, with the best of their faces. */
static void add_resembling(const struct enrolling *enrolling,
                           struct json *result)
{
    struct json *list = json_add(result, "resembles", json_array());
    const char *self = job_row(enrolling->job)->person;

    for (size_t i = 0; i < enrolling->names.count; i++) {
        const struct face_owner *owner = &enrolling->owners[i];
        bool is_new = owner->person && strcmp(owner->person, self) != 0;
        struct json *object;

        for (size_t k = 0; k < i && is_new; k++)
            is_new = !enrolling->owners[k].person ||
                     strcmp(enrolling->owners[k].person, owner->person) != 0;
        if (!is_new)
            continue;
        object = json_append(list, json_object());
        add_person(object, owner->person, owner->external_id, owner->name);
        json_add_number(object, "similarity",
                        json_rounded(enrolling->similarities[i]));
    }
}

static struct json *write_result(const struct enrolling *enrolling)
{
    const struct photo *photo = job_photo(enrolling->job, 0);
    const struct person_row *person = &enrolling->person.row;
    struct json *result = json_object();
    struct json *part;

    add_person(result, person->id, person->external_id, person->name);
    json_add_text(result, "face_id", enrolling->face_id);
    json_add(result, "box", box_json(&enrolling->box));
    json_add_number(result, "confidence", json_rounded(enrolling->confidence));
    part = json_add(result, "image", json_object());
    json_add_number(part, "width", photo_width(photo));
    json_add_number(part, "height", photo_height(photo));
    json_add_text(part, "type", job_photo_type(enrolling->job, 0));
    if (enrolling->has_quality) {
        part = json_add(result, "quality", json_object());
        json_add_number(part, "brightness",
                        json_rounded(enrolling->brightness));
        json_add_number(part, "sharpness", json_rounded(enrolling->sharpness));
    } else {
        json_add_null(result, "quality");
    }
    add_resembling(enrolling, result);
    return result;
}

/* Which of a person's faces shows them best: large, sharp and well lit. */
static double quality_of(const struct enrolling *enrolling)
{
    double pixels =
        enrolling->box.height * photo_height(job_photo(enrolling->job, 0));
    double measured = enrolling->has_quality
                          ? (enrolling->brightness + enrolling->sharpness) / 2
                          : 50;

    return measured + fmin(pixels, 400) / 4;
}

static void finish(struct enrolling *enrolling, int error)
{
    struct verdict verdict = {.error = error,
                              .wait_ms = enrolling->wait_ms,
                              .problem = enrolling->problem,
                              .boxes = enrolling->boxes};

    enrolling->boxes = NULL;
    if (enrolling->detail[0])
        verdict.detail = enrolling->detail;
    if (enrolling->problem != PROBLEM_NONE) {
        verdict.error = 0;
    } else if (error == 0) {
        enrolling->face =
            (struct new_face){.id = enrolling->face_id,
                              .person = job_row(enrolling->job)->person,
                              .left = enrolling->box.left,
                              .top = enrolling->box.top,
                              .width = enrolling->box.width,
                              .height = enrolling->box.height,
                              .confidence = enrolling->confidence,
                              .quality = quality_of(enrolling)};
        verdict.face = &enrolling->face;
        verdict.result = write_result(enrolling);
    }
    job_worked(enrolling->job, &verdict);
}

/* ---- walking ---- */

static void wake(void *owner, int error)
{
    struct enrolling *enrolling = owner;

    while (error == 0 && enrolling->problem == PROBLEM_NONE &&
           ++enrolling->step != end_of_steps)
        error = enrolling->step->run(enrolling);
    if (error != PENDING)
        finish(enrolling, error);
}

static int fail(struct enrolling *enrolling, enum problem problem)
{
    enrolling->problem = problem;
    return DONE;
}

static int ask(struct enrolling *enrolling,
               enum recognition_operation operation, struct buffer *body,
               question_fn *done)
{
    question_ask(enrolling->tools, operation, job_row(enrolling->job)->id,
                 job_is_backfill(enrolling->job), body, done, enrolling);
    return PENDING;
}

/* What is left of an answer that is no good: an error, or a problem. */
static int read_failure(struct enrolling *enrolling,
                        const struct question_answer *answer)
{
    enrolling->wait_ms = answer->wait_ms;
    if (answer->error != E_REFUSED)
        return answer->error;
    switch (answer->meaning) {
    case RECOGNITION_IMAGE_BAD:
        return fail(enrolling, PROBLEM_IMAGE_DAMAGED);
    case RECOGNITION_NO_FACE:
        return fail(enrolling, PROBLEM_NO_FACE);
    default:
        return fail(enrolling, PROBLEM_RECOGNITION_REFUSED);
    }
}

/* ---- finding the face ---- */

static void list_boxes(struct enrolling *enrolling,
                       const struct recognition_faces *found)
{
    enrolling->boxes = json_array();
    for (size_t i = 0; i < found->count; i++)
        json_append(enrolling->boxes, box_json(&found->faces[i].box));
}

/* The face that the job's box overlaps most; NULL if none. */
static const struct recognition_face *
choose_by_box(const struct enrolling *enrolling,
              const struct recognition_faces *found)
{
    const char *text = job_row(enrolling->job)->options;
    struct json *options = json_parse(text, strlen(text));
    const struct recognition_face *chosen = NULL;
    struct picture_area box;
    double best = 0;

    if (box_read(json_get(options, "box"), &box)) {
        for (size_t i = 0; i < found->count; i++) {
            double overlap = box_overlap(&box, &found->faces[i].box);

            if (overlap > best) {
                best = overlap;
                chosen = &found->faces[i];
            }
        }
    }
    json_destroy(options);
    return chosen;
}

static void keep_face(struct enrolling *enrolling,
                      const struct recognition_face *face)
{
    double height =
        face->box.height * photo_height(job_photo(enrolling->job, 0));

    enrolling->box = face->box;
    enrolling->confidence = face->confidence;
    enrolling->has_quality = face->has_quality;
    enrolling->brightness = face->brightness;
    enrolling->sharpness = face->sharpness;
    if (height >= FACE_PIXELS_LEAST)
        return;
    snprintf(enrolling->detail, sizeof enrolling->detail,
             "The face is %d pixels high; it must be at least %d.", (int)height,
             FACE_PIXELS_LEAST);
    enrolling->problem = PROBLEM_FACE_TOO_SMALL;
}

static void choose_face(struct enrolling *enrolling,
                        const struct recognition_faces *found)
{
    const struct recognition_face *chosen =
        found->count == 1 ? &found->faces[0] : choose_by_box(enrolling, found);

    if (chosen) {
        keep_face(enrolling, chosen);
    } else if (found->count == 0) {
        enrolling->problem = PROBLEM_NO_FACE;
    } else {
        list_boxes(enrolling, found);
        snprintf(enrolling->detail, sizeof enrolling->detail,
                 "There are %zu faces: say which one is meant.", found->count);
        enrolling->problem = PROBLEM_SEVERAL_FACES;
    }
}

static void on_detected(void *owner, const struct question_answer *answer)
{
    struct enrolling *enrolling = owner;
    struct recognition_faces found = {0};
    int error = answer->error
                    ? read_failure(enrolling, answer)
                    : recognition_faces_read(&found, answer->body, answer->len);

    if (error == 0 && enrolling->problem == PROBLEM_NONE)
        choose_face(enrolling, &found);
    recognition_faces_finish(&found);
    wake(enrolling, error);
}

static int find_face(struct enrolling *enrolling)
{
    struct buffer body = {0};

    recognition_write_detect_faces(photo_image(job_photo(enrolling->job, 0)),
                                   false, &body);
    return ask(enrolling, RECOGNITION_DETECT_FACES, &body, on_detected);
}

static int cut_face(struct enrolling *enrolling)
{
    enrolling->cut.area = enrolling->box;
    enrolling->cut.margin = face_margin;
    enrolling->cut.least = PIXELS_LEAST;
    enrolling->cut.longest = CUT_LONGEST;
    return photo_cut(enrolling->tools->darkroom, job_photo(enrolling->job, 0),
                     &enrolling->cut, wake, enrolling);
}

/* ---- indexing ---- */

static void on_collection_made(void *owner,
                               const struct question_answer *answer)
{
    struct enrolling *enrolling = owner;
    int error = answer->error;

    enrolling->has_collection = true;
    if (error == E_REFUSED && answer->meaning == RECOGNITION_COLLECTION_EXISTS)
        error = 0;
    else if (error)
        error = read_failure(enrolling, answer);
    if (error == 0 && enrolling->problem == PROBLEM_NONE)
        error = index_face(enrolling);
    if (error != PENDING)
        wake(enrolling, error);
}

static int make_collection(struct enrolling *enrolling)
{
    struct buffer body = {0};

    log_info("recognition: collection %s is made", enrolling->collection);
    recognition_write_create_collection(enrolling->collection, &body);
    return ask(enrolling, RECOGNITION_CREATE_COLLECTION, &body,
               on_collection_made);
}

static int keep_record(struct enrolling *enrolling,
                       const struct recognition_records *records)
{
    if (records->count == 0)
        return fail(enrolling,
                    records->left_out ? PROBLEM_FACE_POOR : PROBLEM_NO_FACE);
    text_copy(enrolling->face_id, sizeof enrolling->face_id,
              records->records[0].face_id);
    return DONE;
}

static void on_indexed(void *owner, const struct question_answer *answer)
{
    struct enrolling *enrolling = owner;
    struct recognition_records records = {0};
    int error;

    if (answer->error == E_REFUSED &&
        answer->meaning == RECOGNITION_COLLECTION_MISSING &&
        !enrolling->has_collection) {
        make_collection(enrolling);
        return;
    }
    error = answer->error
                ? read_failure(enrolling, answer)
                : recognition_records_read(&records, answer->body, answer->len);
    if (error == 0 && enrolling->problem == PROBLEM_NONE)
        error = keep_record(enrolling, &records);
    recognition_records_finish(&records);
    wake(enrolling, error);
}

static int index_face(struct enrolling *enrolling)
{
    const struct job_row *row = job_row(enrolling->job);
    struct recognition_image image = {enrolling->cut.jpeg.bytes,
                                      enrolling->cut.jpeg.len};
    char *name = xprintf("%s:%s", row->person, row->id);
    struct buffer body = {0};

    recognition_write_index_faces(enrolling->collection, image, name, &body);
    free(name);
    return ask(enrolling, RECOGNITION_INDEX_FACES, &body, on_indexed);
}

/* ---- whom it resembles ---- */

/* It is good to know, and no reason to fail. */
static void on_resembling(void *owner, const struct question_answer *answer)
{
    struct enrolling *enrolling = owner;
    struct recognition_matches matches = {0};

    if (answer->error == 0 &&
        recognition_matches_read(&matches, answer->body, answer->len) == 0) {
        for (size_t i = 0; i < matches.count && i < RESEMBLING_MAX; i++) {
            text_copy(enrolling->owners[i].face, UUID_BYTES,
                      matches.matches[i].face_id);
            enrolling->similarities[i] = matches.matches[i].similarity;
            enrolling->names.count++;
        }
    }
    recognition_matches_finish(&matches);
    wake(enrolling, 0);
}

static int find_resembling(struct enrolling *enrolling)
{
    struct buffer body = {0};

    recognition_write_search_faces(enrolling->collection, enrolling->face_id,
                                   resembling, RESEMBLING_MAX, &body);
    return ask(enrolling, RECOGNITION_SEARCH_FACES, &body, on_resembling);
}

static int name_resembling(struct enrolling *enrolling)
{
    if (enrolling->names.count == 0)
        return DONE;
    enrolling->names.collection = job_row(enrolling->job)->collection;
    enrolling->names.faces = enrolling->owners;
    return faces_name(enrolling->tools->database, &enrolling->names, wake,
                      enrolling);
}

/* ---- the person, and what is shown of the face ---- */

static void take_back(void *owner);

static void on_person(void *owner, int error)
{
    struct enrolling *enrolling = owner;

    /* The face was made already; the commit would find out as well. */
    if (error == E_NOT_FOUND)
        take_back(enrolling);
    else
        wake(enrolling, error);
}

static int read_person(struct enrolling *enrolling)
{
    const struct job_row *row = job_row(enrolling->job);

    enrolling->person =
        (struct person_find){.collection = row->collection, .id = row->person};
    return person_find(enrolling->tools->database, &enrolling->person,
                       on_person, enrolling);
}

static int cut_crop(struct enrolling *enrolling)
{
    enrolling->crop.area = enrolling->box;
    enrolling->crop.margin = crop_margin;
    enrolling->crop.longest = CROP_LONGEST;
    return photo_cut(enrolling->tools->darkroom, job_photo(enrolling->job, 0),
                     &enrolling->crop, wake, enrolling);
}

static int keep_crop(struct enrolling *enrolling)
{
    char key[64];

    snprintf(key, sizeof key, "faces/%s.jpg", enrolling->face_id);
    return store_put(enrolling->tools->store, key, enrolling->crop.jpeg.bytes,
                     enrolling->crop.jpeg.len, wake, enrolling);
}

/* ---- taking back ---- */

/* Either the commit found that the person is gone, or we did before it. */
static void taken_back(struct enrolling *enrolling, int error)
{
    if (enrolling->step == end_of_steps) {
        job_taken_back(enrolling->job, error);
    } else {
        enrolling->problem = error ? PROBLEM_NONE : PROBLEM_PERSON_GONE;
        finish(enrolling, error);
    }
}

static void on_crop_removed(void *owner, int error)
{
    taken_back(owner, error);
}

static void on_face_deleted(void *owner, const struct question_answer *answer)
{
    struct enrolling *enrolling = owner;
    char key[64];
    int result = answer->error;

    snprintf(key, sizeof key, "faces/%s.jpg", enrolling->face_id);
    if (result == 0 || (result == E_REFUSED &&
                        answer->meaning == RECOGNITION_COLLECTION_MISSING))
        result = store_remove(enrolling->tools->store, key, on_crop_removed,
                              enrolling);
    if (result != PENDING)
        taken_back(enrolling, result);
}

/* The person was erased while the face was made. */
static void take_back(void *owner)
{
    struct enrolling *enrolling = owner;
    const char *ids[] = {enrolling->face_id};
    struct buffer body = {0};

    recognition_write_delete_faces(enrolling->collection, ids, 1, &body);
    ask(enrolling, RECOGNITION_DELETE_FACES, &body, on_face_deleted);
}

/* ---- the craft ---- */

static void *start(struct job *job)
{
    struct enrolling *enrolling = xcalloc(1, sizeof *enrolling);

    enrolling->job = job;
    enrolling->tools = job_tools(job);
    enrolling->collection =
        tools_collection(enrolling->tools, job_row(job)->collection);
    enrolling->step = steps;
    find_face(enrolling); /* always PENDING */
    return enrolling;
}

static void destroy(void *owner)
{
    struct enrolling *enrolling = owner;

    buffer_finish(&enrolling->cut.jpeg);
    buffer_finish(&enrolling->crop.jpeg);
    for (size_t i = 0; i < RESEMBLING_MAX; i++)
        face_owner_finish(&enrolling->owners[i]);
    person_find_finish(&enrolling->person);
    json_destroy(enrolling->boxes);
    free(enrolling->collection);
    free(enrolling);
}

const struct craft enroll_craft = {
    .start = start, .take_back = take_back, .destroy = destroy};
