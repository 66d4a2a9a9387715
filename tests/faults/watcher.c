/*
 * watcher.c - a live client that comes back
 */
#include <string.h>

#include "clock.h"
#include "patience.h"
#include "raw_client.h"
#include "text.h"
#include "unit.h"
#include "watcher.h"
#include "xalloc.h"

enum {
    FRAME_MS = 10000, /* for the rest of a message that has begun */
    FIRST_MS = 60000,
    TURN_MS = 10,
};

static void say_subscribe(struct watcher *watcher)
{
    char *after = watcher->last ? position_write(watcher->last) : xstrdup("");
    char *text =
        xprintf("{\"type\":\"subscribe\",\"id\":1,"
                "\"topics\":[\"searches\"]%s%s%s}",
                after[0] ? ",\"after\":\"" : "", after, after[0] ? "\"" : "");
    live_say(&watcher->live, text);
    free(text);
    free(after);
}

/* False while nobody is there. */
static bool connect_again(struct watcher *watcher)
{
    if (watcher->live.fd >= 0)
        return true;
    watcher->live.fd = raw_websocket(watcher->port, "/v1/live",
                                     "Sec-WebSocket-Protocol: facewire.v1\r\n");
    if (watcher->live.fd < 0)
        return false;
    watcher->is_subscribed = false;
    say_subscribe(watcher);
    return true;
}

static struct position *position_of(const struct json *message,
                                    const char *member)
{
    struct position *position;

    if (position_read(json_get_text(message, member, ""), &position) < 0)
        fail_msg("a message has no %s", member);
    return position;
}

static void on_event(struct watcher *watcher, const struct json *message)
{
    const char *text = json_get_text(message, "offset", "");
    const struct offset *known;
    struct offset offset;

    if (!watcher->is_subscribed)
        fail_msg("an event came before the reply");
    if (offset_read(text, &offset) < 0)
        fail_msg("an event has no offset");
    known = position_at(watcher->last, offset.part);
    if (!known || !offset_is_same_log(&offset, known))
        fail_msg("another log (%s), and no gap was told", text);
    if (!offset_is_after(&offset, known))
        fail_msg("offset %s does not rise", text);
    position_set(watcher->last, &offset);
    watcher->events++;
    ledger_note(watcher->ledger, message);
}

/* The first reply says where we begin; a later one must be no event's. */
static void on_reply(struct watcher *watcher, const struct json *message)
{
    if (!json_get_bool(message, "ok", false))
        fail_msg("subscribing was refused");
    watcher->is_subscribed = true;
    if (!watcher->last)
        watcher->last = position_of(message, "offset");
}

static void on_gap(struct watcher *watcher, const struct json *message)
{
    struct position *to = position_of(message, "to");

    for (unsigned part = 0; part < position_parts(to); part++)
        if (position_at(to, part))
            position_set(watcher->last, position_at(to, part));
    position_unref(to);
    watcher->gaps++;
    watcher->must_fetch = true;
    ledger_begin_anew(watcher->ledger);
}

static void take(struct watcher *watcher, const struct json *message)
{
    if (live_is(message, "type", "event"))
        on_event(watcher, message);
    else if (live_is(message, "type", "reply"))
        on_reply(watcher, message);
    else if (live_is(message, "type", "gap"))
        on_gap(watcher, message);
    else if (!live_is(message, "type", "bye"))
        fail_msg("unknown message");
}

void watcher_hear(struct watcher *watcher, int quiet_ms)
{
    struct patience patience = patience_of(quiet_ms);

    for (;;) {
        struct json *message;

        if (!connect_again(watcher)) {
            if (!patience_lasts(&patience))
                return;
            continue;
        }
        if (!live_has(&watcher->live, quiet_ms))
            return;
        message = live_next(&watcher->live, FRAME_MS);
        if (message) {
            take(watcher, message);
            json_destroy(message);
            patience = patience_of(quiet_ms);
        } else { /* cut off, perhaps in the middle of a message */
            live_cut(&watcher->live);
            watcher->returns++;
            if (!patience_lasts(&patience))
                return;
        }
    }
}

void watcher_open(struct watcher *watcher, int port, struct ledger *ledger)
{
    struct patience patience = patience_of(FIRST_MS);

    *watcher =
        (struct watcher){.port = port, .live = {.fd = -1}, .ledger = ledger};
    while (!watcher->is_subscribed && patience_lasts(&patience))
        watcher_hear(watcher, TURN_MS);
    if (!watcher->is_subscribed)
        fail_msg("nobody could be watched");
}

void watcher_finish(struct watcher *watcher)
{
    live_finish(&watcher->live);
    position_unref(watcher->last);
}
