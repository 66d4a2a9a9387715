/*
 * raw_client.c - HTTP and WebSocket from a raw socket
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "raw_client.h"

enum { PATIENCE_MS = 60000 };

static _Noreturn void give_up(const char *reason)
{
    fprintf(stderr, "raw client: %s\n", reason);
    exit(EXIT_FAILURE);
}

int raw_try_connect(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        close(fd);
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

int raw_connect(int port)
{
    int fd = raw_try_connect(port);

    if (fd < 0)
        give_up("cannot connect");
    return fd;
}

bool raw_send(int fd, const void *bytes, size_t len)
{
    const char *place = bytes;

    while (len) {
        struct pollfd waits = {.fd = fd, .events = POLLOUT};
        ssize_t sent;

        if (poll(&waits, 1, PATIENCE_MS) == 0)
            give_up("the server takes no more");
        sent = send(fd, place, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN)
            return false;
        if (sent > 0) {
            place += sent;
            len -= (size_t)sent;
        }
    }
    return true;
}

bool raw_say(int fd, const char *text)
{
    return raw_send(fd, text, strlen(text));
}

/* Reads at most `len` bytes; 0 at the end, -1 when the time is over. */
static ssize_t read_some(int fd, void *bytes, size_t len, int limit_ms)
{
    struct pollfd waits = {.fd = fd, .events = POLLIN};
    ssize_t got;

    if (poll(&waits, 1, limit_ms) == 0)
        return -1;
    got = recv(fd, bytes, len, 0);
    return got < 0 ? 0 : got; /* a reset is an end */
}

/* Reads exactly so many. */
static bool read_all(int fd, char *bytes, size_t len, int limit_ms)
{
    while (len) {
        ssize_t got = read_some(fd, bytes, len, limit_ms);

        if (got <= 0)
            return false;
        bytes += got;
        len -= (size_t)got;
    }
    return true;
}

const char *raw_header(const struct raw_answer *answer, const char *name)
{
    static _Thread_local char value[1024];
    const char *line = strstr(buffer_text(&answer->head), "\r\n");
    size_t len = strlen(name);

    while (line && line[2] != '\r') {
        line += 2;
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            line += len + 1;
            line += strspn(line, " ");
            snprintf(value, sizeof value, "%.*s", (int)strcspn(line, "\r"),
                     line);
            return value;
        }
        line = strstr(line, "\r\n");
    }
    return NULL;
}

void raw_hear_head(int fd, struct raw_answer *answer)
{
    char byte;

    *answer = (struct raw_answer){0};
    while (!strstr(buffer_text(&answer->head), "\r\n\r\n")) {
        ssize_t got = read_some(fd, &byte, 1, PATIENCE_MS);

        if (got < 0)
            give_up("no answer in time");
        if (got == 0)
            return;
        buffer_add_byte(&answer->head, byte);
    }
    answer->status = atoi(buffer_text(&answer->head) + strlen("HTTP/1.1 "));
}

void raw_hear(int fd, struct raw_answer *answer)
{
    const char *length;
    size_t body;

    raw_hear_head(fd, answer);
    if (answer->status == 0)
        return;
    length = raw_header(answer, "content-length");
    body = length ? strtoul(length, NULL, 10) : 0;
    if (!read_all(fd, buffer_reserve(&answer->body, body), body, PATIENCE_MS)) {
        answer->status = 0;
        body = 0;
    }
    answer->body.len = body;
    answer->body.bytes[body] = '\0';
}

void raw_answer_finish(struct raw_answer *answer)
{
    buffer_finish(&answer->head);
    buffer_finish(&answer->body);
}

int raw_ask(int fd, const char *text, struct raw_answer *answer)
{
    raw_say(fd, text);
    raw_hear(fd, answer);
    return answer->status;
}

bool raw_is_closed(int fd, int limit_ms)
{
    int64_t end = clock_steady_ms() + limit_ms;
    char rest[4096];

    for (;;) {
        int64_t left = end - clock_steady_ms();
        ssize_t got =
            left > 0 ? read_some(fd, rest, sizeof rest, (int)left) : -1;

        if (got <= 0)
            return got == 0;
    }
}

int raw_websocket(int port, const char *path, const char *headers)
{
    struct raw_answer answer;
    struct buffer request = {0};
    int fd = raw_try_connect(port);
    int status;

    if (fd < 0)
        return -1;
    buffer_printf(&request,
                  "GET %s HTTP/1.1\r\nHost: localhost\r\n"
                  "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                  path, headers);
    status = raw_ask(fd, request.bytes, &answer);
    raw_answer_finish(&answer);
    buffer_finish(&request);
    if (status == 101)
        return fd;
    close(fd);
    return -1;
}

/* The same bytes mask everything: nobody is in between. */
static void add_masked(struct buffer *out, const void *bytes, size_t len)
{
    static const unsigned char mask[4] = {0x12, 0x34, 0x56, 0x78};
    unsigned char *masked;

    buffer_add(out, mask, sizeof mask);
    buffer_add(out, bytes, len);
    masked = (unsigned char *)out->bytes + out->len - len;
    for (size_t i = 0; i < len; i++)
        masked[i] ^= mask[i % sizeof mask];
}

void raw_frame_write(struct buffer *out, unsigned char first, const void *bytes,
                     size_t len)
{
    buffer_add_byte(out, (char)first);
    if (len < 126) {
        buffer_add_byte(out, (char)(0x80 | len));
    } else {
        int size = len <= UINT16_MAX ? 2 : 8;

        buffer_add_byte(out, (char)(0x80 | (size == 2 ? 126 : 127)));
        for (int i = size - 1; i >= 0; i--)
            buffer_add_byte(out, (char)((uint64_t)len >> (8 * i)));
    }
    add_masked(out, bytes, len);
}

bool raw_frame(int fd, unsigned char first, const void *bytes, size_t len)
{
    struct buffer frame = {0};
    bool is_sent;

    raw_frame_write(&frame, first, bytes, len);
    is_sent = raw_send(fd, frame.bytes, frame.len);
    buffer_finish(&frame);
    return is_sent;
}

bool raw_text(int fd, const char *text)
{
    return raw_frame(fd, 0x81, text, strlen(text));
}

int raw_read_frame(int fd, struct buffer *payload, int limit_ms)
{
    unsigned char head[2], more[8];
    uint64_t len;

    buffer_clear(payload);
    if (!read_all(fd, (char *)head, sizeof head, limit_ms))
        return -1;
    len = head[1];
    if (len >= 126) {
        size_t size = len == 126 ? 2 : 8;

        if (!read_all(fd, (char *)more, size, limit_ms))
            return -1;
        len = 0;
        for (size_t i = 0; i < size; i++)
            len = len << 8 | more[i];
    }
    if (!read_all(fd, buffer_reserve(payload, len), len, limit_ms))
        return -1;
    payload->len = len;
    payload->bytes[len] = '\0';
    return head[0] & 0x0f;
}

int raw_close_code(int fd, char reason[static 128])
{
    struct buffer payload = {0};
    int opcode, code = 0;

    reason[0] = '\0';
    do
        opcode = raw_read_frame(fd, &payload, PATIENCE_MS);
    while (opcode >= 0 && opcode != 8);
    if (opcode == 8 && payload.len >= 2) {
        code = (unsigned char)payload.bytes[0] << 8 |
               (unsigned char)payload.bytes[1];
        snprintf(reason, 128, "%s", payload.bytes + 2);
    }
    buffer_finish(&payload);
    return code;
}
