/*
 * stub_recognition.c - a recognition service that answers at once
 *
 *   stub_recognition PORT
 *
 * Every photo shows nobody.  It reads a request to its end, answers, and looks
 * at nothing: what it takes is what any service would take at least.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "buffer.h"
#include "floor_loop.h"
#include "log.h"

enum {
    READ_BYTES = 1024 * 1024,
    HEAD_BYTES = 8192, /* more than any head has */
};

static const char answer[] = "HTTP/1.1 200 OK\r\n"
                             "Content-Type: application/x-amz-json-1.1\r\n"
                             "Content-Length: 18\r\n\r\n"
                             "{\"FaceDetails\":[]}";

struct caller {
    struct floor_caller at;
    struct buffer head; /* until it is whole */
    bool is_in_body;
    size_t left; /* of the body */
};

static void say(const struct caller *caller, const char *text)
{
    if (send(caller->at.fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        log_info("an answer was not taken");
}

/* Takes bytes of the head until it is whole, and returns how many they were.
 * The body is not looked through: it is a hundred times as long. */
static size_t take_head(struct caller *caller, const char *bytes, size_t len)
{
    size_t before = caller->head.len;
    const char *text, *end, *length;

    buffer_add(&caller->head, bytes, len < HEAD_BYTES ? len : HEAD_BYTES);
    text = buffer_text(&caller->head);
    end = strstr(text, "\r\n\r\n");
    if (!end)
        return len;
    caller->head.len = (size_t)(end + strlen("\r\n\r\n") - text);
    caller->head.bytes[caller->head.len] = '\0';
    length = strcasestr(text, "\r\ncontent-length:");
    caller->left = length ? strtoul(length + 17, NULL, 10) : 0;
    if (strcasestr(text, "\r\nexpect: 100-continue"))
        say(caller, "HTTP/1.1 100 Continue\r\n\r\n");
    caller->is_in_body = true;
    return caller->head.len - before;
}

static bool serve(void *owner, const char *bytes, size_t len)
{
    struct caller *caller = owner;

    if (!caller->is_in_body)
        len -= take_head(caller, bytes, len);
    caller->left -= len < caller->left ? len : caller->left;
    if (caller->is_in_body && caller->left == 0) {
        say(caller, answer);
        buffer_clear(&caller->head);
        caller->is_in_body = false;
    }
    return true;
}

static void forget(void *owner)
{
    struct caller *caller = owner;

    buffer_finish(&caller->head);
}

int main(int argc, char **argv)
{
    static const struct floor floor = {.name = "stub",
                                       .caller_bytes = sizeof(struct caller),
                                       .read_bytes = READ_BYTES,
                                       .serve = serve,
                                       .forget = forget};

    return floor_run(&floor, argc, argv);
}
