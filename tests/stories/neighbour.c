/*
 * neighbour.c - a client that does nothing wrong
 */
#include <unistd.h>

#include "clock.h"
#include "neighbour.h"
#include "raw_client.h"
#include "unit.h"

enum { AT_ONCE_MS = 5000 }; /* on a machine that is busy with other tests */

void neighbour_open(struct neighbour *neighbour, int port)
{
    *neighbour = (struct neighbour){.port = port, .fd = raw_connect(port)};
    live_open(&neighbour->live, port);
}

void neighbour_finish(struct neighbour *neighbour)
{
    close(neighbour->fd);
    live_finish(&neighbour->live);
}

static void ask(struct neighbour *neighbour, const char *target,
                const char *meanwhile)
{
    struct raw_answer answer;
    char request[128];

    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", target);
    if (raw_ask(neighbour->fd, request, &answer) != 200)
        fail_msg("%s: the neighbour's GET %s got %d", meanwhile, target,
                 answer.status);
    raw_answer_finish(&answer);
}

static void ping(struct neighbour *neighbour, const char *meanwhile)
{
    struct json *reply;

    live_say(&neighbour->live, "{\"type\":\"ping\",\"id\":7}");
    reply = live_next(&neighbour->live, AT_ONCE_MS);
    if (json_get_number(reply, "id", 0) != 7 ||
        !json_get_bool(reply, "ok", false))
        fail_msg("%s: the neighbour's ping was not answered", meanwhile);
    json_destroy(reply);
}

void neighbour_is_served(struct neighbour *neighbour, const char *meanwhile)
{
    int64_t began_ms = clock_steady_ms();

    ask(neighbour, "/healthz", meanwhile);
    ask(neighbour, "/v1/people?limit=1", meanwhile);
    ping(neighbour, meanwhile);
    if (clock_steady_ms() - began_ms > AT_ONCE_MS)
        fail_msg("%s: the neighbour had to wait", meanwhile);
}
