/*
 * swarm.c - many live clients that come back
 *
 * One thread, one epoll.  A client waits until it is due, connects, shakes
 * hands, subscribes and hears.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "clock.h"
#include "raw_client.h"
#include "swarm.h"
#include "text.h"
#include "unit.h"
#include "xalloc.h"

enum {
    FIRST_MS = 1000,
    MOST_MS = 30000,
    OPEN_MS = 60000,
    TURN_MS = 5,
    READ_BYTES = 64 * 1024,
    AT_ONCE = 512,
    OFFSET_TEXT = 64,
    OPCODE_TEXT = 1,
    OPCODE_CLOSE = 8,
    OPCODE_PING = 9,
    PONG = 0x8a, /* a whole frame */
};

static const char handshake[] =
    "GET /v1/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: facewire.v1\r\n\r\n";

struct client {
    struct swarm *swarm;
    int fd;             /* -1: it waits until it is due */
    bool is_open;       /* the handshake was answered */
    bool is_subscribed; /* the reply has come */
    int64_t due_ms;
    int64_t bound_ms; /* of the next wait */
    uint64_t heard;   /* events: the number of the next */
    char offset[OFFSET_TEXT];
    struct buffer kept; /* the beginning of what is not whole yet */
};

struct swarm {
    int port;
    int epoll;
    size_t count;
    size_t failures;
    struct client *clients;
    char bytes[READ_BYTES + 1];
};

/* ---- coming and going ---- */

static void wait_again(struct client *client)
{
    client->fd = -1;
    client->is_open = client->is_subscribed = false;
    buffer_clear(&client->kept);
    client->due_ms = clock_steady_ms() + rand() % client->bound_ms;
    client->bound_ms = client->bound_ms < MOST_MS / 2 ? 2 * client->bound_ms
                                                      : (int64_t)MOST_MS;
}

static void give_up(struct client *client)
{
    close(client->fd);
    client->swarm->failures++;
    wait_again(client);
}

static void connect_to(struct client *client)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port =
                                      htons((uint16_t)client->swarm->port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = client};

    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connect(client->fd, (struct sockaddr *)&address, sizeof address) < 0 &&
        errno != EINPROGRESS)
        give_up(client);
    else if (epoll_ctl(client->swarm->epoll, EPOLL_CTL_ADD, client->fd,
                       &event) < 0)
        fail_msg("a socket cannot be watched");
}

static void on_connected(struct client *client)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};

    epoll_ctl(client->swarm->epoll, EPOLL_CTL_MOD, client->fd, &event);
    if (!raw_say(client->fd, handshake))
        give_up(client);
}

static void subscribe(struct client *client)
{
    bool has_offset = client->offset[0] != '\0';
    char *wish = xprintf("{\"type\":\"subscribe\",\"id\":1,"
                         "\"topics\":[\"searches\"]%s%s%s}",
                         has_offset ? ",\"after\":\"" : "", client->offset,
                         has_offset ? "\"" : "");

    client->is_open = true;
    if (!raw_text(client->fd, wish))
        give_up(client);
    free(wish);
}

void swarm_cut(struct swarm *swarm)
{
    struct linger reset = {.l_onoff = 1};

    for (size_t i = 0; i < swarm->count; i++) {
        struct client *client = &swarm->clients[i];

        if (client->fd < 0)
            continue;
        setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(client->fd);
        client->bound_ms = FIRST_MS;
        wait_again(client);
    }
}

/* ---- hearing ---- */

/* The text behind `beginning`, up to a quote. */
static bool find(const char *text, const char *beginning,
                 char value[static OFFSET_TEXT])
{
    const char *place = strstr(text, beginning);

    if (!place)
        return false;
    place += strlen(beginning);
    snprintf(value, OFFSET_TEXT, "%.*s", (int)strcspn(place, "\"}"), place);
    return true;
}

static void on_event(struct client *client, const char *text)
{
    char number[OFFSET_TEXT];
    uint64_t is;

    if (!find(text, "\"number\":", number))
        fail_msg("an event has no number: %s", text);
    is = strtoull(number, NULL, 10);
    if (!client->is_subscribed)
        fail_msg("event %s came before the reply", number);
    if (is != client->heard)
        fail_msg("event %s came instead of %llu", number,
                 (unsigned long long)client->heard);
    client->heard++;
    find(text, "\"offset\":\"", client->offset);
}

static void on_text(struct client *client, const char *text)
{
    if (strstr(text, "\"type\":\"event\"")) {
        on_event(client, text);
    } else if (strstr(text, "\"type\":\"reply\"") &&
               strstr(text, "\"ok\":true")) {
        client->is_subscribed = true;
        client->bound_ms = FIRST_MS;
        if (!client->offset[0])
            find(text, "\"offset\":\"", client->offset);
    } else {
        fail_msg("a client was told: %s", text);
    }
}

/* Takes one frame; how many bytes it has, 0 if it is not whole.  The byte
 * behind it is not ours, and is put back. */
