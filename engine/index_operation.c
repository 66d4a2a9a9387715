/*
 * index_operation.c - IndexFaces
 *
 * The photo's faces are found, those that are not to be kept are set apart, and
 * the others go to the archive in one transaction.  Only then are they put
 * where searches find them, and only then is the call answered.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "common_members.h"
#include "errors.h"
#include "face_json.h"
#include "image.h"
#include "operations.h"
#include "quality_filter.h"
#include "xalloc.h"

/* The faces that a photo can have in its answers. */
enum { FACES_MAX = 100 };

struct indexing {
    struct call call;
    const char *id;
    struct image image;
    const char *external_id;
    unsigned attributes;
    int64_t most;
    int filter;
    struct recognition recognition;
    unsigned reasons[FACES_MAX]; /* of each face; 0: it is kept */
    struct archive_picture picture;
    size_t at[FACES_MAX]; /* which face each of the picture's is */
    struct crew_task task;
    struct collection *collection; /* that it has promised faces to */
    size_t promised;
    int error;
};

static const struct member members[] = {
    COLLECTION_ID_ROW(struct indexing, id),
    IMAGE_ROW("Image", struct indexing, image),
    {.name = "ExternalImageId",
     .kind = MEMBER_TEXT,
     .offset = offsetof(struct indexing, external_id),
     .least = 1,
     .most = 255,
     .pattern = &pattern_external_id},
    ATTRIBUTES_ROW("DetectionAttributes", struct indexing, attributes),
    {.name = "MaxFaces",
     .kind = MEMBER_INTEGER,
     .offset = offsetof(struct indexing, most),
     .least = 1,
     .fallback = FACES_MAX},
    QUALITY_FILTER_ROW(struct indexing, filter, QUALITY_AUTO),
};

/* ---- which faces are kept ---- */

/* The strictest bar that the face passes. */
static int grade_of(const struct indexing *indexing, size_t i)
{
    const struct recognition *found = &indexing->recognition;
    int grade = QUALITY_HIGH;

    while (grade > QUALITY_NONE &&
           quality_filter_reasons(grade, &found->faces[i], found->width,
                                  found->height))
        grade--;
    return grade;
}

/* The face that MaxFaces drops first: of the lowest grade, the smallest; they
 * come in the order of their size. */
static size_t least_of(const struct indexing *indexing)
{
    const struct recognition *found = &indexing->recognition;
    size_t least = found->face_count;
    int least_grade = 0;

    for (size_t i = 0; i < found->face_count; i++) {
        int grade = grade_of(indexing, i);

        if (indexing->reasons[i] ||
            (least < found->face_count && grade > least_grade))
            continue;
        least = i;
        least_grade = grade;
    }
    return least;
}

static void choose(struct indexing *indexing)
{
    const struct recognition *found = &indexing->recognition;
    size_t kept = 0;

    for (size_t i = 0; i < found->face_count; i++) {
        indexing->reasons[i] = quality_filter_reasons(
            indexing->filter, &found->faces[i], found->width, found->height);
        kept += !indexing->reasons[i];
    }
    for (; kept > (size_t)indexing->most; kept--)
        indexing->reasons[least_of(indexing)] = REASON_EXCEEDS_MAX_FACES;
}

/* ---- the answer ---- */

static void add_indexed(const struct indexing *indexing, struct json *records,
                        size_t i)
{
    struct json *object = json_append(records, json_object());
    const struct face *face = &indexing->recognition.faces[indexing->at[i]];

    json_add(object, "Face",
             face_record_json(&indexing->picture.faces[i].record,
                              indexing->call.engine->model_version));
    json_add(object, "FaceDetail",
             face_detail_json_with(face, indexing->attributes));
}

static void add_unindexed(const struct indexing *indexing, struct json *list,
                          size_t at)
{
    struct json *object = json_append(list, json_object());

    json_add(object, "Reasons",
             quality_filter_reasons_json(indexing->reasons[at]));
    json_add(object, "FaceDetail",
             face_detail_json_with(&indexing->recognition.faces[at],
                                   indexing->attributes));
}

static void answer(struct indexing *indexing)
{
    const struct recognition *found = &indexing->recognition;
    struct json *document = json_object();
    struct json *records = json_add(document, "FaceRecords", json_array());
    struct json *others = json_add(document, "UnindexedFaces", json_array());

    for (size_t i = 0; i < indexing->picture.face_count; i++)
        add_indexed(indexing, records, i);
    for (size_t i = 0; i < found->face_count; i++)
        if (indexing->reasons[i])
            add_unindexed(indexing, others, i);
    json_add_text(document, "FaceModelVersion",
                  indexing->call.engine->model_version);
    call_answer(&indexing->call, document);
}

/* ---- keeping ---- */

