#pragma once

/*
 * A node of a Redis Cluster on the test's own loop: a function says what it
 * answers to each command.
 */
#include "unit.h"

#include <signal.h>

#include <uv.h>

#include "basics.h"
#include "buffer.h"

struct scripted_redis;

/* The answer in Redis's protocol ("+OK\r\n"); NULL: it never answers. */
typedef const char *scripted_redis_fn(struct scripted_redis *node,
                                      const char *command);

struct scripted_redis {
    scripted_redis_fn *answer;
    int port;
    size_t accepted;
    size_t commands; /* that it was given */
    uv_loop_t *loop;
    uv_tcp_t listener;
    struct scripted_redis_guest *first;
};

/* One connection. */
struct scripted_redis_guest {
    struct scripted_redis *node;
    struct scripted_redis_guest *next;
    struct buffer input;
    uv_tcp_t tcp;
};

static inline void scripted_redis_on_closed(uv_handle_t *handle)
{
    struct scripted_redis_guest *guest = handle->data;

    buffer_finish(&guest->input);
    free(guest);
}

static inline void scripted_redis_close(struct scripted_redis_guest *guest)
{
    struct scripted_redis_guest **link = &guest->node->first;

    while (*link != guest)
        link = &(*link)->next;
    *link = guest->next;
    uv_close((uv_handle_t *)&guest->tcp, scripted_redis_on_closed);
}

/* Takes the first whole command off the input and writes its words with blanks
 * between them into `words`; false if more must come. */
static inline bool scripted_redis_take(struct buffer *input, char words[512])
{
    const char *at = buffer_text(input);
    const char *end = at + input->len;
    long count = *at == '*' ? strtol(at + 1, NULL, 10) : 0;

    words[0] = '\0';
    at = strstr(at, "\r\n");
    for (long i = 0; at && i < count; i++) {
        long len = at + 3 < end ? strtol(at + 3, NULL, 10) : 0;

        at = at + 3 < end ? strstr(at + 2, "\r\n") : NULL;
        if (!at || end - at < len + 4)
            return false;
        if (strlen(words) + (size_t)len + 2 < 512)
            snprintf(words + strlen(words), (size_t)len + 2, "%s%.*s",
                     i ? " " : "", (int)len, at + 2);
        at += 2 + len;
    }
    if (!at || count == 0)
        return false;
    buffer_drop(input, (size_t)(at + 2 - buffer_text(input)));
    return true;
}

static inline void scripted_redis_on_alloc(uv_handle_t *handle, size_t wanted,
                                           uv_buf_t *bytes)
{
    struct scripted_redis_guest *guest = handle->data;

    (void)wanted;
    *bytes = uv_buf_init(buffer_reserve(&guest->input, 4096), 4096);
}

static inline void scripted_redis_on_read(uv_stream_t *stream, ssize_t count,
                                          const uv_buf_t *bytes)
{
    struct scripted_redis_guest *guest = stream->data;
    char words[512];

    (void)bytes;
    if (count < 0) {
        scripted_redis_close(guest);
        return;
    }
    guest->input.len += (size_t)count;
    guest->input.bytes[guest->input.len] = '\0';
    while (scripted_redis_take(&guest->input, words)) {
        const char *text = guest->node->answer(guest->node, words);
        uv_buf_t answer = uv_buf_init((char *)(uintptr_t)text,
                                      text ? (unsigned)strlen(text) : 0);

        guest->node->commands++;
        if (text)
            assert_int_equal(uv_try_write(stream, &answer, 1), answer.len);
    }
}

static inline void scripted_redis_on_connection(uv_stream_t *listener,
                                                int status)
{
    struct scripted_redis *node = listener->data;
    struct scripted_redis_guest *guest = calloc(1, sizeof *guest);

    assert_int_equal(status, 0);
    guest->node = node;
    guest->next = node->first;
    node->first = guest;
    node->accepted++;
    guest->tcp.data = guest;
    uv_tcp_init(node->loop, &guest->tcp);
    uv_accept(listener, (uv_stream_t *)&guest->tcp);
    uv_read_start((uv_stream_t *)&guest->tcp, scripted_redis_on_alloc,
                  scripted_redis_on_read);
}

/* Listens on a free port of the loopback. */
static inline void scripted_redis_start(struct scripted_redis *node,
                                        uv_loop_t *loop,
                                        scripted_redis_fn *answer)
{
    struct sockaddr_in address;
    int len = sizeof address;

    signal(SIGPIPE, SIG_IGN); /* as every program of ours does */
    *node = (struct scripted_redis){.loop = loop, .answer = answer};
    uv_ip4_addr("127.0.0.1", 0, &address);
    uv_tcp_init(loop, &node->listener);
    node->listener.data = node;
    uv_tcp_bind(&node->listener, (struct sockaddr *)&address, 0);
    assert_int_equal(uv_listen((uv_stream_t *)&node->listener, 16,
                               scripted_redis_on_connection),
                     0);
    uv_tcp_getsockname(&node->listener, (struct sockaddr *)&address, &len);
    node->port = ntohs(address.sin_port);
}

/* As a node that dies. */
static inline void scripted_redis_stop(struct scripted_redis *node)
{
    while (node->first)
        scripted_redis_close(node->first);
    if (!uv_is_closing((uv_handle_t *)&node->listener))
        uv_close((uv_handle_t *)&node->listener, NULL);
}
