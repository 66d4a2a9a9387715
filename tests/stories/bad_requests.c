/*
 * bad_requests.c - requests with something wrong in them
 *
 * Each row is a head without its end; a Content-Length is added where there is
 * a body.  A body that is given as a function comes from the factory below.
 */
#include <poll.h>
#include <unistd.h>

#include "bad_requests.h"
#include "patience.h"
#include "png.h"
#include "problem.h"
#include "raw_client.h"
#include "unit.h"

enum { SLOW_MS = 30000 }; /* that a server is given to lose its patience */

struct bad_request {
    const char *name;
    const char *head;
    const char *body;
    void (*write)(struct buffer *body); /* instead of `body` */
    int status;
    const char *code;
};

/* ---- the factory of bodies ---- */

/* 100 by 100 pixels; then the scan stops. */
static void write_cut_jpeg(struct buffer *body)
{
    static const char head[] = "\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01"
                               "\0\x01\0\0\xff\xc0\x00\x0b\x08\x00\x64\x00\x64"
                               "\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00"
                               "\x00\x3f\x00\x12\x34";

    buffer_add(body, head, sizeof head - 1);
}

static void write_forty_megabytes(struct buffer *body)
{
    memset(buffer_reserve(body, 40 << 20), 'x', 40 << 20);
    body->len = 40 << 20;
}

/* A size of 60,000 by 60,000, and hardly a pixel. */
static void write_vast_png(struct buffer *body)
{
    static const char head[] = "\x00\x00\xea\x60\x00\x00\xea\x60\x08\x02\0\0\0";

    buffer_add(body, "\x89PNG\r\n\x1a\n", 8);
    png_add_chunk(body, "IHDR", head, sizeof head - 1);
    png_add_chunk(body, "IDAT", "\x78\x01\x03\x00\x00\x00\x00\x01", 8);
    png_add_chunk(body, "IEND", "", 0);
}

static void write_cut_vast_png(struct buffer *body)
{
    write_vast_png(body);
    body->len = 40;
}

static void write_dot(struct buffer *body)
{
    static const unsigned char pixel[3] = {1, 2, 3};

    png_write(body, 1, 1, 8, PNG_RGB, pixel);
}

static void write_deep_json(struct buffer *body)
{
    for (int i = 0; i < 10000; i++)
        buffer_add_text(body, "{\"a\":");
    buffer_add_text(body, "1");
    for (int i = 0; i < 10000; i++)
        buffer_add_byte(body, '}');
}

static void write_part(struct buffer *body, const char *head,
                       void (*write)(struct buffer *body))
{
    buffer_printf(body, "--cut\r\nContent-Disposition: form-data; %s\r\n\r\n",
                  head);
    write(body);
    buffer_add_text(body, "\r\n");
}

static void write_whole_png(struct buffer *body)
{
    static const unsigned char pixels[96 * 96 * 3] = {200};

    png_write(body, 96, 96, 8, PNG_RGB, pixels);
}

static void write_good_and_bad_image(struct buffer *body)
{
    write_part(body, "name=\"image\"; filename=\"a.png\"", write_whole_png);
    write_part(body, "name=\"image\"; filename=\"b.jpg\"", write_cut_jpeg);
    buffer_add_text(body, "--cut--\r\n");
}

static void write_many_fields(struct buffer *body)
{
    for (int i = 0; i < 40; i++)
        buffer_printf(body,
                      "--cut\r\nContent-Disposition: form-data; "
                      "name=\"field%d\"\r\n\r\nvalue\r\n",
                      i);
    buffer_add_text(body, "--cut--\r\n");
}

static void write_long_field(struct buffer *body)
{
    buffer_add_text(body, "--cut\r\nContent-Disposition: form-data; "
                          "name=\"name\"\r\n\r\n");
    for (int i = 0; i < 20000; i++)
        buffer_add_byte(body, 'n');
    buffer_add_text(body, "\r\n--cut--\r\n");
}

/* ---- the rows ---- */

#define POST(path) "POST " path " HTTP/1.1\r\nHost: localhost\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n"
#define RAW "Content-Type: application/octet-stream\r\n"
#define JSON "Content-Type: application/json\r\n"
#define FORM "Content-Type: multipart/form-data; boundary=cut\r\n"
#define WIDE "ääääääääää"
#define NOBODY "0199c1de-7f3a-7000-8000-0123456789ab"

