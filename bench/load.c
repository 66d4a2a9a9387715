/*
 * load.c - a client of many connections
 *
 * Everything that is read goes through one large buffer; only what is cut off
 * in the middle is kept with its connection.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "clock.h"
#include "load.h"
#include "log.h"
#include "raw_client.h"
#include "xalloc.h"

/* SearchFaces may answer with 4,096 faces. */
enum { READ_BYTES = 4 * 1024 * 1024, EVENTS_AT_ONCE = 512, HEAD_LEN_MAX = 10 };

/* One connection of either kind. */
struct place {
    struct load *load;
    struct place *next;
    int fd; /* -1: hung up */
    uint32_t events;
    struct buffer kept; /* the beginning of what is not whole yet */
    /* Takes what it can of the bytes, and returns how many. */
    size_t (*take)(struct place *place, char *bytes, size_t len);
    void (*on_writable)(struct place *place);
};

struct load {
    int epoll;
    bool is_stopped;
    struct place *first;
    char bytes[READ_BYTES];
};

struct asker {
    struct place place;
    asker_fn *on_answer;
    void *owner;
    const char *request; /* what is left to send of it */
    size_t left;
};

struct ear {
    struct place place;
    ear_fn *on_text;
    void *owner;
};

struct load *load_create(void)
{
    struct load *load = xcalloc(1, sizeof *load);

    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    return load;
}

static void cut(struct place *place)
{
    if (place->fd >= 0)
        close(place->fd);
    place->fd = -1;
}

void load_destroy(struct load *load)
{
    while (load->first) {
        struct place *place = load->first;

        load->first = place->next;
        cut(place);
        buffer_finish(&place->kept);
        free(place); /* it lies first in its struct */
    }
    close(load->epoll);
    free(load);
}

void load_stop(struct load *load)
{
    load->is_stopped = true;
}

static void watch(struct place *place, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = place};

    if (place->events == events)
        return;
    place->events = events;
    if (epoll_ctl(place->load->epoll, EPOLL_CTL_MOD, place->fd, &event) < 0)
        fatal("a socket cannot be watched");
}

static void join(struct load *load, struct place *place, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = place};

    place->load = load;
    place->fd = fd;
    place->events = EPOLLIN;
    place->next = load->first;
    load->first = place;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        fatal("a socket cannot be watched");
}

static void read_place(struct place *place)
{
    struct load *load = place->load;
    size_t before = place->kept.len, len, taken;
    ssize_t got;

    if (before > READ_BYTES / 2)
        fatal("an answer is too long");
    memcpy(load->bytes, buffer_text(&place->kept), before);
    got = recv(place->fd, load->bytes + before, READ_BYTES - before, 0);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0)
        fatal("the server hung up");
    len = before + (size_t)got;
    taken = place->take(place, load->bytes, len);
    buffer_clear(&place->kept);
    if (taken < len)
        buffer_add(&place->kept, load->bytes + taken, len - taken);
}

bool load_run(struct load *load, int limit_ms)
{
    int64_t end_ms = clock_steady_ms() + limit_ms;
    struct epoll_event events[EVENTS_AT_ONCE];

    load->is_stopped = false;
    while (!load->is_stopped) {
        int count = epoll_wait(load->epoll, events, EVENTS_AT_ONCE, 100);

        if (clock_steady_ms() >= end_ms)
            return false;
        for (int i = 0; i < count; i++) {
            struct place *place = events[i].data.ptr;

            if (place->fd >= 0 && (events[i].events & EPOLLOUT))
                place->on_writable(place);
            if (place->fd >= 0 && (events[i].events & EPOLLIN))
                read_place(place);
            else if (events[i].events & (EPOLLHUP | EPOLLERR))
                cut(place); /* one that was not to read */
        }
    }
    return true;
}

/* ---- HTTP ---- */

