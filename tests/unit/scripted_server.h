#pragma once

/*
 * A server on the test's own loop that reads HTTP requests and answers every
 * one of them with the same bytes, whatever they are.
 */
#include "unit.h"

#include <signal.h>

#include <uv.h>

#include "basics.h"
#include "buffer.h"

struct scripted_server {
    /* The script. */
    const char *const *pieces; /* written one by one; NULL: never answers */
    size_t piece_count;
    size_t last_len;   /* of the last piece; 0: it is a string */
    bool is_closing;   /* hangs up behind the last piece */
    bool is_resetting; /* and hangs up in the worst way */
    uint64_t delay_ms; /* before the first piece */

    /* What happened. */
    int port;
    size_t accepted;
    size_t open;
    size_t open_most;
    size_t requests;
    struct buffer heard; /* the last whole request */

    uv_loop_t *loop;
    uv_tcp_t listener;
    struct scripted_guest *first;
};

/* One connection. */
struct scripted_guest {
    struct scripted_server *server;
    struct scripted_guest *next;
    struct buffer input;
    size_t piece; /* to be written next */
    uv_tcp_t tcp;
    uv_timer_t delay;
    uv_write_t write;
    int handles; /* that are not closed yet */
};

static inline void scripted_on_closed(uv_handle_t *handle)
{
    struct scripted_guest *guest = handle->data;

    if (--guest->handles == 0) {
        buffer_finish(&guest->input);
        free(guest);
    }
}

static inline void scripted_close(struct scripted_guest *guest)
{
    struct scripted_guest **link = &guest->server->first;

    while (*link != guest)
        link = &(*link)->next;
    *link = guest->next;
    guest->server->open--;
    if (guest->server->is_resetting)
        uv_tcp_close_reset(&guest->tcp, scripted_on_closed);
    else
        uv_close((uv_handle_t *)&guest->tcp, scripted_on_closed);
    uv_close((uv_handle_t *)&guest->delay, scripted_on_closed);
}

static inline void scripted_write(struct scripted_guest *guest);

static inline void scripted_on_written(uv_write_t *request, int status)
{
    struct scripted_guest *guest = request->data;

    if (uv_is_closing((uv_handle_t *)&guest->tcp))
        return;
    if (status < 0)
        scripted_close(guest);
    else
        scripted_write(guest);
}

static inline void scripted_write(struct scripted_guest *guest)
{
    struct scripted_server *server = guest->server;
    const char *piece;
    uv_buf_t bytes;

    if (guest->piece == server->piece_count) {
        guest->piece = 0;
        if (server->is_closing)
            scripted_close(guest);
        return;
    }
    piece = server->pieces[guest->piece++];
    bytes = uv_buf_init((char *)(uintptr_t)piece, (unsigned)strlen(piece));
    if (guest->piece == server->piece_count && server->last_len)
        bytes.len = server->last_len;
    guest->write.data = guest;
    if (uv_write(&guest->write, (uv_stream_t *)&guest->tcp, &bytes, 1,
                 scripted_on_written) < 0)
        scripted_close(guest);
}

static inline void scripted_on_delay(uv_timer_t *timer)
{
    scripted_write(timer->data);
}

/* How long the request is that `input` begins with; 0: more must come. */
static inline size_t scripted_request_len(const struct buffer *input)
{
    const char *text = buffer_text(input);
    const char *end = strstr(text, "\r\n\r\n");
    const char *length = strstr(text, "Content-Length: ");
    size_t len;

    if (!end)
        return 0;
    len = (size_t)(end + 4 - text);
    if (length && length < end)
        len += strtoul(length + strlen("Content-Length: "), NULL, 10);
    return len <= input->len ? len : 0;
}

static inline void scripted_on_alloc(uv_handle_t *handle, size_t wanted,
                                     uv_buf_t *bytes)
{
    struct scripted_guest *guest = handle->data;

    (void)wanted;
    *bytes = uv_buf_init(buffer_reserve(&guest->input, 65536), 65536);
}

static inline void scripted_on_read(uv_stream_t *stream, ssize_t count,
                                    const uv_buf_t *bytes)
{
    struct scripted_guest *guest = stream->data;
    struct scripted_server *server = guest->server;
    size_t len;

    (void)bytes;
    if (count < 0) {
        scripted_close(guest);
        return;
    }
    guest->input.len += (size_t)count;
    guest->input.bytes[guest->input.len] = '\0';
    len = scripted_request_len(&guest->input);
    if (len == 0)
        return;
    server->requests++;
    buffer_clear(&server->heard);
    buffer_add(&server->heard, guest->input.bytes, len);
    buffer_drop(&guest->input, len);
    if (server->pieces)
        uv_timer_start(&guest->delay, scripted_on_delay, server->delay_ms, 0);
}

static inline void scripted_on_connection(uv_stream_t *listener, int status)
{
    struct scripted_server *server = listener->data;
    struct scripted_guest *guest = calloc(1, sizeof *guest);

    assert_int_equal(status, 0);
    guest->server = server;
    guest->handles = 2;
    guest->next = server->first;
    server->first = guest;
    guest->tcp.data = guest->delay.data = guest;
    uv_timer_init(server->loop, &guest->delay);
    uv_tcp_init(server->loop, &guest->tcp);
    uv_accept(listener, (uv_stream_t *)&guest->tcp);
    uv_tcp_nodelay(&guest->tcp, 1);
    uv_read_start((uv_stream_t *)&guest->tcp, scripted_on_alloc,
                  scripted_on_read);
    server->accepted++;
    if (++server->open > server->open_most)
        server->open_most = server->open;
}

/* Listens on a free port of the loopback; the script can be changed later. */
static inline void scripted_start(struct scripted_server *server,
                                  uv_loop_t *loop)
{
    struct sockaddr_in address;
    int len = sizeof address;

    signal(SIGPIPE, SIG_IGN); /* as every program of ours does */
    *server = (struct scripted_server){.loop = loop};
    uv_ip4_addr("127.0.0.1", 0, &address);
    uv_tcp_init(loop, &server->listener);
    server->listener.data = server;
    assert_int_equal(
        uv_tcp_bind(&server->listener, (struct sockaddr *)&address, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&server->listener, 128,
                               scripted_on_connection),
                     0);
    uv_tcp_getsockname(&server->listener, (struct sockaddr *)&address, &len);
    server->port = ntohs(address.sin_port);
}

/* Hangs up on everybody; the loop must turn once more. */
static inline void scripted_stop(struct scripted_server *server)
{
    while (server->first)
        scripted_close(server->first);
    uv_close((uv_handle_t *)&server->listener, NULL);
    buffer_finish(&server->heard);
}