static size_t take_frame(struct client *client, char *bytes, size_t len)
{
    const unsigned char *head = (const unsigned char *)bytes;
    size_t head_len = 2, payload;
    char behind;

    if (len < 4)
        return 0;
    payload = head[1];
    if (payload == 127)
        fail_msg("a frame is too long");
    if (payload == 126) {
        head_len = 4;
        payload = (size_t)head[2] << 8 | head[3];
    }
    if (len < head_len + payload)
        return 0;
    behind = bytes[head_len + payload];
    bytes[head_len + payload] = '\0';
    if ((head[0] & 0x0f) == OPCODE_TEXT)
        on_text(client, bytes + head_len);
    else if ((head[0] & 0x0f) == OPCODE_PING)
        raw_frame(client->fd, PONG, bytes + head_len, payload);
    else if ((head[0] & 0x0f) == OPCODE_CLOSE)
        fail_msg("a client was closed: %s", bytes + head_len + 2);
    bytes[head_len + payload] = behind;
    return head_len + payload;
}

/* How many bytes of the handshake's answer there are; 0 if not all. */
static size_t take_answer(struct client *client, char *bytes, size_t len)
{
    const char *end = memmem(bytes, len, "\r\n\r\n", 4);

    if (!end)
        return 0;
    if (strncmp(bytes, "HTTP/1.1 101", 12) != 0) {
        give_up(client);
        return 0;
    }
    subscribe(client);
    return (size_t)(end - bytes) + 4;
}

static void hear(struct client *client)
{
    char *bytes = client->swarm->bytes;
    size_t len = client->kept.len, taken = 0, more;
    ssize_t got;

    memcpy(bytes, buffer_text(&client->kept), len);
    got = recv(client->fd, bytes + len, READ_BYTES - len, 0);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        give_up(client);
        return;
    }
    len += (size_t)got;
    do {
        more = client->is_open ? take_frame(client, bytes + taken, len - taken)
                               : take_answer(client, bytes, len);
        taken += more;
    } while (more && client->fd >= 0);
    if (client->fd < 0)
        return;
    buffer_clear(&client->kept);
    buffer_add(&client->kept, bytes + taken, len - taken);
}

/* ---- turning ---- */

static void connect_those_due(struct swarm *swarm)
{
    int64_t now_ms = clock_steady_ms();

    for (size_t i = 0; i < swarm->count; i++)
        if (swarm->clients[i].fd < 0 && swarm->clients[i].due_ms <= now_ms)
            connect_to(&swarm->clients[i]);
}

static void turn(struct swarm *swarm)
{
    struct epoll_event events[AT_ONCE];
    int count = epoll_wait(swarm->epoll, events, AT_ONCE, TURN_MS);

    for (int i = 0; i < count; i++) {
        struct client *client = events[i].data.ptr;

        if (events[i].events & EPOLLIN)
            hear(client);
        else if (events[i].events & (EPOLLERR | EPOLLHUP))
            give_up(client);
        else
            on_connected(client);
    }
    connect_those_due(swarm);
}

void swarm_run(struct swarm *swarm, int time_ms)
{
    int64_t end_ms = clock_steady_ms() + time_ms;

    do
        turn(swarm);
    while (clock_steady_ms() < end_ms);
}

/* ---- all of them ---- */

struct swarm *swarm_open(int port, size_t count)
{
    struct swarm *swarm = xcalloc(1, sizeof *swarm);
    int64_t end_ms = clock_steady_ms() + OPEN_MS;

    swarm->port = port;
    swarm->epoll = epoll_create1(EPOLL_CLOEXEC);
    swarm->count = count;
    swarm->clients = xcalloc(count, sizeof *swarm->clients);
    for (size_t i = 0; i < count; i++)
        swarm->clients[i] =
            (struct client){.swarm = swarm, .fd = -1, .bound_ms = FIRST_MS};
    while (swarm_present(swarm) < count) {
        turn(swarm);
        if (clock_steady_ms() > end_ms)
            fail_msg("%zu of %zu clients are there", swarm_present(swarm),
                     count);
    }
    return swarm;
}

void swarm_close(struct swarm *swarm)
{
    if (!swarm)
        return;
    for (size_t i = 0; i < swarm->count; i++) {
        if (swarm->clients[i].fd >= 0)
            close(swarm->clients[i].fd);
        buffer_finish(&swarm->clients[i].kept);
    }
    close(swarm->epoll);
    free(swarm->clients);
    free(swarm);
}

size_t swarm_present(const struct swarm *swarm)
{
    size_t present = 0;

    for (size_t i = 0; i < swarm->count; i++)
        present += swarm->clients[i].is_subscribed;
    return present;
}

uint64_t swarm_heard(const struct swarm *swarm)
{
    uint64_t least = UINT64_MAX;

    for (size_t i = 0; i < swarm->count; i++)
        if (swarm->clients[i].heard < least)
            least = swarm->clients[i].heard;
    return least;
}

size_t swarm_failures(const struct swarm *swarm)
{
    return swarm->failures;
}
