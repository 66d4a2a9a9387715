/*
 * enroll_craft.c - the craft of enrolling: one face of a photo becomes a
 * person's
 *
 * The photo must show one face, or the job says which.  That face is cut out
 * and indexed under a name that is this job's alone, so that a second attempt
 * gets the same face and not another one.
 */
#include <stdlib.h>
#include <string.h>

#include "crafts.h"
#include "done.h"
#include "enrolled.h"
#include "errors.h"
#include "face_choice.h"
#include "image_key.h"
#include "log.h"
#include "people.h"
#include "question.h"
#include "resemblance.h"
#include "text.h"
#include "xalloc.h"

enum {
    PIXELS_LEAST = 80, /* of an image, both ways: the endpoint's limit */
    CUT_LONGEST = 1024,
    CROP_LONGEST = 256,
};

static const double face_margin = 0.4;
static const double crop_margin = 0.25;

struct enrolling {
    struct job *job;
    const struct tools *tools;
    const struct step *step;
    char *collection; /* the endpoint's name of it */
    struct face_choice choice;
    struct cut cut;      /* what is indexed */
    struct cut crop;     /* what is shown */
    bool has_collection; /* it was made just now */
    char face_id[UUID_BYTES];
    struct resemblance resemblance;
    struct new_sighting resembling[RESEMBLANCES_MAX]; /* whom it names */
    struct person_find person;
    struct new_face face;
    enum problem problem;
    int64_t wait_ms;
};

static int find_face(struct enrolling *enrolling);
static int develop(struct enrolling *enrolling);
static int cut_face(struct enrolling *enrolling);
static int index_face(struct enrolling *enrolling);
static int find_resembling(struct enrolling *enrolling);
static int cut_crop(struct enrolling *enrolling);
static int keep_crop(struct enrolling *enrolling);
static int read_person(struct enrolling *enrolling);

static const struct step {
    int (*run)(struct enrolling *enrolling); /* DONE, PENDING or an error */
} steps[] = {
    {find_face},       {develop},  {cut_face},  {index_face},
    {find_resembling}, {cut_crop}, {keep_crop}, {read_person},
};
static const struct step *const end_of_steps = &steps[COUNT(steps)];

/* ---- the end ---- */

static void finish(struct enrolling *enrolling, int error)
{
    struct face_choice *choice = &enrolling->choice;
    struct verdict verdict = {.error = error,
                              .wait_ms = enrolling->wait_ms,
                              .problem = enrolling->problem,
                              .boxes = choice->boxes};

    choice->boxes = NULL;
    if (enrolling->problem == choice->problem && choice->detail[0])
        verdict.detail = choice->detail;
    if (enrolling->problem != PROBLEM_NONE) {
        verdict.error = 0;
    } else if (error == 0) {
        struct enrolled enrolled = {.job = enrolling->job,
                                    .face = &choice->face,
                                    .face_id = enrolling->face_id,
                                    .person = &enrolling->person.row,
                                    .resemblance = &enrolling->resemblance};

        enrolling->face = enrolled_row(&enrolled);
        verdict.face = &enrolling->face;
        verdict.sightings = enrolling->resembling;
        verdict.sighting_count = resemblance_sightings(
            &enrolling->resemblance, job_row(enrolling->job)->person,
            enrolling->resembling);
        verdict.result = enrolled_json(&enrolled);
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
    question_ask(enrolling->tools, operation, job_asker(enrolling->job), body,
                 done, enrolling);
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

static void choose_face(struct enrolling *enrolling,
                        const struct recognition_faces *found)
{
    const char *text = job_row(enrolling->job)->options;
    struct json *options = json_parse(text, strlen(text));

    face_choice_make(&enrolling->choice, found, options,
                     photo_height(job_photo(enrolling->job, 0)));
    enrolling->problem = enrolling->choice.problem;
    json_destroy(options);
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

static void on_developed(void *owner, int error)
{
    struct enrolling *enrolling = owner;

    if (error == E_INVALID)
        error = fail(enrolling, PROBLEM_IMAGE_DAMAGED);
    wake(enrolling, error);
}

static int develop(struct enrolling *enrolling)
{
    return photo_develop(enrolling->tools->darkroom,
                         job_photo(enrolling->job, 0), on_developed, enrolling);
}

static int cut_face(struct enrolling *enrolling)
{
    enrolling->cut.area = enrolling->choice.face.box;
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

static int find_resembling(struct enrolling *enrolling)
{
    const struct job_row *row = job_row(enrolling->job);
    struct resemblance_request request = {
        .asker = job_asker(enrolling->job),
        .collection = row->collection,
        .at_endpoint = enrolling->collection,
        .face_id = enrolling->face_id,
    };

    resemblance_find(&enrolling->resemblance, enrolling->tools, &request, wake,
                     enrolling);
    return PENDING;
}

/* ---- what is shown of the face ---- */

static int cut_crop(struct enrolling *enrolling)
{
    enrolling->crop.area = enrolling->choice.face.box;
    enrolling->crop.margin = crop_margin;
    enrolling->crop.longest = CROP_LONGEST;
    return photo_cut(enrolling->tools->darkroom, job_photo(enrolling->job, 0),
                     &enrolling->crop, wake, enrolling);
}

static int keep_crop(struct enrolling *enrolling)
{
    char *key = image_key_crop(enrolling->face_id);
    int result =
        store_put(enrolling->tools->store, key, enrolling->crop.jpeg.bytes,
                  enrolling->crop.jpeg.len, wake, enrolling);

    free(key);
    return result;
}

/* ---- the person ---- */

static void take_back(void *owner);

static void on_person(void *owner, int error)
{
    struct enrolling *enrolling = owner;

    if (error == E_NOT_FOUND)
        take_back(enrolling);
    else
        wake(enrolling, error);
}

/* Last, when all is made: whoever still finds the person has made it before an
 * erasure began, which then looks for it.  Others take it back. */
static int read_person(struct enrolling *enrolling)
{
    const struct job_row *row = job_row(enrolling->job);

    enrolling->person =
        (struct person_find){.collection = row->collection, .id = row->person};
    return person_find(enrolling->tools->database, &enrolling->person,
                       on_person, enrolling);
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

static void on_face_deleted(void *owner, const struct question_answer *answer)
{
    taken_back(owner, question_found_nothing(answer) ? 0 : answer->error);
}

static void on_crop_removed(void *owner, int error)
{
    struct enrolling *enrolling = owner;
    const char *ids[] = {enrolling->face_id};
    struct buffer body = {0};

    if (error) {
        taken_back(enrolling, error);
        return;
    }
    recognition_write_delete_faces(enrolling->collection, ids, 1, &body);
    ask(enrolling, RECOGNITION_DELETE_FACES, &body, on_face_deleted);
}

/* The person was erased while the face was made.  The face goes last: by it,
 * whoever has to do this again finds the crop. */
static void take_back(void *owner)
{
    struct enrolling *enrolling = owner;
    char *key = image_key_crop(enrolling->face_id);
    int result =
        store_remove(enrolling->tools->store, key, on_crop_removed, enrolling);

    free(key);
    if (result != PENDING)
        on_crop_removed(enrolling, result);
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
    resemblance_finish(&enrolling->resemblance);
    person_find_finish(&enrolling->person);
    face_choice_finish(&enrolling->choice);
    free(enrolling->collection);
    free(enrolling);
}

const struct craft enroll_craft = {
    .start = start, .take_back = take_back, .destroy = destroy};
