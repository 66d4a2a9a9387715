/*
 * multipart.c - reads multipart/form-data as it streams in
 *
 * A body is parts between delimiters (CRLF, two dashes, the boundary).  Bytes
 * go through one function per state, which uses as many of them as it can.
 * Content is handed on from where it lies: a delimiter begins with the only CR
 * in it, so when a piece ends in the middle of what may be one, the number of
 * its bytes that have matched is all that is kept.
 *
 * A delimiter is one only if nothing else stands on its line; otherwise it was
 * content that looks alike, and is handed on as such.
 */
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "multipart.h"
#include "multipart_head.h"
#include "xalloc.h"

enum {
    DELIMITER_BYTES = 4 + BOUNDARY_BYTES,
    BLANKS_MAX = 64, /* that may stand behind a delimiter */
};

struct multipart {
    enum state {
        STATE_CONTENT,  /* of a part, or what stands before the first one */
        STATE_LINE,     /* behind a delimiter, on its line */
        STATE_HEAD,     /* of a part */
        STATE_EPILOGUE, /* behind the closing delimiter: ignored */
    } state;
    struct multipart_limits limits;
    struct multipart_events events;
    void *owner; /* of the events */

    char delimiter[DELIMITER_BYTES];
    size_t delimiter_len;
    size_t matched; /* how much of the delimiter the last bytes were */
    size_t implied; /* how much of that belongs to a line's end before it */
    char line[BLANKS_MAX + 4]; /* what stands behind a delimiter */
    size_t line_len;
    struct buffer head;
    bool in_part; /* a part has begun and not ended */
    size_t parts; /* begun so far */

    int error; /* once it is set, nothing more is read */
    const char *problem;
};

static const char line_feed_problem[] =
    "A line ends in LF alone; lines end in CRLF.";

struct multipart *multipart_create(const char *content_type,
                                   const struct multipart_limits *limits,
                                   const struct multipart_events *events,
                                   void *owner)
{
    struct multipart *multipart = xcalloc(1, sizeof *multipart);
    char *boundary = multipart->delimiter + 4;

    if (multipart_boundary(content_type, boundary) < 0) {
        multipart_destroy(multipart);
        return NULL;
    }
    memcpy(multipart->delimiter, "\r\n--", 4);
    multipart->delimiter_len = 4 + strlen(boundary);
    multipart->limits = *limits;
    multipart->events = *events;
    multipart->owner = owner;
    multipart->problem = "";
    /* The body begins at a line's beginning. */
    multipart->matched = multipart->implied = 2;
    return multipart;
}

void multipart_destroy(struct multipart *multipart)
{
    if (!multipart)
        return;
    buffer_finish(&multipart->head);
    free(multipart);
}

static void fail(struct multipart *multipart, int error, const char *problem)
{
    multipart->error = error;
    multipart->problem = problem;
}

/* Notes what an event came to. */
static void heed(struct multipart *multipart, int error)
{
    if (error < 0)
        fail(multipart, error, "The reading was ended.");
}

static void give(struct multipart *multipart, const char *bytes, size_t len)
{
    if (multipart->in_part && len > 0 && multipart->error == 0)
        heed(multipart,
             multipart->events.on_bytes(multipart->owner, bytes, len));
}

/* What had matched is content after all. */
static void give_matched(struct multipart *multipart)
{
    size_t implied = multipart->implied;
    size_t matched = multipart->matched;

    multipart->matched = multipart->implied = 0;
    give(multipart, multipart->delimiter + implied, matched - implied);
}

/* How much of a delimiter's beginning the bytes end with. */
static size_t beginning_at_end(const struct multipart *multipart,
                               const char *bytes, size_t len)
{
    size_t most = multipart->delimiter_len - 1;
    size_t last = len < most ? len : most;
    const char *end = bytes + len;
    const char *place = memrchr(end - last, '\r', last);

    if (!place ||
        memcmp(place, multipart->delimiter, (size_t)(end - place)) != 0)
        return 0;
    return (size_t)(end - place);
}

static void begin_line(struct multipart *multipart)
{
    multipart->matched = multipart->delimiter_len;
    multipart->line_len = 0;
    multipart->state = STATE_LINE;
}

/* Goes on where the last piece ended. */
static size_t match_on(struct multipart *multipart, const char *bytes,
                       size_t len)
{
    size_t left = multipart->delimiter_len - multipart->matched;
    size_t more = len < left ? len : left;

    if (memcmp(bytes, multipart->delimiter + multipart->matched, more) != 0) {
        give_matched(multipart);
        return 0;
    }
    multipart->matched += more;
    if (more == left)
        begin_line(multipart);
    return more;
}

static size_t read_content(struct multipart *multipart, const char *bytes,
                           size_t len)
{
    const char *found;
    size_t tail;

    if (multipart->matched > 0)
        return match_on(multipart, bytes, len);
    found = memmem(bytes, len, multipart->delimiter, multipart->delimiter_len);
    if (found) {
        size_t content = (size_t)(found - bytes);

        give(multipart, bytes, content);
        begin_line(multipart);
        return content + multipart->delimiter_len;
    }
    tail = beginning_at_end(multipart, bytes, len);
    give(multipart, bytes, len - tail);
    multipart->matched = tail;
    return len;
}

