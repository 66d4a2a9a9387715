/*
 * tag_operations.c - TagResource, UntagResource, ListTagsForResource
 *
 * Only collections have tags.  A change reads those that the archive has,
 * changes them and writes them back, on the clerk's thread, so that of two
 * changes at a time neither is lost.
 */
#include <stdlib.h>
#include <string.h>

#include "common_members.h"
#include "errors.h"
#include "operations.h"
#include "text.h"
#include "xalloc.h"

struct tagging {
    struct call call;
    const char *arn;
    const struct json *tags; /* to be set; NULL: none */
    struct texts keys;       /* to be removed */
    char *id;                /* of the collection */
    char *result;            /* all tags, a JSON object */
    struct crew_task task;
    int error;
};

#define ARN_ROW                                                                \
    {                                                                          \
        .name = "ResourceArn", .kind = MEMBER_TEXT,                            \
        .offset = offsetof(struct tagging, arn), .is_required = true,          \
        .least = 20, .most = 2048                                              \
    }

/* ---- the resource ---- */

/* The id in an ARN like arn:aws:rekognition:<region>:<account>:collection/<id>,
 * which CreateCollection tells without its arn: in front.  NULL: it is none. */
static const char *id_in(const char *arn)
{
    static const char service[] = "aws:rekognition:";
    static const char kind[] = ":collection/";
    const char *id;

    if (text_begins(arn, "arn:"))
        arn += strlen("arn:");
    id = text_begins(arn, service) ? strstr(arn, kind) : NULL;
    return id ? id + strlen(kind) : NULL;
}

/* NULL: the call was refused. */
static struct collection *find_resource(struct tagging *tagging)
{
    const char *arn = tagging->arn;
    const char *id = id_in(arn);
    struct collection *collection;

    if (!id) {
        call_refuse(&tagging->call, EXCEPTION_INVALID_PARAMETER,
                    "ResourceArn is no ARN of a collection");
        return NULL;
    }
    collection = collections_find(tagging->call.engine->collections, id);
    if (collection && (strcmp(collection->arn, arn) == 0 ||
                       strcmp(collection->arn + strlen("arn:"), arn) == 0))
        return collection;
    call_refuse(&tagging->call, EXCEPTION_NOT_FOUND,
                "The resource: %s does not exist", arn);
    return NULL;
}

/* ---- TagResource, UntagResource ---- */

static const struct member tag_members[] = {
    ARN_ROW,
    TAGS_ROW(struct tagging, tags, true),
};

static const struct member untag_members[] = {
    ARN_ROW,
    {.name = "TagKeys",
     .kind = MEMBER_TEXTS,
     .offset = offsetof(struct tagging, keys),
     .is_required = true,
     .most = TAGS_MAX,
     .elements = {.least = 1, .most = 128, .pattern = &pattern_tag_key}},
};

static bool is_removed(const struct tagging *tagging, const char *key)
{
    if (json_get(tagging->tags, key)) /* it gets another value */
        return true;
    for (size_t i = 0; i < tagging->keys.count; i++)
        if (strcmp(tagging->keys.list[i], key) == 0)
            return true;
    return false;
}

static void add_all(struct json *to, const struct json *from)
{
    for (const struct json *e = json_first(from); e; e = json_next(e))
        json_add_text(to, json_name(e), json_text(e));
}

/* The old tags but for those that go, and the new ones.  E_TOO_LARGE */
static int merge(struct tagging *tagging, const char *old_text)
{
    struct json *old = json_parse(old_text, strlen(old_text));
    struct json *tags = json_object();
    int error;

    for (const struct json *e = json_first(old); e; e = json_next(e))
        if (!is_removed(tagging, json_name(e)))
            json_add_text(tags, json_name(e), json_text(e));
    add_all(tags, tagging->tags);
    error = json_count(tags) > TAGS_MAX ? E_TOO_LARGE : 0;
    tagging->result = json_print_and_destroy(tags);
    json_destroy(old);
    return error;
}

static void change_work(struct crew_task *task, void *tool)
{
    struct tagging *tagging = container_of(task, struct tagging, task);
    char *old = NULL;

    tagging->error = archive_find_tags(tool, tagging->id, &old);
    if (tagging->error == 0)
        tagging->error = merge(tagging, old);
    if (tagging->error == 0)
        tagging->error = archive_set_tags(tool, tagging->id, tagging->result);
    free(old);
}

static void change_after(struct crew_task *task)
{
    struct tagging *tagging = container_of(task, struct tagging, task);
    struct call *call = &tagging->call;
    struct collection *collection;

    if (tagging->error == E_TOO_LARGE) {
        call_refuse(call, EXCEPTION_QUOTA, "A collection has at most %d tags",
                    TAGS_MAX);
        return;
    }
    if (tagging->error && tagging->error != E_NOT_FOUND) {
        call_refuse_plainly(call, EXCEPTION_INTERNAL);
        return;
    }
    collection = find_resource(tagging);
    if (!collection)
        return;
    free(collection->tags);
    collection->tags = xstrdup(tagging->result);
    call_answer(call, json_object());
}

static void change_run(struct call *call)
{
    struct tagging *tagging = container_of(call, struct tagging, call);
    const struct collection *collection = find_resource(tagging);

    if (!collection)
        return;
    tagging->id = xstrdup(collection->id);
    tagging->task =
        (struct crew_task){.work = change_work, .after = change_after};
    (void)!call_submit(call, call->engine->clerk, &tagging->task);
}

static void change_finish(struct call *call)
{
    struct tagging *tagging = container_of(call, struct tagging, call);

    free(tagging->id);
    free(tagging->result);
}

const struct operation operation_tag_resource = {
    .name = "TagResource",
    .work_bytes = sizeof(struct tagging),
    .members = tag_members,
    .member_count = COUNT(tag_members),
    .run = change_run,
    .finish = change_finish,
};

const struct operation operation_untag_resource = {
    .name = "UntagResource",
    .work_bytes = sizeof(struct tagging),
    .members = untag_members,
    .member_count = COUNT(untag_members),
    .run = change_run,
    .finish = change_finish,
};

/* ---- ListTagsForResource ---- */

static const struct member list_members[] = {
    ARN_ROW,
};

static void list_run(struct call *call)
{
    struct tagging *tagging = container_of(call, struct tagging, call);
    const struct collection *collection = find_resource(tagging);
    struct json *answer;

    if (!collection)
        return;
    answer = json_object();
    json_add_raw(answer, "Tags", collection->tags);
    call_answer(call, answer);
}

const struct operation operation_list_tags_for_resource = {
    .name = "ListTagsForResource",
    .work_bytes = sizeof(struct tagging),
    .members = list_members,
    .member_count = COUNT(list_members),
    .run = list_run,
};