static const struct bad_request requests[] = {
    /* Images. */
    {"an empty body", POST("/v1/searches") RAW, "", NULL, 422, "image_empty"},
    {"a cut-off JPEG", POST("/v1/searches") RAW, NULL, write_cut_jpeg, 422,
     "image_damaged"},
    {"40 MB", POST("/v1/searches") RAW, NULL, write_forty_megabytes, 413,
     "image_too_large"},
    {"40 MB in a form", POST("/v1/searches") FORM, NULL, write_forty_megabytes,
     413, "body_too_large"},
    {"no image", POST("/v1/searches") RAW, "just text", NULL, 415,
     "unsupported_image"},
    {"3,600 million pixels", POST("/v1/searches") RAW, NULL, write_vast_png,
     422, "image_too_many_pixels"},
    {"the beginning of these", POST("/v1/searches") RAW, NULL,
     write_cut_vast_png, 422, "image_damaged"},
    {"one pixel", POST("/v1/searches") RAW, NULL, write_dot, 422,
     "image_too_small"},
    {"one bad image of two", POST("/v1/people?name=x") FORM, NULL,
     write_good_and_bad_image, 422, "image_damaged"},
    {"a form without its image", POST("/v1/searches") FORM, "--cut--\r\n", NULL,
     422, "missing_image"},
    /* Forms. */
    {"a wrong content type",
     POST("/v1/searches") "Content-Type: text/plain\r\n", "x", NULL, 415,
     "unsupported_media_type"},
    {"no content type", POST("/v1/searches"), "x", NULL, 415,
     "unsupported_media_type"},
    {"no boundary",
     POST("/v1/searches") "Content-Type: multipart/form-data\r\n", "x", NULL,
     400, "invalid_multipart"},
    {"a form that is cut off", POST("/v1/searches") FORM,
     "--cut\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nhalf",
     NULL, 400, "invalid_multipart"},
    {"a part without a disposition", POST("/v1/searches") FORM,
     "--cut\r\nX: y\r\n\r\nz\r\n--cut--\r\n", NULL, 400, "invalid_multipart"},
    {"too many fields", POST("/v1/people") FORM, NULL, write_many_fields, 400,
     "invalid_request"},
    {"a field that is too long", POST("/v1/people") FORM, NULL,
     write_long_field, 422, "invalid_field"},
    {"a field that is no UTF-8", POST("/v1/people") FORM,
     "--cut\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n\xff\r\n"
     "--cut--\r\n",
     NULL, 400, "invalid_utf8"},
    {"a file's name that is no UTF-8", POST("/v1/people") FORM,
     "--cut\r\nContent-Disposition: form-data; name=\"\xff\"; filename=\"\xff\""
     "\r\n\r\nx\r\n--cut--\r\n",
     NULL, 400, "invalid_multipart"},
    /* JSON. */
    {"JSON nested 10,000 deep", POST("/v1/people") JSON, NULL, write_deep_json,
     400, "invalid_json"},
    {"JSON that is no UTF-8", POST("/v1/people") JSON, "{\"name\":\"\xc3(\"}",
     NULL, 400, "invalid_json"},
    {"half of a JSON text", POST("/v1/people") JSON, "{\"name\":", NULL, 400,
     "invalid_json"},
    {"JSON with a NUL", POST("/v1/people") JSON, "{\"name\":\"a\\u0000b\"}",
     NULL, 400, "invalid_json"},
    {"a person without a name", POST("/v1/people") JSON, "{}", NULL, 422,
     "missing_field"},
    {"a field that nobody knows", POST("/v1/people") JSON,
     "{\"name\":\"x\",\"nose\":1}", NULL, 422, "unknown_field"},
    {"a long name, to be cut off within a letter", POST("/v1/people") JSON,
     "{\"name\":\"x\",\"-" WIDE WIDE WIDE WIDE "\":1}", NULL, 422,
     "unknown_field"},
    /* The query. */
    {"a query that is no UTF-8", GET("/v1/people?q=%ff"), NULL, NULL, 400,
     "invalid_utf8"},
    {"a limit of a million", GET("/v1/people?limit=1000000"), NULL, NULL, 422,
     "invalid_field"},
    {"a percent sign alone", GET("/v1/people?q=%"), NULL, NULL, 400,
     "invalid_request"},
    /* Addresses and methods. */
    {"nobody", GET("/v1/people/" NOBODY), NULL, NULL, 404, "not_found"},
    {"no such address", GET("/v1/nothing"), NULL, NULL, 404, "not_found"},
    {"no such method", "BREW /v1/people HTTP/1.1\r\nHost: localhost\r\n", NULL,
     NULL, 405, "method_not_allowed"},
    {"a method that it does not take", POST("/healthz"), "", NULL, 405,
     "method_not_allowed"},
    {"a chunked body",
     POST("/v1/searches") RAW "Transfer-Encoding: chunked\r\n", NULL, NULL, 411,
     "length_required"},
    {"a body of unknown length", POST("/v1/searches") RAW, NULL, NULL, 411,
     "length_required"},
    {"two lengths", POST("/v1/searches") "Content-Length: 1\r\n", "x", NULL,
     400, "invalid_request"},
    {"a bare line feed", "GET /healthz HTTP/1.1\nHost: localhost\r\n", NULL,
     NULL, 400, "invalid_request"},
    {"no host", "GET /healthz HTTP/1.1\r\n", NULL, NULL, 400,
     "invalid_request"},
    /* Strangers. */
    {"a page of another origin",
     POST("/v1/people") JSON "Origin: https://elsewhere.example\r\n",
     "{\"name\":\"x\"}", NULL, 403, "forbidden"},
    {"another name of this machine",
     "GET /v1/people HTTP/1.1\r\nHost: elsewhere.example\r\n", NULL, NULL, 403,
     "forbidden"},
    {"a name that begins like an address",
     "GET /v1/people HTTP/1.1\r\nHost: 127.elsewhere.example\r\n", NULL, NULL,
     403, "forbidden"},
    {"a live connection from another origin",
     GET("/v1/live") "Origin: https://elsewhere.example\r\n"
                     "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Sec-WebSocket-Protocol: facewire.v1\r\n",
     NULL, NULL, 403, "forbidden"},
    {"a live connection without a handshake", GET("/v1/live"), NULL, NULL, 426,
     "upgrade_required"},
    {"events of no topic", GET("/v1/events?topics=weather"), NULL, NULL, 400,
     "unknown_topic"},
    {"events after nothing", GET("/v1/events?topics=searches&after=x"), NULL,
     NULL, 400, "invalid_offset"},
    {"a name that is a list",
     "POST /v1/people HTTP/1.1\r\nHost: localhost\r\n"
     "Content-Type: application/json\r\n",
     "{\"name\":[\"x\"]}", NULL, 422, "invalid_field"},
    {"a name that is an object",
     "POST /v1/people HTTP/1.1\r\nHost: localhost\r\n"
     "Content-Type: application/json\r\n",
     "{\"name\":{\"a\":1}}", NULL, 422, "invalid_field"},
    /* Changes. */
    {"a field given twice in a change",
     "PATCH /v1/people/0199a5e4-0000-7000-8000-000000000000 HTTP/1.1\r\n"
     "Host: localhost\r\n",
     "{\"details\":{\"a\":1},\"details\":{\"b\":2}}", NULL, 422,
     "invalid_field"},
    /* Lists. */
    {"people after nothing", GET("/v1/people?after=x"), NULL, NULL, 422,
     "invalid_field"},
    {"people after what no id can have", GET("/v1/people?after=%C3%A9"), NULL,
     NULL, 422, "invalid_field"},
    {"jobs after what no id can have", GET("/v1/jobs?after=%C3%A9"), NULL, NULL,
     422, "invalid_field"},
    {"a limit with a sign", GET("/v1/jobs?limit=%2B5"), NULL, NULL, 422,
     "invalid_field"},
    {"a limit of nothing", GET("/v1/jobs?limit=0"), NULL, NULL, 422,
     "invalid_field"},
    {"details that are no JSON",
     "POST /v1/people?name=x&details=%7B%22a%22%3A%22%09%22%7D "
     "HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n",
     NULL, write_whole_png, 422, "invalid_field"},
};