static void end_part(struct multipart *multipart)
{
    if (!multipart->in_part)
        return;
    multipart->in_part = false;
    heed(multipart, multipart->events.on_part_end(multipart->owner));
}

/* The line that a delimiter stands on has ended well. */
static void end_line(struct multipart *multipart)
{
    bool closing = multipart->line[0] == '-';

    multipart->matched = multipart->implied = 0;
    end_part(multipart);
    if (closing) {
        multipart->state = STATE_EPILOGUE;
        return;
    }
    multipart->state = STATE_HEAD;
    if (multipart->error == 0 && ++multipart->parts > multipart->limits.parts)
        fail(multipart, E_TOO_LARGE, "The body has too many parts.");
}

/* It was no delimiter: its line goes the way of all content.  A CR that ends
 * what we have of it may begin the next one. */
static void end_look_alike(struct multipart *multipart)
{
    size_t len = multipart->line_len;
    bool has_cr = len > 0 && multipart->line[len - 1] == '\r';

    give_matched(multipart);
    give(multipart, multipart->line, len - has_cr);
    multipart->matched = has_cr;
    multipart->state = STATE_CONTENT;
}

/* Whether a delimiter's line may go on with `next`: two dashes if it is the
 * closing one, then blanks, then CRLF. */
static bool fits_line(const struct multipart *multipart, char next)
{
    size_t len = multipart->line_len;
    char last = '\0';

    if (len > 0)
        last = multipart->line[len - 1];
    if (last == '\r')
        return next == '\n';
    if (next == '-')
        return len == 0 || (len == 1 && last == '-');
    if (len == 1 && last == '-')
        return false;
    if (next == ' ' || next == '\t')
        return len < BLANKS_MAX;
    return next == '\r';
}

static size_t read_line(struct multipart *multipart, const char *bytes,
                        size_t len)
{
    char next = bytes[0];

    (void)len;
    if (!fits_line(multipart, next)) {
        if (next == '\n')
            fail(multipart, E_INVALID, line_feed_problem);
        else
            end_look_alike(multipart);
        return 0;
    }
    multipart->line[multipart->line_len++] = next;
    if (next == '\n')
        end_line(multipart);
    return 1;
}

static void begin_part(struct multipart *multipart)
{
    struct multipart_part part;
    const char *problem = "";
    int error = multipart_head_read(multipart->head.bytes, multipart->head.len,
                                    &part, &problem);

    if (error) {
        fail(multipart, error, problem);
        return;
    }
    multipart->in_part = true;
    multipart->state = STATE_CONTENT;
    /* A part without content may end with the very line that ends its head. */
    multipart->matched = multipart->implied = 2;
    heed(multipart, multipart->events.on_part(multipart->owner, &part));
    buffer_clear(&multipart->head);
}

static bool ends_with(const struct buffer *buffer, const char *text)
{
    size_t len = strlen(text);

    return buffer->len >= len &&
           memcmp(buffer->bytes + buffer->len - len, text, len) == 0;
}

/* A head is taken line by line, up to an empty one. */
static size_t read_head(struct multipart *multipart, const char *bytes,
                        size_t len)
{
    struct buffer *head = &multipart->head;
    const char *end = memchr(bytes, '\n', len);
    size_t used = end ? (size_t)(end - bytes) + 1 : len;

    if (used > multipart->limits.head_bytes - head->len) {
        fail(multipart, E_TOO_LARGE, "A part's head is too large.");
        return 0;
    }
    buffer_add(head, bytes, used);
    if (!end)
        return used;
    if (!ends_with(head, "\r\n"))
        fail(multipart, E_INVALID, line_feed_problem);
    else if (head->len == 2 || ends_with(head, "\r\n\r\n"))
        begin_part(multipart);
    return used;
}

static size_t read_epilogue(struct multipart *multipart, const char *bytes,
                            size_t len)
{
    (void)multipart;
    (void)bytes;
    return len;
}

/* Uses the first of the bytes, at least one unless the state changes, and says
 * how many. */
typedef size_t read_fn(struct multipart *multipart, const char *bytes,
                       size_t len);

int multipart_read(struct multipart *multipart, const char *bytes, size_t len)
{
    static read_fn *const readers[] = {
        [STATE_CONTENT] = read_content,
        [STATE_LINE] = read_line,
        [STATE_HEAD] = read_head,
        [STATE_EPILOGUE] = read_epilogue,
    };

    while (len > 0 && multipart->error == 0) {
        size_t used = readers[multipart->state](multipart, bytes, len);

        bytes += used;
        len -= used;
    }
    return multipart->error;
}

/* The closing delimiter needs no line end where the body ends with it. */
int multipart_end(struct multipart *multipart)
{
    bool closing = multipart->state == STATE_LINE && multipart->line_len >= 2 &&
                   multipart->line[0] == '-';

    if (multipart->error == 0 && closing)
        end_line(multipart);
    if (multipart->error == 0 && multipart->state != STATE_EPILOGUE)
        fail(multipart, E_INVALID,
             "The body ends before its closing boundary.");
    return multipart->error;
}

const char *multipart_problem(const struct multipart *multipart)
{
    return multipart->problem;
}
