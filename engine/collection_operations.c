/*
 * collection_operations.c - CreateCollection, DescribeCollection,
 * ListCollections, DeleteCollection
 *
 * A change goes to the archive first, and is seen and answered when it is safe
 * there.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "common_members.h"
#include "errors.h"
#include "operations.h"
#include "page_token.h"
#include "xalloc.h"

static const char account[] = "000000000000"; /* there is only one */

/* ---- CreateCollection ---- */

struct creating {
    struct call call;
    const char *id;
    const struct json *tags;
    struct crew_task task;
    struct collection *collection;
    int error;
};

static const struct member create_members[] = {
    COLLECTION_ID_ROW(struct creating, id),
    TAGS_ROW(struct creating, tags, false),
};

static void create_work(struct crew_task *task, void *tool)
{
    struct creating *creating = container_of(task, struct creating, task);
    const struct collection *collection = creating->collection;

    creating->error = archive_add_collection(
        tool, &(struct archive_collection){
                  .id = collection->id,
                  .arn = collection->arn,
                  .model_version = collection->model_version,
                  .tags = collection->tags,
                  .created_ms = collection->created_ms,
              });
}

static void refuse_existing(struct creating *creating)
{
    call_refuse(&creating->call, EXCEPTION_EXISTS,
                "The collection id: %s already exists", creating->id);
}

static void create_after(struct crew_task *task)
{
    struct creating *creating = container_of(task, struct creating, task);
    const struct collection *collection = creating->collection;
    struct json *answer;

    if (creating->error == E_DUPLICATE) {
        refuse_existing(creating);
        return;
    }
    if (creating->error) {
        call_refuse_plainly(&creating->call, EXCEPTION_INTERNAL);
        return;
    }
    collections_add(creating->call.engine->collections, creating->collection);
    answer = json_object();
    json_add_number(answer, "StatusCode", 200);
    /* This one comes without the arn: in front. */
    json_add_text(answer, "CollectionArn", collection->arn + strlen("arn:"));
    json_add_text(answer, "FaceModelVersion", collection->model_version);
    call_answer(&creating->call, answer);
}

static struct collection *collection_for(const struct creating *creating)
{
    const struct engine *engine = creating->call.engine;
    char *arn = xprintf("arn:aws:rekognition:%s:%s:collection/%s",
                        engine->settings->region, account, creating->id);
    char *tags = creating->tags ? json_print(creating->tags) : xstrdup("{}");
    struct collection *collection = collection_create(
        &(struct archive_collection){
            .id = creating->id,
            .arn = arn,
            .model_version = engine->model_version,
            .tags = tags,
            .created_ms = clock_wall_ms(),
        },
        engine->vector_length);

    free(arn);
    free(tags);
    return collection;
}

static void create_run(struct call *call)
{
    struct creating *creating = container_of(call, struct creating, call);
    struct engine *engine = call->engine;

    if (collections_find(engine->collections, creating->id)) {
        refuse_existing(creating);
        return;
    }
    creating->collection = collection_for(creating);
    creating->task =
        (struct crew_task){.work = create_work, .after = create_after};
    (void)!call_submit(call, engine->clerk, &creating->task);
}

static void create_finish(struct call *call)
{
    collection_let_go(container_of(call, struct creating, call)->collection);
}

const struct operation operation_create_collection = {
    .name = "CreateCollection",
    .work_bytes = sizeof(struct creating),
    .members = create_members,
    .member_count = COUNT(create_members),
    .run = create_run,
    .finish = create_finish,
};

/* ---- DescribeCollection ---- */

struct describing {
    struct call call;
    const char *id;
};

static const struct member describe_members[] = {
    COLLECTION_ID_ROW(struct describing, id),
};