/* ---- asking ---- */

static void expect_problem(int fd, const char *name, int status,
                           const char *code)
{
    struct raw_answer answer;
    struct json *document;
    const char *type, *detail;

    raw_hear(fd, &answer);
    type = raw_header(&answer, "content-type");
    document = json_parse(buffer_text(&answer.body), answer.body.len);
    detail = json_get_text(document, "detail", "");
    if (answer.status != status || !type ||
        strcmp(type, "application/problem+json") != 0 ||
        strcmp(json_get_text(document, "code", ""), code) != 0 ||
        json_get_number(document, "status", 0) != status)
        fail_msg("%s: %d %s instead of %d %s: %s", name, answer.status,
                 json_get_text(document, "code", "?"), status, code,
                 buffer_text(&answer.body));
    if (!json_get_text(document, "title", NULL) || !strchr(detail, ' ') ||
        !strchr(".)-", detail[strlen(detail) - 1]))
        fail_msg("%s: no sentence: %s", name, detail);
    if (status == 405 && !raw_header(&answer, "allow"))
        fail_msg("%s: it does not say what is allowed", name);
    if (strcmp(name, "one bad image of two") == 0 &&
        strncmp(detail, "image 2: ", 9) != 0)
        fail_msg("%s: which? %s", name, detail);
    json_destroy(document);
    raw_answer_finish(&answer);
}

