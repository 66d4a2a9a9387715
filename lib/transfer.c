/*
 * transfer.c - one request and its answer
 *
 * libcurl writes the request and reads the answer; what comes is bounded here,
 * byte by byte and line by line.
 *
 * The limit of a whole request is a timer of ours: libcurl's own does not run
 * while a request waits for one of the host's connections.
 */
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "http_text.h"
#include "log.h"
#include "transfer.h"
#include "xalloc.h"

enum {
    HEAD_BYTES_MAX = 64 * 1024, /* of an answer's head, 1xx answers too */
    HEAD_LINES_MAX = 256,
    BUFFER_BYTES_LEAST = 64 * 1024, /* libcurl's own */
    BUFFER_BYTES_MAX = 1024 * 1024,
};

struct transfer {
    struct transfers *transfers;
    struct transfer *next;
    struct transfer **link; /* what points at us */
    CURL *easy;
    struct curl_slist *headers; /* sent */
    struct buffer body;         /* received */
    size_t body_max;
    size_t head_bytes; /* received, in lines */
    size_t head_lines;
    bool is_too_large; /* what comes is more than a bound */
    uv_timer_t limit;
    http_done_fn *done;
    void *owner;
    char
        problem[CURL_ERROR_SIZE]; /* in libcurl's words; "" where it has none */
};

/* What holds for every request. */
static const struct {
    CURLoption option;
    long value;
} fixed_options[] = {
    {CURLOPT_NOSIGNAL, 1},
    {CURLOPT_TCP_NODELAY, 1},
    {CURLOPT_PATH_AS_IS, 1}, /* what was signed is what is sent */
    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
    {CURLOPT_FOLLOWLOCATION, 0},
    {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1}, /* a proxy's are no answer */
    {CURLOPT_SSL_VERIFYPEER, 1},
    {CURLOPT_SSL_VERIFYHOST, 2},
    /* A name that is still being resolved when its request ends is left to its
     * thread; otherwise libcurl waits for it, and the loop with it. */
    {CURLOPT_QUICK_EXIT, 1},
};

/* Whatever is not here is E_PROTOCOL. */
static const struct {
    CURLcode code;
    int error;
} meanings[] = {
    {CURLE_OK, 0},
    {CURLE_COULDNT_RESOLVE_PROXY, E_UNAVAILABLE},
    {CURLE_COULDNT_RESOLVE_HOST, E_UNAVAILABLE},
    {CURLE_COULDNT_CONNECT, E_UNAVAILABLE},
    {CURLE_PROXY, E_UNAVAILABLE},
    {CURLE_SSL_CONNECT_ERROR, E_UNAVAILABLE},
    {CURLE_PEER_FAILED_VERIFICATION, E_UNAVAILABLE},
    {CURLE_SSL_CACERT_BADFILE, E_UNAVAILABLE},
    {CURLE_SSL_CIPHER, E_UNAVAILABLE},
    /* Of the connection: we set libcurl no other limit. */
    {CURLE_OPERATION_TIMEDOUT, E_UNAVAILABLE},
    {CURLE_GOT_NOTHING, E_CONNECTION},
    {CURLE_SEND_ERROR, E_CONNECTION},
    {CURLE_RECV_ERROR, E_CONNECTION},
    {CURLE_PARTIAL_FILE, E_CONNECTION},
    /* One line of a head that is too long even for libcurl. */
    {CURLE_OUT_OF_MEMORY, E_TOO_LARGE},
};

/* ---- the answer ---- */

static int meaning(CURLcode code)
{
    for (size_t i = 0; i < COUNT(meanings); i++)
        if (meanings[i].code == code)
            return meanings[i].error;
    return E_PROTOCOL;
}

static void on_closed(uv_handle_t *handle)
{
    free(container_of((uv_timer_t *)handle, struct transfer, limit));
}

/* Hands the answer over; its texts are libcurl's and the transfer's.  Every
 * header came on a line, so there are no more of them than of these. */
static void tell_answer(struct transfer *transfer)
{
    struct http_header *headers =
        xcalloc(transfer->head_lines, sizeof *headers);
    struct http_answer answer = {
        .body = buffer_text(&transfer->body),
        .body_bytes = transfer->body.len,
        .headers = headers,
    };
    struct curl_header *header = NULL;
    long status = 0;

    while ((header =
                curl_easy_nextheader(transfer->easy, CURLH_HEADER, -1, header)))
        headers[answer.header_count++] =
            (struct http_header){header->name, header->value};
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    answer.status = (int)status;
    transfer->done(transfer->owner, 0, &answer);
    free(headers);
}

/* The one way in which a transfer ends.  `done` comes last but for freeing: it
 * may send again, or destroy the client. */
static void end(struct transfer *transfer, int error)
{
    if (transfer->next)
        transfer->next->link = transfer->link;
    *transfer->link = transfer->next;
    curl_multi_remove_handle(transfer->transfers->multi, transfer->easy);
    uv_timer_stop(&transfer->limit);
    if (error) {
        log_debug("http request failed: %s: %s", error_name(error),
                  *transfer->problem ? transfer->problem
                                     : error_sentence(error));
        transfer->done(transfer->owner, error, NULL);
    } else {
        tell_answer(transfer);
    }
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    buffer_finish(&transfer->body);
    uv_close((uv_handle_t *)&transfer->limit, on_closed);
}