/* The same photo has the same id wherever it is indexed. */
static void keep_work(struct crew_task *task, void *tool)
{
    struct indexing *indexing = container_of(task, struct indexing, task);
    struct archive_picture *picture = &indexing->picture;

    digest_sha256(indexing->image.bytes.bytes, indexing->image.bytes.len,
                  picture->hash);
    for (size_t i = 0; i < picture->face_count; i++)
        uuid_from(picture->hash, picture->faces[i].record.image_id);
    indexing->error = archive_add_faces(tool, indexing->id, picture);
}

/* A face that was there may belong to a user by now. */
static void learn_user(const struct collection *collection,
                       struct record *record)
{
    struct record kept;

    if (gallery_find(collection->gallery, record->id, &kept, NULL) != 0)
        return;
    record->user_id = xstrdup(kept.user_id);
    record_finish(&kept);
}

/* The collection is looked for again: it may have been deleted, and even made
 * anew, on the way. */
static void keep_after(struct crew_task *task)
{
    struct indexing *indexing = container_of(task, struct indexing, task);
    struct call *call = &indexing->call;
    struct collection *collection;
    int error = indexing->error;

    if (error && error != E_NOT_FOUND) {
        call_refuse_plainly(call, error == E_TOO_LARGE ? EXCEPTION_QUOTA
                                                       : EXCEPTION_INTERNAL);
        return;
    }
    collection = call_find(call, indexing->id);
    if (!collection)
        return;
    for (size_t i = 0; i < indexing->picture.face_count; i++) {
        struct archive_face *face = &indexing->picture.faces[i];

        if (face->was_there)
            learn_user(collection, &face->record);
        else
            error =
                gallery_add(collection->gallery, &face->record, face->vector);
        assert(!error);
    }
    answer(indexing);
}

static void fill_picture(struct indexing *indexing)
{
    const struct recognition *found = &indexing->recognition;
    struct archive_picture *picture = &indexing->picture;
    int64_t now_ms = clock_wall_ms();

    picture->vector_length = indexing->call.engine->vector_length;
    picture->faces = xcalloc(found->face_count, sizeof *picture->faces);
    for (size_t i = 0; i < found->face_count; i++) {
        struct archive_face *face = &picture->faces[picture->face_count];

        if (indexing->reasons[i])
            continue;
        uuid_make(face->record.id);
        face->record.external_id = indexing->external_id;
        face->record.box = found->faces[i].box;
        face->record.confidence = found->faces[i].confidence;
        face->record.created_ms = now_ms;
        face->vector = found->faces[i].vector;
        face->ordinal = (unsigned)i;
        indexing->at[picture->face_count++] = i;
    }
}

/* Makes sure that there will be room when the faces come back.  Those for which
 * there is none must be there already. */
static void promise(struct indexing *indexing, struct collection *collection)
{
    struct archive_picture *picture = &indexing->picture;
    size_t most = (size_t)indexing->call.engine->settings->faces;
    size_t taken = gallery_count(collection->gallery) + collection->promised;
    size_t room = taken < most ? most - taken : 0;

    indexing->promised =
        room < picture->face_count ? room : picture->face_count;
    picture->known_least = picture->face_count - indexing->promised;
    collection->promised += indexing->promised;
    collection_hold(collection);
    indexing->collection = collection;
}

static void on_recognized(struct recognition *recognition, int error)
{
    struct indexing *indexing =
        container_of(recognition, struct indexing, recognition);
    struct call *call = &indexing->call;
    struct collection *collection;

    if (error) {
        call_refuse_plainly(call, image_exception(error));
        return;
    }
    collection = call_find(call, indexing->id);
    if (!collection)
        return;
    choose(indexing);
    fill_picture(indexing);
    if (indexing->picture.face_count == 0) {
        answer(indexing);
        return;
    }
    promise(indexing, collection);
    indexing->task = (struct crew_task){.work = keep_work, .after = keep_after};
    (void)!call_submit(call, call->engine->clerk, &indexing->task);
}

/* ---- the start and the end ---- */

static void run(struct call *call)
{
    struct indexing *indexing = container_of(call, struct indexing, call);

    if (!image_keeps_rule(call, &indexing->image) ||
        !call_find_current(call, indexing->id) ||
        !image_can_be_had(call, &indexing->image))
        return;
    indexing->recognition.with_vectors = true;
    indexing->recognition.attributes = indexing->attributes;
    indexing->recognition.done = on_recognized;
    image_submit(call, &indexing->image, &indexing->recognition);
}

static void finish(struct call *call)
{
    struct indexing *indexing = container_of(call, struct indexing, call);

    if (indexing->collection)
        indexing->collection->promised -= indexing->promised;
    collection_let_go(indexing->collection);
    for (size_t i = 0; i < indexing->picture.face_count; i++)
        free((char *)indexing->picture.faces[i].record.user_id);
    free(indexing->picture.faces);
    recognition_finish(&indexing->recognition);
}

const struct operation operation_index_faces = {
    .name = "IndexFaces",
    .work_bytes = sizeof(struct indexing),
    .members = members,
    .member_count = COUNT(members),
    .run = run,
    .finish = finish,
};
