/*
 * search_operations.c - SearchFaces, SearchFacesByImage
 *
 * Both look for a vector, the one of a stored face or of the largest face in a
 * photo.
 */
#include "common_members.h"
#include "errors.h"
#include "face_json.h"
#include "image_search.h"
#include "operations.h"
#include "quality_filter.h"

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

static const struct member image_search_members[] = {
    COLLECTION_ID_ROW(struct image_search, id),
    IMAGE_ROW("Image", struct image_search, image),
    MATCHES_ROW(struct image_search, search.most),
    THRESHOLD_ROW("FaceMatchThreshold", struct image_search, search.threshold,
                  MATCH_USUAL),
    QUALITY_FILTER_ROW(struct image_search, filter, QUALITY_NONE),
};

static void on_image_searched(struct crew_task *task)
{
    struct image_search *searching = image_search_of(task);
    struct json *answer = json_object();

    json_add(answer, "SearchedFaceBoundingBox",
             face_box_json(&searching->face->box));
    json_add_number(answer, "SearchedFaceConfidence",
                    json_rounded(searching->face->confidence));
    search_add(&searching->search, answer);
    call_answer(&searching->call, answer);
}

static void look(struct image_search *searching)
{
    struct call *call = &searching->call;
    struct collection *collection;

    if (!searching->face) {
        call_refuse(call, EXCEPTION_INVALID_PARAMETER,
                    "There are no faces in the image. Should be at least 1.");
        return;
    }
    collection = call_find_current(call, searching->id);
    if (collection)
        image_search_in(searching, collection, collection->gallery,
                        on_image_searched);
}

static void image_search_run(struct call *call)
{
    struct image_search *searching =
        container_of(call, struct image_search, call);

    searching->recognition.largest_only = searching->filter == QUALITY_NONE;
    image_search_start(searching, look);
}

const struct operation operation_search_faces_by_image = {
    .name = "SearchFacesByImage",
    .work_bytes = sizeof(struct image_search),
    .members = image_search_members,
    .member_count = COUNT(image_search_members),
    .run = image_search_run,
    .finish = image_search_finish,
};