static void on_limit(uv_timer_t *timer)
{
    end(container_of(timer, struct transfer, limit), E_TIMEOUT);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *owner)
{
    struct transfer *transfer = owner;
    size_t len = size * count;

    if (len > transfer->body_max - transfer->body.len) {
        transfer->is_too_large = true;
        return 0;
    }
    buffer_add(&transfer->body, bytes, len);
    return len;
}

/* Called for every line of every head, so that no server keeps us reading
 * heads; libcurl itself remembers those of the answer. */
/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl's type */
static size_t on_head(char *bytes, size_t size, size_t count, void *owner)
{
    struct transfer *transfer = owner;
    size_t len = size * count;

    (void)bytes;
    transfer->head_bytes += len;
    transfer->head_lines++;
    if (transfer->head_bytes > HEAD_BYTES_MAX ||
        transfer->head_lines > HEAD_LINES_MAX) {
        transfer->is_too_large = true;
        return 0;
    }
    return len;
}

/* ---- the request ---- */

static void add_line(struct transfer *transfer, const char *name,
                     const char *separator, const char *value)
{
    char *line = xprintf("%s%s%s", name, separator, value);
    struct curl_slist *list = curl_slist_append(transfer->headers, line);

    if (!list)
        fatal("libcurl has no memory for a header");
    transfer->headers = list;
    free(line);
}

/* In libcurl's list, "Name;" is a header without a value, and "Name:" is one
 * that libcurl must not add by itself. */
static void set_headers(struct transfer *transfer,
                        const struct http_request *request)
{
    static const char *const never_added[] = {"Expect", "Content-Type"};

    for (size_t i = 0; i < request->header_count; i++) {
        const struct http_header *header = &request->headers[i];

        if (header->value[strspn(header->value, " \t")])
            add_line(transfer, header->name, ": ", header->value);
        else
            add_line(transfer, header->name, ";", "");
    }
    for (size_t i = 0; i < COUNT(never_added); i++)
        if (!http_text_find(request->headers, request->header_count,
                            never_added[i]))
            add_line(transfer, never_added[i], ":", "");
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
}

/* libcurl sends a body in pieces of its buffer, one each time the socket can
 * take more: a photo goes in one or two. */
static void size_buffer(CURL *easy, size_t body_bytes)
{
    if (body_bytes > BUFFER_BYTES_LEAST)
        curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE,
                         (long)(body_bytes < BUFFER_BYTES_MAX
                                    ? body_bytes
                                    : BUFFER_BYTES_MAX));
}

/* The body is not copied.  A method that is known to have one says that it is
 * empty, too. */
static void set_method(CURL *easy, const struct http_request *request)
{
    const char *method = request->method;
    bool has_body = request->body_bytes > 0 || strcmp(method, "POST") == 0 ||
                    strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;

    if (strcmp(method, "HEAD") == 0) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (has_body) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)request->body_bytes);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                         request->body_bytes ? request->body : "");
        size_buffer(easy, request->body_bytes);
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
}

static void set_options(struct transfer *transfer,
                        const struct http_request *request)
{
    CURL *easy = transfer->easy;

    for (size_t i = 0; i < COUNT(fixed_options); i++)
        if (curl_easy_setopt(easy, fixed_options[i].option,
                             fixed_options[i].value) != CURLE_OK)
            fatal("this libcurl lacks an option that we need");
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    set_method(easy, request);
    set_headers(transfer, request);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)request->connect_ms);
    if (request->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->problem);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
}

void transfer_start(struct transfers *transfers,
                    const struct http_request *request, http_done_fn *done,
                    void *owner)
{
    struct transfer *transfer = xcalloc(1, sizeof *transfer);

    transfer->transfers = transfers;
    transfer->body_max = request->answer_bytes;
    transfer->done = done;
    transfer->owner = owner;
    transfer->easy = curl_easy_init();
    if (!transfer->easy)
        fatal("libcurl has no memory for a request");
    set_options(transfer, request);
    uv_timer_init(transfers->loop, &transfer->limit);
    uv_timer_start(&transfer->limit, on_limit, (uint64_t)request->limit_ms, 0);

    transfer->next = transfers->first;
    transfer->link = &transfers->first;
    if (transfer->next)
        transfer->next->link = &transfer->next;
    transfers->first = transfer;
    curl_multi_add_handle(transfers->multi, transfer->easy);
}

void transfer_complete(CURL *easy, CURLcode code)
{
    struct transfer *transfer;
    void *owner = NULL;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
    transfer = owner;
    end(transfer, transfer->is_too_large ? E_TOO_LARGE : meaning(code));
}

void transfer_cancel(struct transfer *transfer)
{
    end(transfer, E_CANCELLED);
}