static void send_more(struct place *place)
{
    struct asker *asker = container_of(place, struct asker, place);

    while (asker->left) {
        ssize_t sent =
            send(place->fd, asker->request, asker->left, MSG_NOSIGNAL);

        if (sent < 0 && errno != EAGAIN)
            fatal("a request was not taken");
        if (sent < 0)
            break;
        asker->request += sent;
        asker->left -= (size_t)sent;
    }
    watch(place, asker->left ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static size_t take_answer(struct place *place, char *bytes, size_t len)
{
    struct asker *asker = container_of(place, struct asker, place);
    char *end = memmem(bytes, len, "\r\n\r\n", 4);
    const char *length;
    size_t head, body = 0;

    if (!end)
        return 0;
    *end = '\0';
    length = strcasestr(bytes, "\r\ncontent-length:");
    head = (size_t)(end - bytes) + 4;
    if (length)
        body = strtoul(length + strlen("\r\ncontent-length:"), NULL, 10);
    *end = '\r';
    if (len < head + body)
        return 0;
    asker->on_answer(asker->owner, asker, atoi(bytes + strlen("HTTP/1.1 ")),
                     bytes + head, body);
    return head + body;
}

struct asker *load_ask_at(struct load *load, int port, asker_fn *on_answer,
                          void *owner)
{
    struct asker *asker = xcalloc(1, sizeof *asker);

    asker->place.take = take_answer;
    asker->place.on_writable = send_more;
    asker->on_answer = on_answer;
    asker->owner = owner;
    join(load, &asker->place, raw_connect(port));
    return asker;
}

void asker_ask(struct asker *asker, const void *bytes, size_t len)
{
    assert(asker->left == 0);
    asker->request = bytes;
    asker->left = len;
    send_more(&asker->place);
}

static void on_repeated(void *owner, struct asker *asker, int status,
                        const char *body, size_t len)
{
    struct repetition *repetition = owner;

    if (status != repetition->status)
        fatal("an answer was %d, not %d: %.*s", status, repetition->status,
              (int)len, body);
    repetition->answers++;
    asker_ask(asker, repetition->request->bytes, repetition->request->len);
}

void load_repeat(struct load *load, int port, size_t connections,
                 struct repetition *repetition)
{
    for (size_t i = 0; i < connections; i++)
        asker_ask(load_ask_at(load, port, on_repeated, repetition),
                  repetition->request->bytes, repetition->request->len);
}

/* ---- WebSocket ---- */

/* The head's length and the payload's; false if it is not all there. */
static bool read_head(const unsigned char *bytes, size_t len, size_t *head,
                      size_t *payload)
{
    size_t more;

    if (len < 2)
        return false;
    *payload = bytes[1] & 0x7f;
    more = *payload == 126 ? 2 : *payload == 127 ? 8 : 0;
    *head = 2 + more;
    if (len < *head)
        return false;
    if (more)
        *payload = 0;
    for (size_t i = 0; i < more; i++)
        *payload = *payload << 8 | bytes[2 + i];
    return true;
}

static size_t take_frames(struct place *place, char *bytes, size_t len)
{
    struct ear *ear = container_of(place, struct ear, place);
    size_t taken = 0, head, payload;

    while (read_head((unsigned char *)bytes + taken, len - taken, &head,
                     &payload) &&
           len - taken >= head + payload) {
        unsigned opcode = (unsigned char)bytes[taken] & 0x0f;

        if (opcode == 0x1)
            ear->on_text(ear->owner, ear, bytes + taken + head, payload);
        else if (opcode == 0x8)
            fatal("the server closed a WebSocket: %.*s",
                  payload > 2 ? (int)payload - 2 : 0, bytes + taken + head + 2);
        else if (opcode == 0x9)
            ear_say(ear, 0xa, bytes + taken + head, payload);
        taken += head + payload;
    }
    return taken;
}

struct ear *load_listen_at(struct load *load, int port, const char *path,
                           const char *headers, ear_fn *on_text, void *owner)
{
    struct ear *ear = xcalloc(1, sizeof *ear);
    int fd = raw_websocket(port, path, headers);

    if (fd < 0)
        fatal("a WebSocket was refused");
    ear->place.take = take_frames;
    ear->on_text = on_text;
    ear->owner = owner;
    join(load, &ear->place, fd);
    return ear;
}

void ear_say(struct ear *ear, unsigned opcode, const void *bytes, size_t len)
{
    if (!raw_frame(ear->place.fd, (unsigned char)(0x80 | opcode), bytes, len))
        fatal("a WebSocket takes no more");
}

void ear_say_frame(struct ear *ear, const struct buffer *frame)
{
    if (!raw_send(ear->place.fd, frame->bytes, frame->len))
        fatal("a WebSocket takes no more");
}

void ear_read(struct ear *ear, bool is_reading)
{
    watch(&ear->place, is_reading ? EPOLLIN : 0);
}

void ear_cut(struct ear *ear)
{
    cut(&ear->place);
}
