/*
 * user_operations.c - CreateUser, DeleteUser, ListUsers
 *
 * A user joins the faces of one person (association_operations.c).  What is
 * answered is done, so nobody ever finds a user while it is being changed: it
 * is CREATED, without faces, or ACTIVE.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "common_members.h"
#include "errors.h"
#include "operations.h"
#include "page_token.h"
#include "user_key.h"
#include "user_operations.h"
#include "xalloc.h"

const char *user_status(bool has_faces)
{
    return has_faces ? "ACTIVE" : "CREATED";
}

int user_refuse_missing(struct once *once, const char *user_id)
{
    return once_refuse(once, EXCEPTION_NOT_FOUND,
                       "The user id: %s does not exist", user_id);
}

/* ---- CreateUser ---- */

struct creating {
    struct call call;
    const char *user_id;
    char key[UUID_BYTES];
    struct collection *collection; /* held; a user is promised to it.  NULL:
                                      it has no room for one more */
    struct once once;
};

static const struct member create_members[] = {
    COLLECTION_ID_ROW(struct creating, once.collection_id),
    USER_ID_ROW(struct creating, user_id, true),
    REQUEST_TOKEN_ROW(struct creating, once.token),
};

/* Whether there is room is asked last: who asks again for a user that is there
 * gets the answer that he missed, or hears that it is there. */
static int create(struct once *once, struct archive *archive,
                  int64_t collection, struct json *answer)
{
    const struct creating *creating = container_of(once, struct creating, once);
    int error = archive_add_user(archive, collection, creating->key,
                                 creating->user_id, clock_wall_ms());

    (void)answer; /* it is empty */
    if (error == E_DUPLICATE)
        return once_refuse(once, EXCEPTION_CONFLICT,
                           "The user id: %s already exists", creating->user_id);
    if (error == 0 && !creating->collection)
        return once_refuse(once, EXCEPTION_QUOTA, "%s",
                           exception_sentence(EXCEPTION_QUOTA));
    return error;
}

static void apply_create(struct once *once, struct collection *collection)
{
    const struct creating *creating = container_of(once, struct creating, once);
    struct record user = {.external_id = creating->user_id};

    memcpy(user.id, creating->key, UUID_BYTES);
    collection_set_user(collection, &user, NULL);
}

static void create_run(struct call *call)
{
    struct creating *creating = container_of(call, struct creating, call);
    struct collection *collection =
        call_find(call, creating->once.collection_id);

    if (!collection)
        return;
    if (collection->users.count + collection->promised_users <
        (size_t)call->engine->settings->users) {
        collection->promised_users++;
        collection_hold(collection);
        creating->collection = collection;
    }
    user_key(creating->user_id, creating->key);
    creating->once.change = create;
    creating->once.apply = apply_create;
    once_start(&creating->once, call);
}

static void create_finish(struct call *call)
{
    struct creating *creating = container_of(call, struct creating, call);

    if (creating->collection)
        creating->collection->promised_users--;
    collection_let_go(creating->collection);
    once_finish(&creating->once);
}

const struct operation operation_create_user = {
    .name = "CreateUser",
    .work_bytes = sizeof(struct creating),
    .members = create_members,
    .member_count = COUNT(create_members),
    .run = create_run,
    .finish = create_finish,
};

/* ---- DeleteUser ---- */

struct deleting {
    struct call call;
    const char *user_id;
    char key[UUID_BYTES];
    char faces[USER_FACES_MAX][UUID_BYTES]; /* that it had */
    size_t face_count;
    struct once once;
};

static const struct member delete_members[] = {
    COLLECTION_ID_ROW(struct deleting, once.collection_id),
    USER_ID_ROW(struct deleting, user_id, true),
    REQUEST_TOKEN_ROW(struct deleting, once.token),
};

static int note_face(void *owner, const struct record *record,
                     const float *vector, size_t vector_length)
{
    struct deleting *deleting = owner;

    (void)vector;
    (void)vector_length;
    assert(deleting->face_count < USER_FACES_MAX);
    memcpy(deleting->faces[deleting->face_count++], record->id, UUID_BYTES);
    return 0;
}

static int remove_user(struct once *once, struct archive *archive,
                       int64_t collection, struct json *answer)
{
    struct deleting *deleting = container_of(once, struct deleting, once);
    struct archive_user user;
    int error = archive_find_user(archive, collection, deleting->key, &user);

    (void)answer; /* it is empty */
    if (error == E_NOT_FOUND)
        return user_refuse_missing(once, deleting->user_id);
    if (error == 0)
        error =
            archive_each_face_of(archive, once->collection_id, deleting->key,
                                 "", SIZE_MAX, note_face, deleting);
    return error ? error : archive_remove_user(archive, user.number);
}

