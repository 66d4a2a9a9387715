#pragma once

#include <stdint.h>

#include "basics.h"
#include "json.h"
#include "position.h"
#include "problem.h"
#include "search_options.h"
#include "trace.h"

/*
 * What a client says on the live API: one JSON object in a text frame.
 */
enum live_type {
    LIVE_AUTH,
    LIVE_SUBSCRIBE,
    LIVE_UNSUBSCRIBE,
    LIVE_SEARCH,
    LIVE_PING,
};

enum { LIVE_TOPICS_MAX = 64 };

struct live_message {
    struct json *document; /* ours; texts below are borrowed from it */
    enum live_type type;
    bool has_id;
    int64_t id;
    const char *token;                   /* of auth */
    const char *topics[LIVE_TOPICS_MAX]; /* of subscribe and unsubscribe */
    size_t topic_count;
    struct position *after; /* of subscribe; NULL: none */
    size_t bytes;           /* of search: the binary frame that follows */
    bool is_live;           /* its lane */
    struct search_options options;
    struct trace trace; /* of search; its id is "" if it brought none */
};

/*
 * Reads a message.  PROBLEM_NONE, or what is wrong with it, and a sentence in
 * `detail`; has_id and id are filled if they could be read, so that the refusal
 * can be told apart.  PROBLEM_INVALID_JSON alone means that it is no message at
 * all.  Finish it in every case.
 */
enum problem live_message_read(struct live_message *message, const char *text,
                               size_t len, char detail[static 128]);
void live_message_finish(struct live_message *message);

/* What the server says; each is one line of JSON, to be freed. */

/* {"type":"reply","id":…,"ok":true} and one further member, where `name` is not
 * NULL. */
char *live_reply(const struct live_message *message, const char *name,
                 const char *value) MUST_CHECK;
char *live_refusal(const struct live_message *message, enum problem problem,
                   const char *detail) MUST_CHECK;
char *live_gap(const char *const *topics, size_t count, const char *from,
               const char *to) MUST_CHECK;
char *live_bye(const char *reason, int64_t retry_ms) MUST_CHECK;
