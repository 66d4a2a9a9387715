/*
 * sessions.c - all live clients on WebSockets
 *
 * They stand in a hash table by name, for the results of the live lane.
 */
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "session.h"
#include "sessions.h"
#include "visitors.h"
#include "xalloc.h"

enum { SLOTS = 1024 };

struct member {
    struct member *next; /* in its slot */
    struct sessions *sessions;
    struct session *session;
    struct visitor *visitor; /* NULL: one too many */
};

struct sessions {
    struct session_tools tools;
    struct member *slots[SLOTS]; /* by the session's name */
    size_t count;
};

static struct member **slot_of(struct sessions *sessions, const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return &sessions->slots[(size_t)(hash >> 32) % SLOTS];
}

static void on_gone(void *owner)
{
    struct member *member = owner;
    struct sessions *sessions = member->sessions;
    struct member **place = slot_of(sessions, session_name(member->session));

    while (*place != member)
        place = &(*place)->next;
    *place = member->next;
    sessions->count--;
    if (member->visitor)
        visitor_leave(member->visitor);
    free(member);
}

struct sessions *sessions_create(struct services *services,
                                 struct listeners *listeners)
{
    struct sessions *sessions = xcalloc(1, sizeof *sessions);

    sessions->tools = (struct session_tools){
        .services = services, .listeners = listeners, .on_gone = on_gone};
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

void sessions_open(struct sessions *sessions, struct websocket *websocket,
                   const char *address, bool has_token)
{
    struct member *member = xcalloc(1, sizeof *member);
    struct member **slot;

    member->sessions = sessions;
    member->session =
        session_open(&sessions->tools, websocket, has_token, member);
    slot = slot_of(sessions, session_name(member->session));
    member->next = *slot;
    *slot = member;
    sessions->count++;
    member->visitor = visitors_enter(sessions->tools.services->live, address);
    if (!member->visitor)
        session_turn_away(member->session);
}

void sessions_take_result(struct sessions *sessions, const char *data,
                          size_t len)
{
    struct json *result = json_parse(data, len);
    const char *name = json_get_text(result, "session", "");
    const struct member *member = *slot_of(sessions, name);

    while (member && strcmp(session_name(member->session), name) != 0)
        member = member->next;
    if (member)
        session_take_result(member->session, result);
    json_destroy(result);
}

void sessions_drain(struct sessions *sessions, int64_t window_ms)
{
    for (size_t i = 0; i < SLOTS; i++)
        for (struct member *m = sessions->slots[i]; m; m = m->next)
            session_say_goodbye(
                m->session, (int64_t)random_below((uint64_t)window_ms / 2 + 1));
}
