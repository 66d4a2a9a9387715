/*
 * live_searches.c - the searches of one live connection
 *
 * They are freed when the client is gone and the last of them is admitted.
 */
#include <stdlib.h>

#include "clock.h"
#include "live_desk.h"
#include "live_frame.h"
#include "live_search.h"
#include "live_searches.h"
#include "random.h"
#include "text.h"
#include "xalloc.h"

enum { ADMISSIONS_MAX = 32 }; /* that are under way */

struct live_searches {
    struct services *services;
    struct listener *listener; /* NULL: the client is gone */
    char session[RANDOM_NAME_BYTES];
    struct live_message pending; /* whose photo is awaited */
    bool has_pending;
    int64_t begun_us;  /* when it was announced */
    size_t admissions; /* under way */
};

/* A search and its message, while it is being admitted. */
struct announced {
    struct live_searches *searches;
    struct live_message message;
};

struct live_searches *live_searches_create(struct services *services,
                                           struct listener *listener,
                                           const char *session)
{
    struct live_searches *searches = xcalloc(1, sizeof *searches);

    searches->services = services;
    searches->listener = listener;
    text_copy(searches->session, sizeof searches->session, session);
    return searches;
}

static void let_go(struct live_searches *searches)
{
    if (!searches->listener && searches->admissions == 0)
        free(searches);
}

static void drop_pending(struct live_searches *searches)
{
    if (searches->has_pending)
        live_message_finish(&searches->pending);
    searches->has_pending = false;
}

void live_searches_leave(struct live_searches *searches)
{
    drop_pending(searches);
    live_desk_forget(searches->services->desk, searches->session);
    searches->listener = NULL;
    let_go(searches);
}

static void say(struct live_searches *searches, char *json)
{
    listener_say(searches->listener, json);
    free(json);
}

static void refuse(struct live_searches *searches,
                   const struct live_message *message, enum problem problem,
                   const char *detail)
{
    say(searches, live_refusal(message, problem, detail));
}

void live_searches_announce(struct live_searches *searches,
                            struct live_message *message)
{
    const struct server_settings *settings = searches->services->settings;

    if (message->bytes > (size_t)settings->image_bytes) {
        refuse(searches, message, PROBLEM_IMAGE_TOO_LARGE, NULL);
        live_message_finish(message);
        return;
    }
    if (searches->has_pending)
        refuse(searches, &searches->pending, PROBLEM_INVALID_REQUEST,
               "Another search was announced before its photo came.");
    drop_pending(searches);
    searches->pending = *message;
    *message = (struct live_message){0};
    searches->has_pending = true;
    searches->begun_us = clock_wall_us();
    if (!searches->pending.trace.id[0])
        trace_begin(&searches->pending.trace);
}

/* ---- the durable lane ---- */

static void on_admitted(void *owner, struct live_search *search,
                        enum problem problem, const char *detail)
{
    struct announced *announced = owner;
    struct live_searches *searches = announced->searches;

    if (searches->listener && problem == PROBLEM_NONE) {
        say(searches,
            live_reply(&announced->message, "job", live_search_job(search)));
    } else if (searches->listener) {
        listener_stop_following(searches->listener, live_search_job(search));
        refuse(searches, &announced->message, problem, detail);
    }
    live_message_finish(&announced->message);
    free(announced);
    searches->admissions--;
    let_go(searches);
}

/* The job's events come to this connection without a subscription. */
static void search_durably(struct live_searches *searches, const char *bytes,
                           size_t len, const struct picture_facts *facts)
{
    struct live_search *search;
    struct announced *announced;

    if (searches->admissions >= ADMISSIONS_MAX) {
        refuse(searches, &searches->pending, PROBLEM_TOO_MANY_REQUESTS,
               "Wait until some of the searches under way are accepted.");
        return;
    }
    if (!upload_has_room(searches->services, len)) {
        refuse(searches, &searches->pending, PROBLEM_UNAVAILABLE,
               "Too many uploads are under way; come again in a moment.");
        return;
    }
    searches->admissions++;
    announced = xcalloc(1, sizeof *announced);
    announced->searches = searches;
    announced->message = searches->pending;
    searches->pending = (struct live_message){0};
    search = live_search_create(
        searches->services,
        &(struct live_search_request){.bytes = bytes,
                                      .len = len,
                                      .facts = facts,
                                      .options = &announced->message.options,
                                      .begun_us = searches->begun_us,
                                      .trace = &announced->message.trace});
    listener_follow(searches->listener, live_search_job(search));
    live_search_run(search, on_admitted, announced);
}

/* ---- the live lane ---- */

static void search_live(struct live_searches *searches, const char *bytes,
                        size_t len, const struct picture_facts *facts)
{
    struct live_frame frame = {.session = searches->session,
                               .bytes = bytes,
                               .len = len,
                               .facts = facts,
                               .options = &searches->pending.options,
                               .trace = &searches->pending.trace};
    char job[UUID_BYTES], detail[128];
    enum problem problem =
        live_frame_offer(searches->services, &frame, job, detail);

    if (problem == PROBLEM_NONE)
        say(searches, live_reply(&searches->pending, "job", job));
    else
        refuse(searches, &searches->pending, problem, detail);
}

/* ---- the photo ---- */

void live_searches_take_photo(struct live_searches *searches, const char *bytes,
                              size_t len)
{
    struct picture_facts facts;
    char detail[128] = "";
    enum problem problem;

    if (!searches->has_pending) {
        refuse(searches, &(struct live_message){0}, PROBLEM_UNEXPECTED_BINARY,
               NULL);
        return;
    }
    problem = len != searches->pending.bytes
                  ? PROBLEM_LENGTH_MISMATCH
                  : upload_check_image(searches->services->settings, bytes, len,
                                       &facts, detail);
    if (problem != PROBLEM_NONE)
        refuse(searches, &searches->pending, problem, detail);
    else if (searches->pending.is_live)
        search_live(searches, bytes, len, &facts);
    else
        search_durably(searches, bytes, len, &facts);
    drop_pending(searches);
}
