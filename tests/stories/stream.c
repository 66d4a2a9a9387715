/*
 * stream.c - a client of GET /v1/events
 */
#include <unistd.h>

#include "raw_client.h"
#include "stream.h"
#include "text.h"
#include "unit.h"

void stream_open(struct stream *stream, int port, const char *topics)
{
    struct raw_answer answer;
    struct buffer request = {0};
    const char *type;

    stream->fd = raw_connect(port);
    buffer_printf(&request,
                  "GET /v1/events?topics=%s HTTP/1.1\r\nHost: localhost\r\n",
                  topics);
    if (stream->last_id[0])
        buffer_printf(&request, "Last-Event-ID: %s\r\n", stream->last_id);
    buffer_add_text(&request, "\r\n");
    raw_say(stream->fd, request.bytes);
    raw_hear_head(stream->fd, &answer);
    type = raw_header(&answer, "content-type");
    if (answer.status != 200 || !type || strcmp(type, "text/event-stream") != 0)
        fail_msg("no stream of events: %d", answer.status);
    raw_answer_finish(&answer);
    buffer_finish(&request);
}

void stream_close(struct stream *stream)
{
    close(stream->fd);
}

/* A line without its end; false when the stream has ended. */
static bool read_line(int fd, struct buffer *line)
{
    char byte;

    buffer_clear(line);
    while (read(fd, &byte, 1) == 1) {
        if (byte == '\n')
            return true;
        buffer_add_byte(line, byte);
    }
    return false;
}

struct json *stream_next(struct stream *stream)
{
    struct buffer line = {0};
    struct json *data = NULL;

    while (read_line(stream->fd, &line) && (line.len || !data)) {
        const char *text = buffer_text(&line);

        if (text_begins(text, "id: "))
            text_copy(stream->last_id, sizeof stream->last_id, text + 4);
        if (text_begins(text, "data: "))
            data = json_parse(text + 6, line.len - 6);
    }
    buffer_finish(&line);
    return data;
}
