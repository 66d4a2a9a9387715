/*
 * session.c - a live client on a WebSocket
 *
 * A session waits for its token, where one is demanded, and then takes
 * messages. A search is two of them: the text that announces it, and the binary
 * frame with the photo.  It ends in one way: session_close closes the
 * WebSocket, and on_gone, which follows, frees the session.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "clock.h"
#include "event.h"
#include "json.h"
#include "live_frame.h"
#include "live_message.h"
#include "live_search.h"
#include "log.h"
#include "random.h"
#include "session.h"
#include "xalloc.h"

enum {
    TEXT_BYTES_MAX = 64 * 1024,
    AUTH_MS = 10000, /* to bring the token */
    PING_MS = 25000,
    PONGS_MISSED_MAX = 2,
    MESSAGES_S = 100, /* a second, in the long run */
    MESSAGES_BURST = 300,
    SEARCHES_MAX = 32, /* durable ones that were not admitted yet */
    LIVE_KEY = 1,      /* of live results: only the newest is of use */
    SLOTS = 1024,
    TOPIC_BYTES = sizeof "job:" + UUID_BYTES,
    CLOSE_UNAUTHORIZED = 4000,
    CLOSE_BAD_MESSAGE = 4001,
    CLOSE_TOO_MANY = 4100,
    CLOSE_TOO_OFTEN = 4101,
    CLOSE_SLOW = 4200,
    CLOSE_DRAIN = 4201,
    CLOSE_IDLE = 4202,
};

struct sessions {
    struct services *services;
    struct listeners *listeners;
    struct session *slots[SLOTS]; /* by name */
    size_t count;
};

struct session {
    struct sessions *sessions;
    struct session *next; /* in its slot */
    char name[RANDOM_NAME_BYTES];
    struct websocket *websocket; /* NULL: it is gone, searches are not */
    struct listener *listener;
    bool has_token;
    bool is_closed;
    struct live_message pending; /* a search whose photo is awaited */
    bool has_pending;
    size_t searches; /* being admitted; they keep the session in memory */
    int64_t messages_from_ms; /* the bucket of messages */
    unsigned pongs_missed;
    struct wheel_entry timer; /* of the token, then of pings */
    struct wheel_entry goodbye;
};

/* ---- the table ---- */

static struct session **slot_of(struct sessions *sessions, const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return &sessions->slots[(size_t)(hash >> 32) % SLOTS];
}

static struct session *find(struct sessions *sessions, const char *name)
{
    struct session *session = *slot_of(sessions, name);

    while (session && strcmp(session->name, name) != 0)
        session = session->next;
    return session;
}

struct sessions *sessions_create(struct services *services,
                                 struct listeners *listeners)
{
    struct sessions *sessions = xcalloc(1, sizeof *sessions);

    sessions->services = services;
    sessions->listeners = listeners;
    return sessions;
}

void sessions_destroy(struct sessions *sessions)
{
    if (!sessions)
        return;
    assert(sessions->count == 0);
    free(sessions);
}

size_t sessions_count(const struct sessions *sessions)
{
    return sessions->count;
}

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

static void let_go(struct session *session)
{
    if (session->websocket || session->searches)
        return;
    free(session);
}

