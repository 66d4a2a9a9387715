/*
 * line.c - a connected socket on the loop
 *
 * Reading is armed nearly always; writing is armed only while the kernel is
 * full, so that an answer that fits costs one send and no epoll_ctl.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "errors.h"
#include "line.h"
#include "xalloc.h"

enum {
    READ_BYTES = 64 * 1024,
    READS_A_TURN = 8, /* so that one fast peer does not starve the others */
    FLUSH_MS = 30000, /* for a peer to take what was written before goodbye */
    SHUT_MS = 3000,   /* for it to hang up after that */
};

enum state {
    OPEN,
    ENDING, /* goodbye was said: what comes is thrown away */
    SHUT,   /* and everything is written */
    GONE,   /* only the handle is left to close */
};

struct line {
    struct wire wire;
    uv_poll_t poll;
    int fd;
    enum state state;
    const struct line_events *events;
    void *owner;
    int armed; /* what the poll waits for */
    bool is_paused;
    bool has_ended; /* the peer sends no more */
    bool wants_writable;
    struct wheel *wheel;
    struct wheel_entry limit; /* of its ending */
    struct buffer out;        /* what the kernel did not take */
};

static void on_poll(uv_poll_t *poll, int status, int events);

static void arm(struct line *line)
{
    int events = 0;

    if (line->state == GONE)
        return;
    if (!line->has_ended && (!line->is_paused || line->state != OPEN))
        events |= UV_READABLE;
    if (line->out.len || line->wants_writable)
        events |= UV_WRITABLE;
    if (events == line->armed)
        return;
    line->armed = events;
    if (events)
        uv_poll_start(&line->poll, events, on_poll);
    else
        uv_poll_stop(&line->poll);
}

static void on_closed(uv_handle_t *handle)
{
    struct line *line = container_of(handle, struct line, poll);

    buffer_finish(&line->out);
    free(line);
}

void line_cut(struct line *line)
{
    if (line->state == GONE)
        return;
    line->state = GONE;
    wheel_cancel(&line->limit);
    uv_close((uv_handle_t *)&line->poll, on_closed);
    close(line->fd);
    line->events->on_gone(line->owner);
}

int line_give(struct line *line)
{
    assert(line->state == OPEN && line->out.len == 0);
    line->state = GONE;
    uv_close((uv_handle_t *)&line->poll, on_closed);
    return line->fd;
}

static void on_limit(struct wheel_entry *entry)
{
    line_cut(container_of(entry, struct line, limit));
}

/* After goodbye: shut when all is written, gone when the peer has hung up. */
static void go_on_ending(struct line *line)
{
    if (line->state == ENDING && line->out.len == 0) {
        line->state = SHUT;
        wheel_set(line->wheel, &line->limit, SHUT_MS, on_limit);
        shutdown(line->fd, SHUT_WR);
    }
    if (line->state == SHUT && line->has_ended)
        line_cut(line);
}

/* One read; false when there is no more to read now. */
static bool read_once(struct line *line)
{
    static char bytes[READ_BYTES]; /* the loop thread's, for the length of a
                                      read */
    ssize_t got = recv(line->fd, bytes, sizeof bytes, MSG_DONTWAIT);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (got < 0) {
        line_cut(line);
        return false;
    }
    if (got == 0) {
        line->has_ended = true;
        if (line->state == OPEN)
            line->events->on_end(line->owner);
        return false;
    }
    if (line->state == OPEN)
        line->events->on_bytes(line->owner, bytes, (size_t)got);
    return (size_t)got == sizeof bytes;
}

static void read_some(struct line *line)
{
    int reads = READS_A_TURN;

    while (line->state != GONE && !line->has_ended &&
           (!line->is_paused || line->state != OPEN) && reads-- > 0 &&
           read_once(line))
        ;
}

static void write_some(struct line *line)
{
    ssize_t sent = 0;

    if (line->out.len)
        sent = send(line->fd, line->out.bytes, line->out.len,
                    MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        line_cut(line);
        return;
    }
    if (sent > 0)
        buffer_drop(&line->out, (size_t)sent);
    if (line->out.len || !line->wants_writable)
        return;
    line->wants_writable = false;
    if (line->state == OPEN)
        line->events->on_writable(line->owner);
}

/* The memory stays until the loop has closed the handle, so the line may end in
 * any of these calls. */
static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct line *line = container_of(poll, struct line, poll);

    if (status < 0) {
        line_cut(line);
        return;
    }
    if (events & UV_READABLE)
        read_some(line);
    if (line->state != GONE && (events & UV_WRITABLE))
        write_some(line);
    if (line->state != GONE)
        go_on_ending(line);
    arm(line);
}

/* ---- the wire ---- */

static struct line *line_of(struct wire *wire)
{
    return container_of(wire, struct line, wire);
}

/* A peer that is gone shows at the next turn of the loop, so that nobody's
 * owner ends inside a write. */
static int line_write(struct wire *wire, const void *bytes, size_t len)
{
    struct line *line = line_of(wire);
    ssize_t sent = 0;

    if (line->state != OPEN)
        return E_CONNECTION;
    if (line->out.len == 0)
        sent = send(line->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0)
        sent = 0;
    if ((size_t)sent < len) {
        buffer_add(&line->out, (const char *)bytes + sent, len - (size_t)sent);
        arm(line);
    }
    return 0;
}

static bool line_is_choked(const struct wire *wire)
{
    return container_of(wire, const struct line, wire)->out.len > 0;
}

static void line_want_writable(struct wire *wire)
{
    struct line *line = line_of(wire);

    line->wants_writable = true;
    arm(line);
}

static void line_hang_up(struct wire *wire)
{
    line_end(line_of(wire));
}

static const struct wire_kind kind = {line_write, line_is_choked,
                                      line_want_writable, line_hang_up};

struct wire *line_wire(struct line *line)
{
    return &line->wire;
}

struct line *line_open(uv_loop_t *loop, struct wheel *wheel, int fd,
                       const struct line_events *events, void *owner)
{
    struct line *line = xcalloc(1, sizeof *line);

    *line = (struct line){.wire = {&kind},
                          .fd = fd,
                          .events = events,
                          .owner = owner,
                          .wheel = wheel};
    uv_poll_init(loop, &line->poll, fd);
    arm(line);
    return line;
}

void line_pause(struct line *line, bool is_paused)
{
    line->is_paused = is_paused;
    arm(line);
}

/* The last steps wait for the next turn of the loop, for the same reason. */
void line_end(struct line *line)
{
    if (line->state != OPEN)
        return;
    line->state = ENDING;
    line->wants_writable = true;
    wheel_set(line->wheel, &line->limit, FLUSH_MS, on_limit);
    arm(line);
}
