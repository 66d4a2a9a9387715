/*
 * live_message.c - what a client says on the live API, and what it hears
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "live_message.h"

static const double id_max = 9007199254740992; /* 2^53 */

/* Of an image that is announced.  How many it may really have is a setting of
 * the server; this only has to fit a size_t. */
static const double bytes_max = 1e9;

static enum problem refuse(enum problem problem, char detail[static 128],
                           const char *sentence)
{
    snprintf(detail, 128, "%s", sentence);
    return problem;
}

/* What is wrong with a member that has to be there. */
static enum problem refuse_member(const struct json *member,
                                  char detail[static 128], const char *sentence)
{
    return refuse(member ? PROBLEM_INVALID_FIELD : PROBLEM_MISSING_FIELD,
                  detail, sentence);
}

static bool is_whole_number(const struct json *value, double most)
{
    return json_is_number(value) && json_number(value) >= 0 &&
           json_number(value) <= most &&
           json_number(value) == floor(json_number(value));
}

static enum problem read_auth(struct live_message *message,
                              char detail[static 128])
{
    const struct json *token = json_get(message->document, "token");

    if (!json_is_text(token))
        return refuse_member(token, detail, "auth needs a token, a text.");
    message->token = json_text(token);
    return PROBLEM_NONE;
}

static enum problem read_topics(struct live_message *message,
                                char detail[static 128])
{
    const struct json *topics = json_get(message->document, "topics");

    if (!json_is_array(topics) || json_count(topics) == 0)
        return refuse_member(topics, detail,
                             "topics must be a list of at least one text.");
    if (json_count(topics) > LIVE_TOPICS_MAX)
        return refuse(PROBLEM_TOO_MANY_TOPICS, detail,
                      "A message may name 64 topics at most.");
    for (const struct json *topic = json_first(topics); topic;
         topic = json_next(topic)) {
        if (!json_is_text(topic) || !topic_is_known(json_text(topic)))
            return refuse(PROBLEM_UNKNOWN_TOPIC, detail,
                          "There is no such topic: see the live API's page.");
        message->topics[message->topic_count++] = json_text(topic);
    }
    return PROBLEM_NONE;
}

static enum problem read_subscribe(struct live_message *message,
                                   char detail[static 128])
{
    const struct json *after = json_get(message->document, "after");
    enum problem problem = read_topics(message, detail);

    if (problem != PROBLEM_NONE || !after)
        return problem;
    if (!json_is_text(after) ||
        position_read(json_text(after), &message->after) < 0)
        return refuse(PROBLEM_INVALID_OFFSET, detail,
                      "after takes an offset that was given out before.");
    return PROBLEM_NONE;
}

static enum problem read_search(struct live_message *message,
                                char detail[static 128])
{
    const struct json *bytes = json_get(message->document, "bytes");
    const struct json *lane = json_get(message->document, "lane");
    const char *lane_name = json_get_text(message->document, "lane", "");

    message->options = search_options_default();
    (void)trace_read(&message->trace,
                     json_get_text(message->document, "traceparent", NULL),
                     json_get_text(message->document, "tracestate", NULL));
    if (!is_whole_number(bytes, bytes_max))
        return refuse_member(bytes, detail,
                             "bytes says how long the binary frame will be.");
    message->bytes = (size_t)json_number(bytes);
    if (message->bytes == 0)
        return refuse(PROBLEM_IMAGE_EMPTY, detail, "The image has no bytes.");
    message->is_live = strcmp(lane_name, "live") == 0;
    if (lane && !message->is_live && strcmp(lane_name, "durable") != 0)
        return refuse(PROBLEM_INVALID_FIELD, detail,
                      "lane takes live or durable.");
    return search_options_read(&message->options,
                               json_get(message->document, "options"), detail);
}

static const struct {
    const char *name;
    /* Reads the members of that type; NULL: it has none. */
    enum problem (*read)(struct live_message *message, char detail[static 128]);
} types[] = {
    [LIVE_AUTH] = {"auth", read_auth},
    [LIVE_SUBSCRIBE] = {"subscribe", read_subscribe},
    [LIVE_UNSUBSCRIBE] = {"unsubscribe", read_topics},
    [LIVE_SEARCH] = {"search", read_search},
    [LIVE_PING] = {"ping", NULL},
};

static enum problem read_id(struct live_message *message,
                            char detail[static 128])
{
    const struct json *id = json_get(message->document, "id");

    if (!id)
        return PROBLEM_NONE;
    if (!is_whole_number(id, id_max))
        return refuse(PROBLEM_INVALID_FIELD, detail,
                      "id takes a whole number from 0 to 2^53.");
    message->has_id = true;
    message->id = (int64_t)json_number(id);
    return PROBLEM_NONE;
}

enum problem live_message_read(struct live_message *message, const char *text,
                               size_t len, char detail[static 128])
{
    const char *type;
    enum problem problem;

    *message = (struct live_message){0};
    detail[0] = '\0';
    message->document = json_parse(text, len);
    if (!json_is_object(message->document))
        return refuse(PROBLEM_INVALID_JSON, detail,
                      "A message is one JSON object.");
    problem = read_id(message, detail);
    if (problem != PROBLEM_NONE)
        return problem;
    type = json_get_text(message->document, "type", "");
    for (size_t i = 0; i < COUNT(types); i++) {
        if (strcmp(types[i].name, type) == 0) {
            message->type = (enum live_type)i;
            return types[i].read ? types[i].read(message, detail)
                                 : PROBLEM_NONE;
        }
    }
    return refuse(PROBLEM_UNKNOWN_TYPE, detail,
                  "type takes auth, subscribe, unsubscribe, search or ping.");
}

void live_message_finish(struct live_message *message)
{
    json_destroy(message->document);
    position_unref(message->after);
    *message = (struct live_message){0};
}

/* ---- what the server says ---- */

/* The id is printed here: cJSON keeps only 15 of its digits. */
static struct json *begin_reply(const struct live_message *message, bool is_ok)
{
    struct json *reply = json_object();
    char id[24];

    snprintf(id, sizeof id, "%" PRId64, message->id);
    json_add_text(reply, "type", "reply");
    json_add_raw(reply, "id", message->has_id ? id : NULL);
    json_add_bool(reply, "ok", is_ok);
    return reply;
}

char *live_reply(const struct live_message *message, const char *name,
                 const char *value)
{
    struct json *reply = begin_reply(message, true);

    if (name)
        json_add_text(reply, name, value);
    return json_print_and_destroy(reply);
}

char *live_refusal(const struct live_message *message, enum problem problem,
                   const char *detail)
{
    struct json *reply = begin_reply(message, false);

    json_add(reply, "error",
             problem_json(problem, detail && *detail ? detail : NULL));
    return json_print_and_destroy(reply);
}

char *live_gap(const char *const *topics, size_t count, const char *from,
               const char *to)
{
    struct json *gap = json_object();
    struct json *list;

    json_add_text(gap, "type", "gap");
    list = json_add(gap, "topics", json_array());
    for (size_t i = 0; i < count; i++)
        json_append(list, json_new_text(topics[i]));
    json_add_text(gap, "from", from);
    json_add_text(gap, "to", to);
    return json_print_and_destroy(gap);
}

char *live_bye(const char *reason, int64_t retry_ms)
{
    struct json *bye = json_object();

    json_add_text(bye, "type", "bye");
    json_add_text(bye, "reason", reason);
    json_add_number(bye, "retry_ms", (double)retry_ms);
    return json_print_and_destroy(bye);
}