static void on_gone(void *owner)
{
    struct session *session = owner;
    struct session **place = slot_of(session->sessions, session->name);

    while (*place != session)
        place = &(*place)->next;
    *place = session->next;
    session->sessions->count--;
    session->is_closed = true;
    session->websocket = NULL;
    wheel_cancel(&session->timer);
    wheel_cancel(&session->goodbye);
    listener_destroy(session->listener);
    session->listener = NULL;
    if (session->has_pending)
        live_message_finish(&session->pending);
    let_go(session);
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
    wheel_set(session->sessions->services->wheel, entry, PING_MS, on_ping_time);
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
    struct wheel *wheel = session->sessions->services->wheel;

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

/* ---- searches ---- */

/* The search and its message, while it is being admitted. */
struct announced {
    struct session *session;
    struct live_message message;
};

static void on_admitted(void *owner, struct live_search *search,
                        enum problem problem, const char *detail)
{
    struct announced *announced = owner;
    struct session *session = announced->session;
    char topic[TOPIC_BYTES];

    if (!session->is_closed && problem == PROBLEM_NONE) {
        say(session,
            live_reply(&announced->message, "job", live_search_job(search)));
    } else if (!session->is_closed) {
        snprintf(topic, sizeof topic, "job:%s", live_search_job(search));
        listener_unsubscribe(session->listener, topic);
        refuse(session, &announced->message, problem, detail);
    }
    live_message_finish(&announced->message);
    free(announced);
    session->searches--;
    let_go(session);
}

/* The job's events come to this connection without a subscription. */
static void search_durably(struct session *session, const char *bytes,
                           size_t len, const struct picture_facts *facts)
{
    struct live_search *search;
    struct announced *announced;
    char topic[TOPIC_BYTES];
    const char *topics[] = {topic};

    if (session->searches >= SEARCHES_MAX) {
        refuse(session, &session->pending, PROBLEM_TOO_MANY_REQUESTS,
               "Wait until some of the searches under way are accepted.");
        return;
    }
    session->searches++;
    announced = xcalloc(1, sizeof *announced);
    announced->session = session;
    announced->message = session->pending;
    session->pending = (struct live_message){0};
    search = live_search_create(session->sessions->services, bytes, len, facts,
                                &announced->message.options);
    snprintf(topic, sizeof topic, "job:%s", live_search_job(search));
    listener_subscribe(session->listener, topics, 1, NULL);
    live_search_run(search, on_admitted, announced);
}

static void search_live(struct session *session, const char *bytes, size_t len,
                        const struct picture_facts *facts)
{
    struct live_frame frame = {.session = session->name,
                               .bytes = bytes,
                               .len = len,
                               .facts = facts,
                               .options = &session->pending.options};
    char job[UUID_BYTES], detail[128];
    enum problem problem =
        live_frame_offer(session->sessions->services, &frame, job, detail);

    if (problem == PROBLEM_NONE)
        say(session, live_reply(&session->pending, "job", job));
    else
        refuse(session, &session->pending, problem, detail);
}

static void take_photo(struct session *session, const char *bytes, size_t len)
{
    struct picture_facts facts;
    char detail[128];
    enum problem problem;

    if (!session->has_pending) {
        refuse(session, &(struct live_message){0}, PROBLEM_UNEXPECTED_BINARY,
               NULL);
        return;
    }
    problem = len != session->pending.bytes
                  ? PROBLEM_LENGTH_MISMATCH
                  : upload_check_image(session->sessions->services->settings,
                                       bytes, len, &facts, detail);
    if (problem != PROBLEM_NONE)
        refuse(session, &session->pending, problem,
               problem == PROBLEM_LENGTH_MISMATCH ? NULL : detail);
    else if (session->pending.is_live)
        search_live(session, bytes, len, &facts);
    else
        search_durably(session, bytes, len, &facts);
    live_message_finish(&session->pending);
    session->has_pending = false;
}

/* ---- messages ---- */

static void do_auth(struct session *session, struct live_message *message)
{
    const struct server_settings *settings =
        session->sessions->services->settings;

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
    struct services *services = session->sessions->services;

    if (listener_topics(session->listener) + message->topic_count >
        LIVE_TOPICS_MAX + SEARCHES_MAX) {
        refuse(session, message, PROBLEM_TOO_MANY_TOPICS, NULL);
        return;
    }
    say(session,
        live_reply(message, "offset", event_log_position(services->log)));
    listener_subscribe(session->listener, message->topics, message->topic_count,
                       message->has_after ? &message->after : NULL);
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
    const struct server_settings *settings =
        session->sessions->services->settings;

    if (message->bytes > (size_t)settings->image_bytes) {
        refuse(session, message, PROBLEM_IMAGE_TOO_LARGE, NULL);
        return;
    }
    if (session->has_pending) {
        refuse(session, &session->pending, PROBLEM_INVALID_REQUEST,
               "Another search was announced before its photo came.");
        live_message_finish(&session->pending);
    }
    session->pending = *message;
    *message = (struct live_message){0};
    session->has_pending = true;
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
    return session->messages_from_ms - now > 1000 / MESSAGES_S * MESSAGES_BURST;
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
        take_photo(session, bytes, len);
    else
        session_close(session, CLOSE_UNAUTHORIZED, "unauthorized");
}

static void on_writable(void *owner)
{
    struct session *session = owner;

    if (!session->is_closed)
        listener_on_writable(session->listener);
}

/* ---- all of them ---- */

void sessions_open(struct sessions *sessions, struct websocket *websocket,
                   bool has_token)
{
    static const struct websocket_events events = {on_message, on_writable,
                                                   on_pong, on_gone};
    static const struct listener_events listener_events = {on_slow};
    struct session *session = xcalloc(1, sizeof *session);
    struct session **slot;

    session->sessions = sessions;
    session->websocket = websocket;
    session->has_token = has_token;
    random_name(session->name);
    slot = slot_of(sessions, session->name);
    session->next = *slot;
    *slot = session;
    sessions->count++;
    session->listener =
        listener_create(sessions->listeners, websocket_wire(websocket),
                        LISTENER_WEBSOCKET, &listener_events, session);
    websocket_serve(websocket, &events, session, TEXT_BYTES_MAX,
                    (size_t)sessions->services->settings->image_bytes);
    set_timer(session);
    if (sessions->count > (size_t)sessions->services->settings->listeners)
        session_close(session, CLOSE_TOO_MANY, "too many connections");
}

void sessions_take_result(struct sessions *sessions, const char *data,
                          size_t len)
{
    struct json *result = json_parse(data, len);
    struct session *session =
        find(sessions, json_get_text(result, "session", ""));
    const struct json *body = json_get(result, "data");
    char time[CLOCK_TEXT_BYTES], topic[TOPIC_BYTES];
    char *text;

    if (session && !session->is_closed && body) {
        const char *job = json_get_text(result, "job", "");

        clock_text(clock_wall_ms(), time);
        snprintf(topic, sizeof topic, "job:%.*s", UUID_BYTES - 1, job);
        text = json_print(body);
        listener_tell(
            session->listener,
            &(struct event){
                .time = time,
                .topic = topic,
                .name = json_get_text(result, "event", "search.completed"),
                .job = job,
                .expires_at = json_get_text(result, "expires_at", NULL),
                .data = text},
            LIVE_KEY);
        free(text);
    }
    json_destroy(result);
}

/* ---- goodbye ---- */

static void on_goodbye(struct wheel_entry *entry)
{
    session_close(container_of(entry, struct session, goodbye), CLOSE_DRAIN,
                  "drain");
}

void sessions_drain(struct sessions *sessions, int64_t window_ms)
{
    for (size_t i = 0; i < SLOTS; i++) {
        for (struct session *s = sessions->slots[i]; s; s = s->next) {
            int64_t delay = (int64_t)random_below((uint64_t)window_ms / 2 + 1);

            say(s, live_bye("drain", delay));
            wheel_set(sessions->services->wheel, &s->goodbye, delay,
                      on_goodbye);
        }
    }
}
