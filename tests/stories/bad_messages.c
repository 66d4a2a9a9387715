/*
 * bad_messages.c - what may be wrong on a live connection
 */
#include <unistd.h>

#include "bad_messages.h"
#include "raw_client.h"
#include "unit.h"

enum {
    TEXT = 0x81,
    BINARY = 0x82,
    HALF_A_TEXT = 0x01,
    CONTINUATION = 0x80,
    PING = 0x89,
    RESERVED_OPCODE = 0x83,
    RESERVED_BIT = 0xc1,
    REPLY_MS = 20000,
};

/* ---- refusals ---- */

/* `bytes` of nonsense follow in a binary frame where they are not 0. */
static const struct refusal {
    const char *name;
    const char *text; /* NULL: only the binary frame */
    size_t bytes;
    const char *code; /* "": it is no mistake */
} refusals[] = {
    {"an unknown type", "{\"type\":\"sing\",\"id\":1}", 0, "unknown_type"},
    {"no type", "{\"id\":1}", 0, "unknown_type"},
    {"no id", "{\"type\":\"ping\"}", 0, ""},
    {"an id that is no number", "{\"type\":\"ping\",\"id\":\"one\"}", 0,
     "invalid_field"},
    {"an unknown topic",
     "{\"type\":\"subscribe\",\"id\":1,\"topics\":[\"weather\"]}", 0,
     "unknown_topic"},
    {"no topics", "{\"type\":\"subscribe\",\"id\":1}", 0, "missing_field"},
    {"topics that are none",
     "{\"type\":\"subscribe\",\"id\":1,\"topics\":[[[1]]]}", 0,
     "unknown_topic"},
    {"an offset that is none",
     "{\"type\":\"subscribe\",\"id\":1,\"topics\":[\"searches\"],\"after\":"
     "\"yesterday\"}",
     0, "invalid_offset"},
    {"a token where none is needed", "{\"type\":\"auth\",\"token\":\"x\"}", 0,
     ""},
    {"a photo that nobody announced", NULL, 10, "unexpected_binary"},
    {"an empty photo", NULL, 0, "unexpected_binary"},
    {"a photo that is too large",
     "{\"type\":\"search\",\"id\":1,\"bytes\":1e9}", 0, "image_too_large"},
    {"a photo of another length", "{\"type\":\"search\",\"id\":1,\"bytes\":11}",
     10, "length_mismatch"},
    {"a photo that is none", "{\"type\":\"search\",\"id\":1,\"bytes\":10}", 10,
     "unsupported_image"},
    {"no number of bytes", "{\"type\":\"search\",\"id\":1,\"bytes\":-1}", 0,
     "invalid_field"},
    {"an unknown lane",
     "{\"type\":\"search\",\"id\":1,\"bytes\":9,\"lane\":\"fast\"}", 0,
     "invalid_field"},
};

static void expect_refusal(struct live *live, const struct refusal *refusal)
{
    struct json *reply = live_next(live, REPLY_MS);
    const struct json *error = json_get(reply, "error");
    const char *detail = json_get_text(error, "detail", "");

    if (!reply || !live_is(reply, "type", "reply") ||
        json_get_bool(reply, "ok", false) != !refusal->code[0] ||
        strcmp(json_get_text(error, "code", ""), refusal->code) != 0)
        fail_msg("%s: %s instead of %s", refusal->name,
                 json_get_text(error, "code", "no refusal"), refusal->code);
    if (refusal->code[0] && (!strchr(detail, ' ') || !*detail))
        fail_msg("%s: no sentence: %s", refusal->name, detail);
    json_destroy(reply);
}

static void say(struct live *live, const struct refusal *refusal)
{
    char nonsense[16] = "nonsense, really";

    if (refusal->text)
        live_say(live, refusal->text);
    if (refusal->bytes || !refusal->text)
        raw_frame(live->fd, BINARY, nonsense, refusal->bytes);
}

/* ---- closes ---- */

static void send_large_text(int fd)
{
    size_t len = 64 * 1024 + 1;
    char *text = malloc(len);

    memset(text, ' ', len);
    raw_frame(fd, TEXT, text, len);
    free(text);
}

