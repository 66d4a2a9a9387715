/*
 * http.c - an HTTP client on the loop
 *
 * With transfer.c the one door to libcurl.  Its multi interface says which
 * sockets to watch (on_socket) and when to wake it (on_wish); we tell it what
 * happened, and read what has ended after every time that we did, since a
 * transfer may end in any of them.
 */
#include <stdlib.h>
#include <string.h>

#include "done.h"
#include "errors.h"
#include "http.h"
#include "http_text.h"
#include "log.h"
#include "transfer.h"
#include "xalloc.h"

enum { HOSTS_KEPT = 8 }; /* to whom connections stay open while unused */

struct http {
    struct transfers transfers; /* under way */
    uv_timer_t alarm;           /* when libcurl wants to be woken */
    bool is_closing;
};

/* A socket of libcurl's that it wants to be watched. */
struct watch {
    struct http *http;
    curl_socket_t socket;
    int events;
    uv_poll_t poll;
};

static void init_curl(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        fatal("libcurl cannot be initialised");
    if (!(curl_version_info(CURLVERSION_NOW)->features &
          CURL_VERSION_ASYNCHDNS))
        fatal("this libcurl resolves names on the thread that asks");
}

/* ---- the loop on one side, libcurl on the other ---- */

/* `done` may destroy the client, and its multi handle with it. */
static void read_ends(struct http *http)
{
    CURLMsg *message;
    int left;

    while (!http->is_closing &&
           (message = curl_multi_info_read(http->transfers.multi, &left))) {
        if (message->msg == CURLMSG_DONE)
            transfer_complete(message->easy_handle, message->data.result);
    }
}

static void act(struct http *http, curl_socket_t socket, int events)
{
    int running;

    curl_multi_socket_action(http->transfers.multi, socket, events, &running);
    read_ends(http);
}

static void on_alarm(uv_timer_t *timer)
{
    act(container_of(timer, struct http, alarm), CURL_SOCKET_TIMEOUT, 0);
}

static int on_wish(CURLM *multi, long timeout_ms, void *owner)
{
    struct http *http = owner;

    (void)multi;
    if (timeout_ms < 0)
        uv_timer_stop(&http->alarm);
    else
        uv_timer_start(&http->alarm, on_alarm, (uint64_t)timeout_ms, 0);
    return 0;
}

/* libuv stops watching a socket with an error on it, where bytes may still wait
 * to be read.  So libcurl looks at the socket itself then (no events), and we
 * go on watching until it has read the error. */
static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = container_of(poll, struct watch, poll);
    int flags = 0;

    if (status == 0 && events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (status == 0 && events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    act(watch->http, watch->socket, flags);
    if (status < 0 && !uv_is_closing((uv_handle_t *)poll))
        uv_poll_start(poll, watch->events, on_poll);
}

static void on_watch_closed(uv_handle_t *handle)
{
    free(container_of((uv_poll_t *)handle, struct watch, poll));
}

static struct watch *watch_create(struct http *http, curl_socket_t socket)
{
    struct watch *watch = xcalloc(1, sizeof *watch);
    int status;

    watch->http = http;
    watch->socket = socket;
    status = uv_poll_init_socket(http->transfers.loop, &watch->poll, socket);
    assert(status == 0);
    (void)status;
    curl_multi_assign(http->transfers.multi, socket, watch);
    return watch;
}

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *owner,
                     void *assigned)
{
    struct http *http = owner;
    struct watch *watch = assigned;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watch) {
            curl_multi_assign(http->transfers.multi, socket, NULL);
            uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
        }
        return 0;
    }
    if (!watch)
        watch = watch_create(http, socket);
    watch->events = (what & CURL_POLL_IN ? UV_READABLE : 0) |
                    (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    uv_poll_start(&watch->poll, watch->events, on_poll);
    return 0;
}

struct http *http_create(uv_loop_t *loop, size_t connections)
{
    static uv_once_t once = UV_ONCE_INIT;
    struct http *http = xcalloc(1, sizeof *http);
    CURLM *multi;

    uv_once(&once, init_curl);
    multi = curl_multi_init();
    if (!multi)
        fatal("libcurl has no memory for a client");
    http->transfers.loop = loop;
    http->transfers.multi = multi;
    uv_timer_init(loop, &http->alarm);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_wish);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, http);
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)connections);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS,
                      (long)connections * HOSTS_KEPT);
    return http;
}

static void on_http_closed(uv_handle_t *handle)
{
    free(container_of((uv_timer_t *)handle, struct http, alarm));
}

void http_destroy(struct http *http)
{
    if (!http)
        return;
    http->is_closing = true;
    while (http->transfers.first)
        transfer_cancel(http->transfers.first);
    curl_multi_cleanup(http->transfers.multi);
    uv_close((uv_handle_t *)&http->alarm, on_http_closed);
}

/* ---- requests ---- */

static bool is_http_url(const char *url)
{
    CURLU *parts = curl_url();
    char *scheme = NULL;
    bool is_http = false;

    if (curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK)
        is_http = strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
    curl_free(scheme);
    curl_url_cleanup(parts);
    return is_http;
}

int http_send(struct http *http, const struct http_request *request,
              http_done_fn *done, void *owner)
{
    assert(request->limit_ms > 0 && request->connect_ms > 0);
    if (http->is_closing)
        return E_CANCELLED;
    if (!http_text_is_good(request) || !is_http_url(request->url))
        return E_INVALID;
    transfer_start(&http->transfers, request, done, owner);
    return PENDING;
}

const char *http_answer_header(const struct http_answer *answer,
                               const char *name)
{
    return http_text_find(answer->headers, answer->header_count, name);
}
