/*
 * session.c - a live client on a WebSocket
 *
 * A session waits for its token, where one is demanded, and then takes
 * messages; its searches are their own (live_searches.c).  It ends in one way:
 * session_close closes the WebSocket, and on_gone, which follows, frees the
 * session.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "clock.h"
#include "event.h"
#include "json.h"
#include "live_message.h"
#include "live_searches.h"
#include "log.h"
#include "session.h"
#include "xalloc.h"

enum {
    TEXT_BYTES_MAX = 64 * 1024,
    AUTH_MS = 10000, /* to bring the token */
    PING_MS = 25000,
    PONGS_MISSED_MAX = 2,
    MESSAGES_S = 100, /* a second, in the long run */
    MESSAGES_BURST = 300,
    BURST_MS = 1000 / MESSAGES_S * MESSAGES_BURST,
    LIVE_KEY = 1, /* of live results: only the newest is of use */
    TOPIC_BYTES = sizeof "job:" + UUID_BYTES,
    CLOSE_UNAUTHORIZED = 4000,
    CLOSE_BAD_MESSAGE = 4001,
    CLOSE_TOO_MANY = 4100,
    CLOSE_TOO_OFTEN = 4101,
    CLOSE_SLOW = 4200,
    CLOSE_DRAIN = 4201,
    CLOSE_IDLE = 4202,
};

struct session {
    const struct session_tools *tools;
    void *owner; /* of on_gone */
    char name[RANDOM_NAME_BYTES];
    struct websocket *websocket;
    struct listener *listener;
    bool has_token;
    bool is_closed;
    struct live_searches *searches;
    int64_t messages_from_ms; /* the bucket of messages */
    unsigned pongs_missed;
    struct wheel_entry timer; /* of the token, then of pings */
    struct wheel_entry goodbye;
};

/* ---- closing ---- */

static void session_close(struct session *session, uint16_t code,
                          const char *reason)
{
    if (session->is_closed)
        return;
    session->is_closed = true;
    log_debug("session=%s closed: %u %s", session->name, (unsigned)code,
              reason);
    websocket_close(session->websocket, code, reason);
}

static void on_gone(void *owner)
{
    struct session *session = owner;

    session->tools->on_gone(session->owner);
    wheel_cancel(&session->timer);
    wheel_cancel(&session->goodbye);
    live_searches_leave(session->searches);
    listener_destroy(session->listener);
    free(session);
}

static void on_slow(void *owner)
{
    session_close(owner, CLOSE_SLOW, "slow");
}

/* ---- time ---- */

static void on_ping_time(struct wheel_entry *entry)
{
    struct session *session = container_of(entry, struct session, timer);

    if (session->pongs_missed++ >= PONGS_MISSED_MAX) {
        session_close(session, CLOSE_IDLE, "idle");
        return;
    }
    websocket_ping(session->websocket);
    wheel_set(session->tools->services->wheel, entry, PING_MS, on_ping_time);
}

static void on_auth_time(struct wheel_entry *entry)
{
    session_close(container_of(entry, struct session, timer),
                  CLOSE_UNAUTHORIZED, "unauthorized");
}

static void on_pong(void *owner)
{
    struct session *session = owner;

    session->pongs_missed = 0;
}

static void set_timer(struct session *session)
{
    struct wheel *wheel = session->tools->services->wheel;

    if (session->has_token)
        wheel_set(wheel, &session->timer, PING_MS, on_ping_time);
    else
        wheel_set(wheel, &session->timer, AUTH_MS, on_auth_time);
}

/* ---- replies ---- */

static void say(struct session *session, char *json)
{
    if (!session->is_closed)
        listener_say(session->listener, json);
    free(json);
}

static void refuse(struct session *session, const struct live_message *message,
                   enum problem problem, const char *detail)
{
    say(session, live_refusal(message, problem, detail));
}

/* ---- messages ---- */

static void do_auth(struct session *session, struct live_message *message)
{
    const struct server_settings *settings = session->tools->services->settings;

    if (!access_is_token(settings, message->token)) {
        session_close(session, CLOSE_UNAUTHORIZED, "unauthorized");
        return;
    }
    session->has_token = true;
    set_timer(session);
    say(session, live_reply(message, NULL, NULL));
}

/* The reply, with where the log is now, comes before the first event. */
static void do_subscribe(struct session *session, struct live_message *message)
{
    struct services *services = session->tools->services;

    if (listener_topics_with(session->listener, message->topics,
                             message->topic_count) > LIVE_TOPICS_MAX) {
        refuse(session, message, PROBLEM_TOO_MANY_TOPICS, NULL);
        return;
    }
    if (message->after && !event_log_has(services->log, message->after)) {
        refuse(session, message, PROBLEM_INVALID_OFFSET, NULL);
        return;
    }
    say(session,
        live_reply(message, "offset", event_log_position(services->log)));
    listener_subscribe(session->listener, message->topics, message->topic_count,
                       message->after);
}

