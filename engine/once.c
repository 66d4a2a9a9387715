/*
 * once.c - a change that is made once
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "errors.h"
#include "once.h"

/* What is asked: the members, in the order of the operation's table, so that
 * the same question has the same hash however it was written. */
static void hash_input(const struct call *call,
                       unsigned char hash[static DIGEST_BYTES])
{
    struct digest *digest = digest_create();
    const struct operation *operation = call->operation;

    for (size_t i = 0; i < operation->member_count; i++) {
        const char *name = operation->members[i].name;
        const struct json *value = json_get(call->document, name);
        char *text = value ? json_print(value) : NULL;

        /* The zero byte parts it from the next one. */
        digest_add(digest, text ? text : "", text ? strlen(text) + 1 : 1);
        free(text);
    }
    digest_end(digest, hash);
}

/* ---- on the clerk's thread ---- */

static int make_change(struct once *once, struct archive *archive,
                       int64_t collection)
{
    struct json *answer = json_object();
    int error = once->change(once, archive, collection, answer);

    once->answer = json_print_and_destroy(answer);
    return error;
}

/* Makes the change unless its answer is known. */
static int make_once(struct once *once, struct archive *archive,
                     int64_t collection)
{
    struct archive_question question = {
        .operation = once->call->operation->name, .token = once->token};
    int64_t now_ms = clock_wall_ms();
    int error;

    if (!once->token)
        return make_change(once, archive, collection);
    hash_input(once->call, question.input_hash);
    error = archive_forget_answers(archive, now_ms);
    if (error == 0)
        error = archive_find_answer(archive, &question, &once->answer);
    once->is_repeated = error == 0;
    if (error == E_CONFLICT)
        return once_refuse(once, EXCEPTION_TOKEN_MISMATCH,
                           "The ClientRequestToken: %s you have supplied is "
                           "already in use.",
                           once->token);
    if (error != E_NOT_FOUND)
        return error;
    error = make_change(once, archive, collection);
    if (error == 0)
        error = archive_keep_answer(archive, collection, &question,
                                    once->answer, now_ms);
    return error;
}

static void on_work(struct crew_task *task, void *tool)
{
    struct once *once = container_of(task, struct once, task);
    struct archive *archive = tool;
    int64_t collection;

    once->error = archive_begin(archive);
    if (once->error < 0)
        return;
    once->error =
        archive_find_collection(archive, once->collection_id, &collection);
    if (once->error == E_NOT_FOUND)
        once->error = once_refuse(once, EXCEPTION_NOT_FOUND,
                                  "The collection id: %s does not exist",
                                  once->collection_id);
    if (once->error == 0)
        once->error = make_once(once, archive, collection);
    once->error = archive_end(archive, once->error);
}

/* ---- on the loop ---- */

static void on_after(struct crew_task *task)
{
    struct once *once = container_of(task, struct once, task);
    struct call *call = once->call;
    struct collection *collection;

    if (once->error == E_REFUSED) {
        call_refuse(call, once->exception, "%s", buffer_text(&once->message));
        return;
    }
    if (once->error) {
        call_refuse_plainly(call, EXCEPTION_INTERNAL);
        return;
    }
    collection = call_find(call, once->collection_id);
    if (!collection)
        return;
    if (!once->is_repeated)
        once->apply(once, collection);
    call_answer(call, json_parse(once->answer, strlen(once->answer)));
}

void once_start(struct once *once, struct call *call)
{
    once->call = call;
    once->task = (struct crew_task){.work = on_work, .after = on_after};
    (void)!call_submit(call, call->engine->clerk, &once->task);
}

void once_finish(struct once *once)
{
    free(once->answer);
    buffer_finish(&once->message);
}

int once_refuse(struct once *once, enum exception exception, const char *format,
                ...)
{
    char message[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    once->exception = exception;
    buffer_add_text(&once->message, message);
    return E_REFUSED;
}
