/*
 * event.c - the envelope of an event
 *
 * Its parts are our own words or JSON already, except the topic and the job's
 * id, which are checked where they come in: so it is put together as text.
 */
#include <string.h>

#include "event.h"
#include "uuid.h"

static void add_text(struct buffer *out, const char *name, const char *text)
{
    if (text)
        buffer_printf(out, "\"%s\":\"%s\",", name, text);
    else
        buffer_printf(out, "\"%s\":null,", name);
}

void event_write(const struct event *event, bool is_replay, struct buffer *out)
{
    buffer_add_text(out, "{\"type\":\"event\",");
    add_text(out, "offset", event->offset);
    add_text(out, "time", event->time);
    add_text(out, "topic", event->topic);
    add_text(out, "event", event->name);
    add_text(out, "job", event->job);
    if (event->expires_at)
        add_text(out, "expires_at", event->expires_at);
    buffer_printf(out, "\"replay\":%s,\"data\":%s}",
                  is_replay ? "true" : "false", event->data);
}

static bool is_course(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    return len > 0 && len <= 64 && name[len] == '\0';
}

bool topic_is_known(const char *topic)
{
    static const char *const topics[] = {"searches", "people", "alerts",
                                         "stats"};

    for (size_t i = 0; i < COUNT(topics); i++)
        if (strcmp(topic, topics[i]) == 0)
            return true;
    if (strncmp(topic, "job:", strlen("job:")) == 0)
        return uuid_is_valid(topic + strlen("job:"));
    if (strncmp(topic, "attendance:", strlen("attendance:")) == 0)
        return is_course(topic + strlen("attendance:"));
    return false;
}
