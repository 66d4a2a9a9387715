/*
 * fuzz_queue.c - jobs and events as Redis gives them
 *
 * The input is a reply as it comes over Redis's wire.
 */
#include <ctype.h>

#include <hiredis/hiredis.h>

#include "event.h"
#include "fuzz.h"
#include "offset.h"
#include "queue.h"
#include "search_options.h"

enum { LEASES_MAX = 8 };

static void check_leases(const struct redis_reply *reply)
{
    struct lease leases[LEASES_MAX];

    for (size_t first = 0; first < 2; first++) {
        size_t count = queue_read_leases(reply, first, leases, LEASES_MAX);

        MUST(count <= LEASES_MAX);
        for (size_t i = 0; i < count; i++) {
            MUST(strlen(leases[i].entry) < sizeof leases[i].entry);
            MUST(strlen(leases[i].job.id) < sizeof leases[i].job.id);
            MUST(strlen(leases[i].job.account) < sizeof leases[i].job.account);
            MUST(leases[i].job.priority < PRIORITIES);
        }
    }
}

/* Each text is taken for everything that a text of Redis can be. */
static void check_text(const char *text)
{
    struct offset offset;
    char again[OFFSET_BYTES];
    struct search_options options = search_options_default();
    struct json *document = json_parse(text, strlen(text));
    enum job_kind kind;
    enum job_status status;
    enum priority priority;
    char detail[128];

    if (offset_read(text, &offset) == 0) {
        offset_write(&offset, again);
        MUST(offset_read(again, &offset) == 0);
    }
    if (offset_read_id(text, &offset) == 0)
        MUST(!offset_is_after(&offset, &offset));
    if (job_kind_find(text, &kind))
        MUST(strcmp(job_kind_name(kind), text) == 0);
    if (job_status_find(text, &status))
        MUST(strcmp(job_status_name(status), text) == 0);
    if (priority_find(text, &priority))
        MUST(strcmp(priority_name(priority), text) == 0);
    (void)topic_is_known(text);
    if (search_options_read(&options, document, detail) == PROBLEM_NONE)
        MUST(options.max_matches >= 1 && options.max_matches <= 50);
    json_destroy(document);
}

static void check_event(const struct redis_reply *reply)
{
    struct buffer out = {0};
    struct event event = {
        .offset = redis_reply_text(redis_reply_at(reply, 0)),
        .time = redis_reply_text(redis_reply_at(reply, 1)),
        .topic = redis_reply_text(redis_reply_at(reply, 2)),
        .name = redis_reply_text(redis_reply_at(reply, 3)),
        .data = redis_reply_text(redis_reply_at(reply, 4)),
    };

    event_write(&event, redis_reply_integer(reply) > 0, &out);
    MUST(out.len > 0);
    buffer_finish(&out);
}

static void check_reply(const struct redis_reply *reply)
{
    check_leases(reply);
    check_event(reply);
    check_text(redis_reply_text(reply));
    MUST(strlen(redis_reply_text(reply)) <= redis_reply_len(reply));
    for (size_t i = 0; i < redis_reply_count(reply); i++)
        check_reply(redis_reply_at(reply, i));
}

/* hiredis makes room for as many elements as an array claims to have.  Redis
 * claims none that do not follow, and what is tried here is what we read. */
static bool claims_too_much(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        size_t claimed = 0;

        if (bytes[i] != '*')
            continue;
        for (size_t k = i + 1; k < len && isdigit(bytes[k]); k++) {
            claimed = 10 * claimed + (size_t)(bytes[k] - '0');
            if (claimed > len)
                return true;
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    redisReader *reader;
    void *reply = NULL;

    if (claims_too_much(bytes, len))
        return 0;
    reader = redisReaderCreate();
    redisReaderFeed(reader, (const char *)bytes, len);
    while (redisReaderGetReply(reader, &reply) == REDIS_OK && reply) {
        check_reply(reply);
        freeReplyObject(reply);
        reply = NULL;
    }
    redisReaderFree(reader);
    return 0;
}
