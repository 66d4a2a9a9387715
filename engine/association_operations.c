/*
 * association_operations.c - AssociateFaces, DisassociateFaces
 *
 * Which faces can be joined is judged on the clerk's thread, in the change that
 * joins them, so that no two users ever get the same face.
 */
#include <stdlib.h>
#include <string.h>

#include "common_members.h"
#include "dot.h"
#include "errors.h"
#include "operations.h"
#include "similarity.h"
#include "user_key.h"
#include "user_operations.h"
#include "user_vector.h"

struct associating {
    struct call call;
    const char *user_id;
    struct texts face_ids;
    double threshold;
    char key[UUID_BYTES];
    struct archive_user user;             /* as it was */
    size_t face_count;                    /* that it has now */
    const char *moved[USER_FACE_IDS_MAX]; /* faces that have come or gone */
    size_t moved_count;
    struct archive_vector vector; /* that the user has then */
    struct json *done;            /* lists of the answer; borrowed */
    struct json *others;
    struct once once;
};

static const struct member associate_members[] = {
    COLLECTION_ID_ROW(struct associating, once.collection_id),
    USER_ID_ROW(struct associating, user_id, true),
    FACE_IDS_ROW(struct associating, face_ids, true, USER_FACE_IDS_MAX),
    THRESHOLD_ROW("UserMatchThreshold", struct associating, threshold,
                  ASSOCIATION_USUAL),
    REQUEST_TOKEN_ROW(struct associating, once.token),
};

static const struct member disassociate_members[] = {
    COLLECTION_ID_ROW(struct associating, once.collection_id),
    USER_ID_ROW(struct associating, user_id, true),
    REQUEST_TOKEN_ROW(struct associating, once.token),
    FACE_IDS_ROW(struct associating, face_ids, true, USER_FACE_IDS_MAX),
};

/* ---- the answer's lists ---- */

static void add_done(struct associating *associating, const char *face_id)
{
    json_add_text(json_append(associating->done, json_object()), "FaceId",
                  face_id);
    associating->moved[associating->moved_count++] = face_id;
}

static struct json *add_other(struct associating *associating,
                              const char *face_id, const char *reason)
{
    struct json *object = json_append(associating->others, json_object());

    json_add_text(object, "FaceId", face_id);
    json_append(json_add(object, "Reasons", json_array()),
                json_new_text(reason));
    return object;
}

static void add_foreign(struct associating *associating, const char *face_id,
                        const char *user_id)
{
    json_add_text(
        add_other(associating, face_id, "ASSOCIATED_TO_A_DIFFERENT_USER"),
        "UserId", user_id);
}

/* ---- one face ---- */

/* How much the face is like the user, as far as that has faces. */
static double confidence_of(const struct associating *associating,
                            const struct archive_owned *face)
{
    const struct archive_vector *user = &associating->user.vector;

    if (user->length == 0 || user->length != face->vector.length)
        return 100;
    return similarity_percent(
        user->length, (double)dot_fastest()(user->numbers, face->vector.numbers,
                                            user->length));
}

static int join(struct associating *associating, struct archive *archive,
                const char *face_id, const struct archive_owned *face)
{
    double confidence;

    if (face->user == associating->user.number)
        return 0;
    if (face->user) {
        add_foreign(associating, face_id, face->user_id);
        return 0;
    }
    confidence = confidence_of(associating, face);
    if (confidence < associating->threshold) {
        json_add_number(add_other(associating, face_id, "LOW_MATCH_CONFIDENCE"),
                        "Confidence", json_rounded(confidence));
        return 0;
    }
    if (associating->face_count == USER_FACES_MAX)
        return once_refuse(&associating->once, EXCEPTION_QUOTA,
                           "A user has at most %d faces", USER_FACES_MAX);
    associating->face_count++;
    add_done(associating, face_id);
    return archive_give_face(archive, face->number, associating->user.number);
}

static int part(struct associating *associating, struct archive *archive,
                const char *face_id, const struct archive_owned *face)
{
    if (!face->user)
        return 0;
    if (face->user != associating->user.number) {
        add_foreign(associating, face_id, face->user_id);
        return 0;
    }
    associating->face_count--;
    add_done(associating, face_id);
    return archive_give_face(archive, face->number, 0);
}

/* ---- all of them ---- */

typedef int move_fn(struct associating *associating, struct archive *archive,
                    const char *face_id, const struct archive_owned *face);