static void describe_run(struct call *call)
{
    struct describing *describing = container_of(call, struct describing, call);
    const struct collection *collection = call_find(call, describing->id);
    struct json *answer;

    if (!collection)
        return;
    answer = json_object();
    json_add_number(answer, "FaceCount",
                    (double)gallery_count(collection->gallery));
    json_add_number(answer, "UserCount", (double)collection->users.count);
    json_add_text(answer, "FaceModelVersion", collection->model_version);
    json_add_text(answer, "CollectionARN", collection->arn);
    json_add_number(answer, "CreationTimestamp",
                    (double)collection->created_ms / 1000);
    call_answer(call, answer);
}

const struct operation operation_describe_collection = {
    .name = "DescribeCollection",
    .work_bytes = sizeof(struct describing),
    .members = describe_members,
    .member_count = COUNT(describe_members),
    .run = describe_run,
};

/* ---- ListCollections ---- */

struct listing {
    struct call call;
    const char *token;
    int64_t most;
};

static const struct member list_members[] = {
    NEXT_TOKEN_ROW(struct listing, token),
    MAX_RESULTS_ROW(struct listing, most),
};

static void list_run(struct call *call)
{
    struct listing *listing = container_of(call, struct listing, call);
    const struct collections *collections = call->engine->collections;
    size_t most = listing->most ? (size_t)listing->most : PAGE_USUAL;
    char after[PAGE_TOKEN_ID_BYTES], token[PAGE_TOKEN_ID_BYTES];
    struct json *answer, *ids, *versions;
    size_t place;

    if (!page_token_read_id(listing->token, after)) {
        call_refuse_plainly(call, EXCEPTION_PAGE_TOKEN);
        return;
    }
    place = collections_after(collections, after);
    answer = json_object();
    ids = json_add(answer, "CollectionIds", json_array());
    versions = json_add(answer, "FaceModelVersions", json_array());
    for (; place < collections_count(collections) && most > 0;
         place++, most--) {
        const struct collection *collection =
            collections_at(collections, place);

        json_append(ids, json_new_text(collection->id));
        json_append(versions, json_new_text(collection->model_version));
    }
    if (place < collections_count(collections)) {
        page_token_write_id(collections_at(collections, place - 1)->id, token);
        json_add_text(answer, "NextToken", token);
    }
    call_answer(call, answer);
}

const struct operation operation_list_collections = {
    .name = "ListCollections",
    .work_bytes = sizeof(struct listing),
    .members = list_members,
    .member_count = COUNT(list_members),
    .run = list_run,
};

/* ---- DeleteCollection ---- */

struct deleting {
    struct call call;
    const char *id;
    struct crew_task task;
    int error;
};

static const struct member delete_members[] = {
    COLLECTION_ID_ROW(struct deleting, id),
};

static void delete_work(struct crew_task *task, void *tool)
{
    struct deleting *deleting = container_of(task, struct deleting, task);

    deleting->error = archive_remove_collection(tool, deleting->id);
}

static void delete_after(struct crew_task *task)
{
    struct deleting *deleting = container_of(task, struct deleting, task);
    struct call *call = &deleting->call;
    struct json *answer;

    if (deleting->error && deleting->error != E_NOT_FOUND) {
        call_refuse_plainly(call, EXCEPTION_INTERNAL);
        return;
    }
    if (!call_find(call, deleting->id))
        return;
    collections_remove(call->engine->collections, deleting->id);
    answer = json_object();
    json_add_number(answer, "StatusCode", 200);
    call_answer(call, answer);
}

static void delete_run(struct call *call)
{
    struct deleting *deleting = container_of(call, struct deleting, call);

    if (!call_find(call, deleting->id))
        return;
    deleting->task =
        (struct crew_task){.work = delete_work, .after = delete_after};
    (void)!call_submit(call, call->engine->clerk, &deleting->task);
}

const struct operation operation_delete_collection = {
    .name = "DeleteCollection",
    .work_bytes = sizeof(struct deleting),
    .members = delete_members,
    .member_count = COUNT(delete_members),
    .run = delete_run,
};
