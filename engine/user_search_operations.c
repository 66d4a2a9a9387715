/*
 * user_search_operations.c - SearchUsers, SearchUsersByImage
 *
 * What is looked for, a face or a user, is compared with the vectors of the
 * users that have faces.
 */
#include <string.h>

#include "common_members.h"
#include "face_json.h"
#include "image_search.h"
#include "operations.h"
#include "quality_filter.h"
#include "similarity.h"
#include "user_key.h"
#include "user_operations.h"

/* What both answers have. */
static void add_matches(const struct search *search, struct json *answer)
{
    const struct collection *collection = search->collection;
    struct json *list = json_add(answer, "UserMatches", json_array());

    for (size_t i = 0; i < search->matches.count; i++) {
        const struct match *match = &search->matches.list[i];
        struct json *object = json_append(list, json_object());
        struct json *user;

        json_add_number(object, "Similarity",
                        json_rounded(similarity_percent(
                            collection->vector_length, match->cosine)));
        user = json_add(object, "User", json_object());
        json_add_text(user, "UserId", match->record.external_id);
        json_add_text(user, "UserStatus", user_status(true));
    }
    json_add_text(answer, "FaceModelVersion", collection->model_version);
}

/* ---- SearchUsers ---- */

struct searching {
    struct call call;
    const char *id;
    const char *user_id;
    const char *face_id;
    char key[UUID_BYTES]; /* of the user */
    struct search search;
};

static const struct member members[] = {
    COLLECTION_ID_ROW(struct searching, id),
    USER_ID_ROW(struct searching, user_id, false),
    {.name = "FaceId",
     .kind = MEMBER_TEXT,
     .offset = offsetof(struct searching, face_id),
     .pattern = &pattern_uuid},
    THRESHOLD_ROW("UserMatchThreshold", struct searching, search.threshold,
                  MATCH_USUAL),
    USERS_ROW("MaxUsers", struct searching, search.most),
};

static struct json *answer_of(const struct searching *searching)
{
    struct json *answer = json_object();

    if (searching->face_id)
        json_add_text(json_add(answer, "SearchedFace", json_object()), "FaceId",
                      searching->face_id);
    else
        json_add_text(json_add(answer, "SearchedUser", json_object()), "UserId",
                      searching->user_id);
    return answer;
}

static void on_searched(struct crew_task *task)
{
    struct search *search = container_of(task, struct search, task);
    struct searching *searching =
        container_of(search, struct searching, search);
    struct json *answer = answer_of(searching);

    add_matches(search, answer);
    call_answer(&searching->call, answer);
}

/* A user without faces is like nobody. */
static void search_user(struct searching *searching,
                        struct collection *collection)
{
    struct search *search = &searching->search;

    user_key(searching->user_id, searching->key);
    if (id_table_find(&collection->users, searching->key) == ID_TABLE_NONE) {
        call_refuse(&searching->call, EXCEPTION_NOT_FOUND,
                    "The user id: %s does not exist", searching->user_id);
        return;
    }
    search->except = searching->key;
    if (gallery_find(collection->people, searching->key, NULL,
                     search->vector) != 0)
        search->most = 0;
    search_start(&searching->call, search, collection, collection->people,
                 on_searched);
}

static void search_face(struct searching *searching,
                        struct collection *collection)
{
    struct search *search = &searching->search;

    if (gallery_find(collection->gallery, searching->face_id, NULL,
                     search->vector) != 0) {
        call_refuse(&searching->call, EXCEPTION_INVALID_PARAMETER,
                    "faceId was not found in the collection");
        return;
    }
    search_start(&searching->call, search, collection, collection->people,
                 on_searched);
}

static void run(struct call *call)
{
    struct searching *searching = container_of(call, struct searching, call);
    struct collection *collection;

    if (!searching->user_id == !searching->face_id) {
        call_refuse(call, EXCEPTION_INVALID_PARAMETER,
                    "Either UserId or FaceId must be given, and not both");
        return;
    }
    collection = call_find(call, searching->id);
    if (collection && searching->user_id)
        search_user(searching, collection);
    else if (collection)
        search_face(searching, collection);
}

static void finish(struct call *call)
{
    search_finish(&container_of(call, struct searching, call)->search);
}

const struct operation operation_search_users = {
    .name = "SearchUsers",
    .work_bytes = sizeof(struct searching),
    .members = members,
    .member_count = COUNT(members),
    .run = run,
    .finish = finish,
};

/* ---- SearchUsersByImage ---- */

static const struct member image_members_of_search[] = {
    COLLECTION_ID_ROW(struct image_search, id),
    IMAGE_ROW("Image", struct image_search, image),
    THRESHOLD_ROW("UserMatchThreshold", struct image_search, search.threshold,
                  MATCH_USUAL),
    USERS_ROW("MaxUsers", struct image_search, search.most),
    QUALITY_FILTER_ROW(struct image_search, filter, QUALITY_NONE),
};

static void add_searched(const struct image_search *searching,
                         struct json *answer)
{
    const struct recognition *found = &searching->recognition;
    struct json *others;

    if (searching->face)
        json_add(json_add(answer, "SearchedFace", json_object()), "FaceDetail",
                 face_detail_json(searching->face));
    others = json_add(answer, "UnsearchedFaces", json_array());
    for (size_t i = 0; i < found->face_count; i++) {
        const struct face *face = &found->faces[i];
        unsigned reasons = quality_filter_reasons(searching->filter, face,
                                                  found->width, found->height);
        struct json *object;

        if (face == searching->face)
            continue;
        object = json_append(others, json_object());
        json_add(object, "FaceDetails", face_detail_json(face));
        json_add(object, "Reasons",
                 quality_filter_reasons_json(reasons ? reasons
                                                     : REASON_NOT_LARGEST));
    }
}

static void on_image_searched(struct crew_task *task)
{
    struct image_search *searching = image_search_of(task);
    struct json *answer = json_object();

    add_matches(&searching->search, answer);
    add_searched(searching, answer);
    call_answer(&searching->call, answer);
}

static void look(struct image_search *searching)
{
    struct collection *collection =
        call_find_current(&searching->call, searching->id);

    if (collection)
        image_search_in(searching, collection, collection->people,
                        on_image_searched);
}

static void image_search_run(struct call *call)
{
    image_search_start(container_of(call, struct image_search, call), look);
}

const struct operation operation_search_users_by_image = {
    .name = "SearchUsersByImage",
    .work_bytes = sizeof(struct image_search),
    .members = image_members_of_search,
    .member_count = COUNT(image_members_of_search),
    .run = image_search_run,
    .finish = image_search_finish,
};