static int move_face(struct associating *associating, struct archive *archive,
                     int64_t collection, const char *face_id, move_fn *move)
{
    struct archive_owned face = {0};
    int error = archive_find_owned(archive, collection, face_id, &face);

    if (error == E_NOT_FOUND) {
        add_other(associating, face_id, "FACE_NOT_FOUND");
        return 0;
    }
    if (error == 0)
        error = move(associating, archive, face_id, &face);
    free(face.user_id);
    return error;
}

static int move_all(struct associating *associating, struct archive *archive,
                    int64_t collection, move_fn *move)
{
    const struct texts *ids = &associating->face_ids;
    int error = archive_find_user(archive, collection, associating->key,
                                  &associating->user);

    if (error == E_NOT_FOUND)
        return user_refuse_missing(&associating->once, associating->user_id);
    associating->face_count = associating->user.face_count;
    for (size_t i = 0; i < ids->count && error == 0; i++)
        error = move_face(associating, archive, collection, ids->list[i], move);
    return error;
}

static int change(struct once *once, struct archive *archive,
                  int64_t collection, struct json *answer, move_fn *move)
{
    struct associating *associating =
        container_of(once, struct associating, once);
    int error = move_all(associating, archive, collection, move);

    if (error == 0 && associating->moved_count > 0)
        error = user_vector_make(archive, once->collection_id, associating->key,
                                 &associating->vector);
    if (error == 0 && associating->moved_count > 0)
        error = archive_set_user_vector(archive, associating->user.number,
                                        &associating->vector);
    json_add_text(answer, "UserStatus",
                  user_status(associating->face_count > 0));
    return error;
}

static int associate(struct once *once, struct archive *archive,
                     int64_t collection, struct json *answer)
{
    struct associating *associating =
        container_of(once, struct associating, once);

    associating->done = json_add(answer, "AssociatedFaces", json_array());
    associating->others =
        json_add(answer, "UnsuccessfulFaceAssociations", json_array());
    return change(once, archive, collection, answer, join);
}

static int disassociate(struct once *once, struct archive *archive,
                        int64_t collection, struct json *answer)
{
    struct associating *associating =
        container_of(once, struct associating, once);

    associating->done = json_add(answer, "DisassociatedFaces", json_array());
    associating->others =
        json_add(answer, "UnsuccessfulFaceDisassociations", json_array());
    return change(once, archive, collection, answer, part);
}

/* ---- in memory ---- */

static void apply(const struct associating *associating,
                  struct collection *collection, const char *user_id)
{
    const struct archive_vector *vector = &associating->vector;
    struct record user = {.external_id = associating->user_id};

    if (associating->moved_count == 0)
        return;
    for (size_t i = 0; i < associating->moved_count; i++)
        (void)!gallery_set_user(collection->gallery, associating->moved[i],
                                user_id);
    memcpy(user.id, associating->key, UUID_BYTES);
    collection_set_user(collection, &user,
                        vector->length ? vector->numbers : NULL);
}

static void apply_associate(struct once *once, struct collection *collection)
{
    const struct associating *associating =
        container_of(once, struct associating, once);

    apply(associating, collection, associating->user_id);
}

static void apply_disassociate(struct once *once, struct collection *collection)
{
    apply(container_of(once, struct associating, once), collection, NULL);
}

static void start(struct call *call)
{
    struct associating *associating =
        container_of(call, struct associating, call);

    if (!call_find(call, associating->once.collection_id))
        return;
    user_key(associating->user_id, associating->key);
    once_start(&associating->once, call);
}

static void associate_run(struct call *call)
{
    struct once *once = &container_of(call, struct associating, call)->once;

    once->change = associate;
    once->apply = apply_associate;
    start(call);
}

static void disassociate_run(struct call *call)
{
    struct once *once = &container_of(call, struct associating, call)->once;

    once->change = disassociate;
    once->apply = apply_disassociate;
    start(call);
}

static void finish(struct call *call)
{
    once_finish(&container_of(call, struct associating, call)->once);
}

const struct operation operation_associate_faces = {
    .name = "AssociateFaces",
    .work_bytes = sizeof(struct associating),
    .members = associate_members,
    .member_count = COUNT(associate_members),
    .run = associate_run,
    .finish = finish,
};

const struct operation operation_disassociate_faces = {
    .name = "DisassociateFaces",
    .work_bytes = sizeof(struct associating),
    .members = disassociate_members,
    .member_count = COUNT(disassociate_members),
    .run = disassociate_run,
    .finish = finish,
};
