/*
 * face_operations.c - ListFaces, DeleteFaces: the faces of a collection
 */
#include <stdlib.h>
#include <string.h>

#include "common_members.h"
#include "errors.h"
#include "face_json.h"
#include "operations.h"
#include "page_token.h"
#include "user_key.h"
#include "xalloc.h"

/* ---- ListFaces ---- */

struct listing {
    struct call call;
    const char *id;
    const char *token;
    int64_t most;
    const char *user_id;
    struct texts face_ids;
    struct crew_task task;
    struct collection *collection; /* held */
    char *list;                    /* what its pages are of: see page_token.h */
    char key[UUID_BYTES];          /* of the user */
    struct json *faces;
    char last[UUID_BYTES]; /* the id of the last face on the page */
    size_t left;           /* how many may still be listed */
    bool has_more;
    int error;
};

static const struct member list_members[] = {
    COLLECTION_ID_ROW(struct listing, id),
    NEXT_TOKEN_ROW(struct listing, token),
    MAX_RESULTS_ROW(struct listing, most),
    USER_ID_ROW(struct listing, user_id, false),
    FACE_IDS_ROW(struct listing, face_ids, false, FACE_IDS_MAX),
};

/* E_CANCELLED ends the list: there is a face behind the page's last one. */
static int list_face(struct listing *listing, const struct record *record)
{
    if (listing->left == 0) {
        listing->has_more = true;
        return E_CANCELLED;
    }
    listing->left--;
    memcpy(listing->last, record->id, UUID_BYTES);
    json_append(listing->faces,
                face_record_json(record, listing->collection->model_version));
    return 0;
}

static int list_archived(void *owner, const struct record *record,
                         const float *vector, size_t vector_length)
{
    (void)vector;
    (void)vector_length;
    return list_face(owner, record);
}

static void list_work(struct crew_task *task, void *tool)
{
    struct listing *listing = container_of(task, struct listing, task);
    char after[UUID_BYTES];

    memcpy(after, listing->last, UUID_BYTES);
    if (listing->user_id)
        listing->error =
            archive_each_face_of(tool, listing->id, listing->key, after,
                                 listing->left + 1, list_archived, listing);
    else
        listing->error =
            archive_each_face(tool, listing->id, after, listing->left + 1,
                              list_archived, listing);
}

static void list_answer(struct listing *listing)
{
    struct json *answer = json_object();
    char token[PAGE_TOKEN_BYTES];

    json_add(answer, "Faces", listing->faces);
    listing->faces = NULL;
    if (listing->has_more) {
        page_token_write(listing->list, listing->last, token);
        json_add_text(answer, "NextToken", token);
    }
    json_add_text(answer, "FaceModelVersion",
                  listing->collection->model_version);
    call_answer(&listing->call, answer);
}

static void list_after(struct crew_task *task)
{
    struct listing *listing = container_of(task, struct listing, task);

    if (listing->error == E_NOT_FOUND)
        call_refuse_missing(&listing->call, listing->id);
    else if (listing->error && listing->error != E_CANCELLED)
        call_refuse_plainly(&listing->call, EXCEPTION_INTERNAL);
    else
        list_answer(listing);
}