static void send_large_binary(int fd)
{
    size_t len = 16 << 20;
    char *bytes = calloc(1, len);

    raw_frame(fd, BINARY, bytes, len);
    free(bytes);
}

/* Too large only when its pieces are put together. */
static void send_large_pieces(int fd)
{
    char piece[40 * 1024];

    memset(piece, ' ', sizeof piece);
    raw_frame(fd, HALF_A_TEXT, piece, sizeof piece);
    raw_frame(fd, CONTINUATION, piece, sizeof piece);
}

static void send_no_utf8(int fd)
{
    raw_frame(fd, TEXT, "{\"type\":\"\xc3(\"}", 13);
}

static void send_reserved_opcode(int fd)
{
    raw_frame(fd, RESERVED_OPCODE, "x", 1);
}

static void send_reserved_bit(int fd)
{
    raw_frame(fd, RESERVED_BIT, "{}", 2);
}

static void send_long_ping(int fd)
{
    char bytes[126] = {0};

    raw_frame(fd, PING, bytes, sizeof bytes);
}

static void send_continuation(int fd)
{
    raw_frame(fd, CONTINUATION, "x", 1);
}

static void send_no_json(int fd)
{
    raw_text(fd, "hello");
}

static void send_list(int fd)
{
    raw_text(fd, "[1,2,3]");
}

static void send_deep_json(int fd)
{
    struct buffer text = {0};

    for (int i = 0; i < 10000; i++)
        buffer_add_byte(&text, '[');
    raw_frame(fd, TEXT, text.bytes, text.len);
    buffer_finish(&text);
}

static void send_too_often(int fd)
{
    for (int i = 0; i < 2000; i++)
        if (!raw_text(fd, "{\"type\":\"ping\",\"id\":1}"))
            return;
}

static const struct mistake {
    const char *name;
    void (*send)(int fd);
    int code;
} mistakes[] = {
    {"a text that is too large", send_large_text, 1009},
    {"a photo of 16 MB", send_large_binary, 1009},
    {"pieces that are too large together", send_large_pieces, 1009},
    {"a text that is no UTF-8", send_no_utf8, 1007},
    {"an opcode that does not exist", send_reserved_opcode, 1002},
    {"a bit that has no meaning", send_reserved_bit, 1002},
    {"a ping that is too long", send_long_ping, 1002},
    {"a continuation of nothing", send_continuation, 1002},
    {"no JSON", send_no_json, 4001},
    {"a list", send_list, 4001},
    {"JSON nested 10,000 deep", send_deep_json, 4001},
    {"2,000 messages at once", send_too_often, 4101},
};

static void expect_close(struct neighbour *neighbour,
                         const struct mistake *mistake)
{
    struct live live = {0};
    char reason[128];
    int code;

    live_open(&live, neighbour->port);
    mistake->send(live.fd);
    neighbour_is_served(neighbour, mistake->name);
    code = raw_close_code(live.fd, reason);
    if (code != mistake->code)
        fail_msg("%s: closed with %d (%s) instead of %d", mistake->name, code,
                 reason, mistake->code);
    live_finish(&live);
}

/* ---- all of it ---- */

/* The client goes while its photo is on the way. */
static void leave_in_the_middle(struct neighbour *neighbour)
{
    static const char frame[] = "\x82\xff\0\0\0\0\0\x0f\0\0\1\2\3\4half";
    struct live live = {0};

    live_open(&live, neighbour->port);
    live_say(&live, "{\"type\":\"search\",\"id\":1,\"bytes\":983040}");
    raw_send(live.fd, frame, sizeof frame - 1);
    neighbour_is_served(neighbour, "a photo that ends in the middle");
    live_finish(&live);
}

void bad_messages_say(struct neighbour *neighbour)
{
    struct live live = {0};

    live_open(&live, neighbour->port);
    for (size_t i = 0; i < COUNT(refusals); i++) {
        say(&live, &refusals[i]);
        neighbour_is_served(neighbour, refusals[i].name);
        expect_refusal(&live, &refusals[i]);
    }
    live_finish(&live);
    for (size_t i = 0; i < COUNT(mistakes); i++)
        expect_close(neighbour, &mistakes[i]);
    leave_in_the_middle(neighbour);
}