static void make(const struct bad_request *row, struct neighbour *neighbour)
{
    struct buffer request = {0}, body = {0};
    int fd = raw_connect(neighbour->port);

    if (row->write)
        row->write(&body);
    else if (row->body)
        buffer_add_text(&body, row->body);
    buffer_add_text(&request, row->head);
    if (row->write || row->body)
        buffer_printf(&request, "Content-Length: %zu\r\n", body.len);
    buffer_add_text(&request, "\r\n");
    if (raw_send(fd, request.bytes, request.len))
        raw_send(fd, body.bytes, body.len); /* a refusal may come before */
    neighbour_is_served(neighbour, row->name);
    expect_problem(fd, row->name, row->status, row->code);
    close(fd);
    buffer_finish(&request);
    buffer_finish(&body);
}

/* More than a head may have; it is refused when it is full. */
static void make_heads_that_are_too_large(struct neighbour *neighbour)
{
    struct buffer request = {0};
    int fd = raw_connect(neighbour->port);

    buffer_add_text(&request, GET("/healthz"));
    for (int i = 0; i < 10000; i++)
        buffer_printf(&request, "X-%d: y\r\n", i);
    buffer_add_text(&request, "\r\n");
    raw_send(fd, request.bytes, request.len);
    neighbour_is_served(neighbour, "10,000 headers");
    expect_problem(fd, "10,000 headers", 431, "head_too_large");
    close(fd);

    fd = raw_connect(neighbour->port);
    buffer_clear(&request);
    buffer_add_text(&request, "GET /");
    for (int i = 0; i < 5000; i++)
        buffer_add_byte(&request, 'a');
    buffer_add_text(&request, " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    raw_send(fd, request.bytes, request.len);
    expect_problem(fd, "a long address", 414, "uri_too_long");
    close(fd);
    buffer_finish(&request);
}

/* A byte now and then, until the server has an answer to that. */
static void dawdle(struct neighbour *neighbour, const char *name,
                   const char *beginning)
{
    struct patience patience = patience_of(SLOW_MS);
    int fd = raw_connect(neighbour->port);
    struct pollfd waits = {.fd = fd, .events = POLLIN};

    raw_say(fd, beginning);
    while (poll(&waits, 1, 200) == 0 && patience_lasts(&patience)) {
        raw_send(fd, "x", 1);
        neighbour_is_served(neighbour, name);
    }
    expect_problem(fd, name, 408, "request_timeout");
    close(fd);
}

/* Nobody is told; nothing may be left of it. */
static void hang_up_in_the_middle(struct neighbour *neighbour)
{
    static const char request[] =
        POST("/v1/searches") RAW "Content-Length: 1000000\r\n\r\n"
                                 "\xff\xd8\xff";
    int fd = raw_connect(neighbour->port);

    raw_send(fd, request, sizeof request - 1);
    neighbour_is_served(neighbour, "a body that ends in the middle");
    close(fd);
}

void bad_requests_make(struct neighbour *neighbour)
{
    for (size_t i = 0; i < COUNT(requests); i++)
        make(&requests[i], neighbour);
    make_heads_that_are_too_large(neighbour);
    hang_up_in_the_middle(neighbour);
    dawdle(neighbour, "a slow head", "GET /healthz HTTP/1.1\r\nHost: local");
    dawdle(neighbour, "a slow body",
           POST("/v1/searches") RAW "Content-Length: 100000\r\n\r\n");
    dawdle(neighbour, "a slow form",
           POST("/v1/people") FORM "Content-Length: 100000\r\n\r\n--cut\r\n");
    dawdle(neighbour, "a slow JSON text",
           POST("/v1/people") JSON "Content-Length: 1000\r\n\r\n{");
}