static int compare_ids(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* Whether it belongs to the user whose faces are asked for, if that is asked.
 */
static bool is_wanted(const struct listing *listing,
                      const struct record *record)
{
    return !listing->user_id ||
           (record->user_id && strcmp(record->user_id, listing->user_id) == 0);
}

/* Those that are asked for by name, as far as there are such. */
static void list_named(struct listing *listing)
{
    struct texts *ids = &listing->face_ids;
    char before[UUID_BYTES];
    struct record record;

    memcpy(before, listing->last, UUID_BYTES);
    qsort(ids->list, ids->count, sizeof *ids->list, compare_ids);
    for (size_t i = 0; i < ids->count && !listing->has_more; i++) {
        if (strcmp(ids->list[i], before) <= 0 ||
            gallery_find(listing->collection->gallery, ids->list[i], &record,
                         NULL) != 0)
            continue;
        if (is_wanted(listing, &record))
            (void)list_face(listing, &record);
        memcpy(before, record.id, UUID_BYTES);
        record_finish(&record);
    }
    list_answer(listing);
}

/* False: the call was refused. */
static bool is_answerable(struct listing *listing,
                          const struct collection *collection)
{
    struct call *call = &listing->call;

    if (listing->user_id) {
        user_key(listing->user_id, listing->key);
        if (id_table_find(&collection->users, listing->key) == ID_TABLE_NONE) {
            call_refuse(call, EXCEPTION_NOT_FOUND,
                        "The user id: %s does not exist", listing->user_id);
            return false;
        }
    }
    listing->list = xprintf("ListFaces %s %s", listing->id,
                            listing->user_id ? listing->user_id : "");
    if (page_token_read(listing->list, listing->token, listing->last))
        return true;
    call_refuse_plainly(call, EXCEPTION_PAGE_TOKEN);
    return false;
}

static void list_run(struct call *call)
{
    struct listing *listing = container_of(call, struct listing, call);
    struct collection *collection = call_find(call, listing->id);

    if (!collection || !is_answerable(listing, collection))
        return;
    collection_hold(collection);
    listing->collection = collection;
    listing->faces = json_array();
    listing->left = listing->most ? (size_t)listing->most : PAGE_USUAL;
    if (listing->face_ids.list) {
        list_named(listing);
        return;
    }
    listing->task = (struct crew_task){.work = list_work, .after = list_after};
    (void)!call_submit(call, call->engine->clerk, &listing->task);
}

static void list_finish(struct call *call)
{
    struct listing *listing = container_of(call, struct listing, call);

    json_destroy(listing->faces);
    free(listing->list);
    collection_let_go(listing->collection);
}

const struct operation operation_list_faces = {
    .name = "ListFaces",
    .work_bytes = sizeof(struct listing),
    .members = list_members,
    .member_count = COUNT(list_members),
    .run = list_run,
    .finish = list_finish,
};

/* ---- DeleteFaces ---- */

struct deleting {
    struct call call;
    const char *id;
    struct texts face_ids;
    struct crew_task task;
    bool *removed;
    int error;
};

static const struct member delete_members[] = {
    COLLECTION_ID_ROW(struct deleting, id),
    FACE_IDS_ROW(struct deleting, face_ids, true, FACE_IDS_MAX),
};

static void delete_work(struct crew_task *task, void *tool)
{
    struct deleting *deleting = container_of(task, struct deleting, task);

    deleting->error =
        archive_remove_faces(tool, deleting->id, deleting->face_ids.list,
                             deleting->face_ids.count, deleting->removed);
}

/* It stays because there is none, or because it belongs to a user.  One that is
 * there and nobody's was removed already: it is asked for twice. */
static void add_unsuccessful(struct json *list, struct gallery *gallery,
                             const char *face_id)
{
    struct record record = {0};
    bool is_there = gallery_find(gallery, face_id, &record, NULL) == 0;
    struct json *object;

    if (is_there && !record.user_id) {
        record_finish(&record);
        return;
    }
    object = json_append(list, json_object());
    json_add_text(object, "FaceId", face_id);
    if (record.user_id)
        json_add_text(object, "UserId", record.user_id);
    json_append(json_add(object, "Reasons", json_array()),
                json_new_text(is_there ? "ASSOCIATED_TO_AN_EXISTING_USER"
                                       : "FACE_NOT_FOUND"));
    record_finish(&record);
}

/* The gallery has them all while it is asked about those that stay. */
static void delete_answer(struct deleting *deleting,
                          struct collection *collection)
{
    const struct texts *ids = &deleting->face_ids;
    struct json *answer = json_object();
    struct json *deleted = json_add(answer, "DeletedFaces", json_array());
    struct json *others =
        json_add(answer, "UnsuccessfulFaceDeletions", json_array());

    for (size_t i = 0; i < ids->count; i++)
        if (!deleting->removed[i])
            add_unsuccessful(others, collection->gallery, ids->list[i]);
    for (size_t i = 0; i < ids->count; i++) {
        if (!deleting->removed[i])
            continue;
        (void)!gallery_remove(collection->gallery, ids->list[i]);
        json_append(deleted, json_new_text(ids->list[i]));
    }
    call_answer(&deleting->call, answer);
}

static void delete_after(struct crew_task *task)
{
    struct deleting *deleting = container_of(task, struct deleting, task);
    struct collection *collection;

    if (deleting->error && deleting->error != E_NOT_FOUND) {
        call_refuse_plainly(&deleting->call, EXCEPTION_INTERNAL);
        return;
    }
    collection = call_find(&deleting->call, deleting->id);
    if (collection)
        delete_answer(deleting, collection);
}

static void delete_run(struct call *call)
{
    struct deleting *deleting = container_of(call, struct deleting, call);

    if (!call_find(call, deleting->id))
        return;
    deleting->removed =
        xcalloc(deleting->face_ids.count, sizeof *deleting->removed);
    deleting->task =
        (struct crew_task){.work = delete_work, .after = delete_after};
    (void)!call_submit(call, call->engine->clerk, &deleting->task);
}

static void delete_finish(struct call *call)
{
    free(container_of(call, struct deleting, call)->removed);
}

const struct operation operation_delete_faces = {
    .name = "DeleteFaces",
    .work_bytes = sizeof(struct deleting),
    .members = delete_members,
    .member_count = COUNT(delete_members),
    .run = delete_run,
    .finish = delete_finish,
};