static void do_unsubscribe(struct session *session,
                           struct live_message *message)
{
    for (size_t i = 0; i < message->topic_count; i++)
        listener_unsubscribe(session->listener, message->topics[i]);
    say(session, live_reply(message, NULL, NULL));
}

static void do_search(struct session *session, struct live_message *message)
{
    live_searches_announce(session->searches, message);
}

static void do_ping(struct session *session, struct live_message *message)
{
    say(session, live_reply(message, NULL, NULL));
}

static void obey(struct session *session, struct live_message *message)
{
    static void (*const actions[])(struct session * session,
                                   struct live_message * message) = {
        [LIVE_AUTH] = do_auth,
        [LIVE_SUBSCRIBE] = do_subscribe,
        [LIVE_UNSUBSCRIBE] = do_unsubscribe,
        [LIVE_SEARCH] = do_search,
        [LIVE_PING] = do_ping,
    };

    if (!session->has_token && message->type != LIVE_AUTH)
        session_close(session, CLOSE_UNAUTHORIZED, "unauthorized");
    else
        actions[message->type](session, message);
}

static void take_text(struct session *session, const char *text, size_t len)
{
    struct live_message message;
    char detail[128];
    enum problem problem = live_message_read(&message, text, len, detail);

    if (problem == PROBLEM_INVALID_JSON)
        session_close(session, CLOSE_BAD_MESSAGE, "bad message");
    else if (problem != PROBLEM_NONE)
        refuse(session, &message, problem, detail);
    else
        obey(session, &message);
    live_message_finish(&message);
}

/* A leaky bucket, kept as the time at which it is empty. */
static bool is_too_often(struct session *session)
{
    int64_t now = clock_steady_ms();

    if (session->messages_from_ms < now)
        session->messages_from_ms = now;
    session->messages_from_ms += 1000 / MESSAGES_S;
    return session->messages_from_ms - now > BURST_MS;
}

static void on_message(void *owner, const char *bytes, size_t len,
                       bool is_binary)
{
    struct session *session = owner;

    if (session->is_closed)
        return;
    session->pongs_missed = 0;
    if (is_too_often(session))
        session_close(session, CLOSE_TOO_OFTEN, "too many messages");
    else if (!is_binary)
        take_text(session, bytes, len);
    else if (session->has_token)
        live_searches_take_photo(session->searches, bytes, len);
    else
        session_close(session, CLOSE_UNAUTHORIZED, "unauthorized");
}

static void on_writable(void *owner)
{
    struct session *session = owner;

    if (!session->is_closed)
        listener_on_writable(session->listener);
}

/* ---- for those who keep it ---- */

struct session *session_open(const struct session_tools *tools,
                             struct websocket *websocket, bool has_token,
                             void *owner)
{
    static const struct websocket_events events = {on_message, on_writable,
                                                   on_pong, on_gone};
    static const struct listener_events listener_events = {on_slow};
    struct session *session = xcalloc(1, sizeof *session);

    session->tools = tools;
    session->owner = owner;
    session->websocket = websocket;
    session->has_token = has_token;
    random_name(session->name);
    session->listener =
        listener_create(tools->listeners, websocket_wire(websocket),
                        LISTENER_WEBSOCKET, &listener_events, session);
    session->searches =
        live_searches_create(tools->services, session->listener, session->name);
    websocket_serve(websocket, &events, session, TEXT_BYTES_MAX,
                    (size_t)tools->services->settings->image_bytes);
    set_timer(session);
    return session;
}

const char *session_name(const struct session *session)
{
    return session->name;
}

void session_turn_away(struct session *session)
{
    session_close(session, CLOSE_TOO_MANY, "too many connections");
}

void session_take_result(struct session *session, const struct json *result)
{
    const struct json *body = json_get(result, "data");
    const char *job = json_get_text(result, "job", "");
    char time[CLOCK_TEXT_BYTES], topic[TOPIC_BYTES];
    char *text;

    if (session->is_closed || !body)
        return;
    clock_text(clock_wall_ms(), time);
    snprintf(topic, sizeof topic, "job:%.*s", UUID_BYTES - 1, job);
    text = json_print(body);
    listener_tell(
        session->listener,
        &(struct event){.time = time,
                        .topic = topic,
                        .name =
                            json_get_text(result, "event", "search.completed"),
                        .job = job,
                        .expires_at = json_get_text(result, "expires_at", NULL),
                        .data = text},
        LIVE_KEY);
    free(text);
}

static void on_goodbye(struct wheel_entry *entry)
{
    session_close(container_of(entry, struct session, goodbye), CLOSE_DRAIN,
                  "drain");
}

void session_say_goodbye(struct session *session, int64_t delay_ms)
{
    say(session, live_bye("drain", delay_ms));
    wheel_set(session->tools->services->wheel, &session->goodbye, delay_ms,
              on_goodbye);
}
