/*
 * search_operations.c - SearchFaces, SearchFacesByImage
 *
 * Both look for a vector, the one of a stored face or of the largest face in a
 * photo.
 */
#include <string.h>

#include "common_members.h"
#include "errors.h"
#include "face_json.h"
#include "image.h"
#include "operations.h"
#include "quality_filter.h"
#include "search.h"

static void search_add(const struct search *search, struct json *answer)
{
    const struct collection *collection = search->collection;

    json_add(answer, "FaceMatches",
             face_matches_json(&search->matches, collection->vector_length,
                               collection->model_version));
    json_add_text(answer, "FaceModelVersion", collection->model_version);
}

/* ---- SearchFaces ---- */

struct searching {
    struct call call;
    const char *id;
    const char *face_id;
    struct search search;
};

static const struct member members[] = {
    COLLECTION_ID_ROW(struct searching, id),
    {.name = "FaceId",
     .kind = MEMBER_TEXT,
     .offset = offsetof(struct searching, face_id),
     .is_required = true,
     .pattern = &pattern_uuid},
    MATCHES_ROW(struct searching, search.most),
    THRESHOLD_ROW("FaceMatchThreshold", struct searching, search.threshold,
                  MATCH_USUAL),
};

static void on_searched(struct crew_task *task)
{
    struct search *search = container_of(task, struct search, task);
    struct searching *searching =
        container_of(search, struct searching, search);
    struct json *answer = json_object();

    json_add_text(answer, "SearchedFaceId", searching->face_id);
    search_add(search, answer);
    call_answer(&searching->call, answer);
}

static void run(struct call *call)
{
    struct searching *searching = container_of(call, struct searching, call);
    struct search *search = &searching->search;
    struct collection *collection = call_find(call, searching->id);

    if (!collection)
        return;
    if (gallery_find(collection->gallery, searching->face_id, NULL,
                     search->vector) != 0) {
        call_refuse(call, EXCEPTION_INVALID_PARAMETER,
                    "faceId was not found in the collection");
        return;
    }
    search->except = searching->face_id;
    search_start(call, search, collection, collection->gallery, on_searched);
}

static void finish(struct call *call)
{
    search_finish(&container_of(call, struct searching, call)->search);
}

const struct operation operation_search_faces = {
    .name = "SearchFaces",
    .work_bytes = sizeof(struct searching),
    .members = members,
    .member_count = COUNT(members),
    .run = run,
    .finish = finish,
};

/* ---- SearchFacesByImage ---- */

struct image_searching {
    struct call call;
    const char *id;
    struct image image;
    int filter;
    struct search search;
    struct recognition recognition;
    const struct face *face; /* the one that is searched */
};

static const struct member image_search_members[] = {
    COLLECTION_ID_ROW(struct image_searching, id),
    IMAGE_ROW("Image", struct image_searching, image),
    MATCHES_ROW(struct image_searching, search.most),
    THRESHOLD_ROW("FaceMatchThreshold", struct image_searching,
                  search.threshold, MATCH_USUAL),
    QUALITY_FILTER_ROW(struct image_searching, filter, QUALITY_NONE),
};

static void on_image_searched(struct crew_task *task)
{
    struct search *search = container_of(task, struct search, task);
    struct image_searching *searching =
        container_of(search, struct image_searching, search);
    struct json *answer = json_object();

    json_add(answer, "SearchedFaceBoundingBox",
             face_box_json(&searching->face->box));
    json_add_number(answer, "SearchedFaceConfidence",
                    json_rounded(searching->face->confidence));
    search_add(search, answer);
    call_answer(&searching->call, answer);
}

static void on_recognized(struct recognition *recognition, int error)
{
    struct image_searching *searching =
        container_of(recognition, struct image_searching, recognition);
    struct call *call = &searching->call;
    struct collection *collection;

    if (error) {
        call_refuse_plainly(call, image_exception(error));
        return;
    }
    searching->face = quality_filter_largest(searching->filter, recognition);
    if (!searching->face) {
        call_refuse(call, EXCEPTION_INVALID_PARAMETER,
                    "There are no faces in the image. Should be at least 1.");
        return;
    }
    collection = call_find_current(call, searching->id);
    if (!collection)
        return;
    memcpy(searching->search.vector, searching->face->vector,
           sizeof searching->search.vector);
    search_start(call, &searching->search, collection, collection->gallery,
                 on_image_searched);
}

static void image_search_run(struct call *call)
{
    struct image_searching *searching =
        container_of(call, struct image_searching, call);

    if (!image_keeps_rule(call, &searching->image) ||
        !call_find_current(call, searching->id) ||
        !image_can_be_had(call, &searching->image))
        return;
    searching->recognition.largest_only = searching->filter == QUALITY_NONE;
    searching->recognition.with_vectors = true;
    searching->recognition.done = on_recognized;
    image_submit(call, &searching->image, &searching->recognition);
}

static void image_search_finish(struct call *call)
{
    struct image_searching *searching =
        container_of(call, struct image_searching, call);

    search_finish(&searching->search);
    recognition_finish(&searching->recognition);
}

const struct operation operation_search_faces_by_image = {
    .name = "SearchFacesByImage",
    .work_bytes = sizeof(struct image_searching),
    .members = image_search_members,
    .member_count = COUNT(image_search_members),
    .run = image_search_run,
    .finish = image_search_finish,
};