static void apply_delete(struct once *once, struct collection *collection)
{
    const struct deleting *deleting = container_of(once, struct deleting, once);

    for (size_t i = 0; i < deleting->face_count; i++)
        (void)!gallery_set_user(collection->gallery, deleting->faces[i], NULL);
    collection_remove_user(collection, deleting->key);
}

static void delete_run(struct call *call)
{
    struct deleting *deleting = container_of(call, struct deleting, call);

    if (!call_find(call, deleting->once.collection_id))
        return;
    user_key(deleting->user_id, deleting->key);
    deleting->once.change = remove_user;
    deleting->once.apply = apply_delete;
    once_start(&deleting->once, call);
}

static void delete_finish(struct call *call)
{
    once_finish(&container_of(call, struct deleting, call)->once);
}

const struct operation operation_delete_user = {
    .name = "DeleteUser",
    .work_bytes = sizeof(struct deleting),
    .members = delete_members,
    .member_count = COUNT(delete_members),
    .run = delete_run,
    .finish = delete_finish,
};

/* ---- ListUsers ---- */

struct listing {
    struct call call;
    const char *id;
    const char *token;
    int64_t most;
    struct crew_task task;
    char *list;            /* what its pages are pages of: see page_token.h */
    char last[UUID_BYTES]; /* the key of the last user on the page */
    struct json *users;
    size_t left; /* how many may still be listed */
    bool has_more;
    int error;
};

static const struct member list_members[] = {
    COLLECTION_ID_ROW(struct listing, id),
    USERS_ROW("MaxResults", struct listing, most),
    NEXT_TOKEN_ROW(struct listing, token),
};

/* E_CANCELLED ends the list: there is a user behind the page's last one. */
static int list_user(void *owner, const struct record *user,
                     const float *vector, size_t vector_length)
{
    struct listing *listing = owner;
    struct json *object;

    (void)vector;
    if (listing->left == 0) {
        listing->has_more = true;
        return E_CANCELLED;
    }
    listing->left--;
    memcpy(listing->last, user->id, UUID_BYTES);
    object = json_append(listing->users, json_object());
    json_add_text(object, "UserId", user->external_id);
    json_add_text(object, "UserStatus", user_status(vector_length > 0));
    return 0;
}

static void list_work(struct crew_task *task, void *tool)
{
    struct listing *listing = container_of(task, struct listing, task);
    char after[UUID_BYTES];

    memcpy(after, listing->last, UUID_BYTES);
    listing->error = archive_each_user(tool, listing->id, after,
                                       listing->left + 1, list_user, listing);
}

static void list_after(struct crew_task *task)
{
    struct listing *listing = container_of(task, struct listing, task);
    char token[PAGE_TOKEN_BYTES];
    struct json *answer;

    if (listing->error == E_NOT_FOUND) {
        call_refuse_missing(&listing->call, listing->id);
        return;
    }
    if (listing->error && listing->error != E_CANCELLED) {
        call_refuse_plainly(&listing->call, EXCEPTION_INTERNAL);
        return;
    }
    answer = json_object();
    json_add(answer, "Users", listing->users);
    listing->users = NULL;
    if (listing->has_more) {
        page_token_write(listing->list, listing->last, token);
        json_add_text(answer, "NextToken", token);
    }
    call_answer(&listing->call, answer);
}

static void list_run(struct call *call)
{
    struct listing *listing = container_of(call, struct listing, call);

    if (!call_find(call, listing->id))
        return;
    listing->list = xprintf("ListUsers %s", listing->id);
    if (!page_token_read(listing->list, listing->token, listing->last)) {
        call_refuse_plainly(call, EXCEPTION_PAGE_TOKEN);
        return;
    }
    listing->users = json_array();
    listing->left = (size_t)listing->most;
    listing->task = (struct crew_task){.work = list_work, .after = list_after};
    (void)!call_submit(call, call->engine->clerk, &listing->task);
}

static void list_finish(struct call *call)
{
    struct listing *listing = container_of(call, struct listing, call);

    json_destroy(listing->users);
    free(listing->list);
}

const struct operation operation_list_users = {
    .name = "ListUsers",
    .work_bytes = sizeof(struct listing),
    .members = list_members,
    .member_count = COUNT(list_members),
    .run = list_run,
    .finish = list_finish,
};
