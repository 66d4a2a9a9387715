/*
 * redis_server.c - a Redis of the test's own
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "port.h"
#include "raw_client.h"
#include "redis_server.h"
#include "xalloc.h"

enum { READ_BYTES = 16 * 1024 };

void redis_server_launch(struct redis_server *server)
{
    char port[16];
    const char *arguments[] = {"redis-server",
                               "--port",
                               port,
                               "--bind",
                               "127.0.0.1",
                               "--save",
                               "",
                               "--appendonly",
                               server->appendonly ? "yes" : "no",
                               NULL};

    child_finish(&server->child);
    snprintf(port, sizeof port, "%d", server->port);
    child_start(&server->child, arguments, "redis.log");
}

void redis_server_restart(struct redis_server *server)
{
    redis_server_launch(server);
    if (!port_answers(server->port, 10000))
        child_give_up(&server->child, "it does not answer");
}

void redis_server_start(struct redis_server *server, bool appendonly)
{
    *server =
        (struct redis_server){.port = port_free(), .appendonly = appendonly};
    snprintf(server->url, sizeof server->url, "redis://127.0.0.1:%d",
             server->port);
    redis_server_restart(server);
}

void redis_server_say(const struct redis_server *server, const char *command)
{
    char *line = xprintf("redis-cli -p %d %s", server->port, command);
    const char *arguments[] = {"sh", "-c", line, NULL};

    if (child_run(arguments, "redis-cli.log") != 0)
        child_give_up(&server->child, command);
    free(line);
}

long long redis_server_figure(const struct redis_server *server,
                              const char *beginning)
{
    int fd = raw_connect(server->port);
    char *line = xprintf("\n%s", beginning);
    struct buffer answer = {0};
    const char *place;
    long long figure = 0;

    raw_say(fd, "INFO ALL\r\nQUIT\r\n");
    for (ssize_t got = 1; got > 0;) {
        got = recv(fd, buffer_reserve(&answer, READ_BYTES), READ_BYTES, 0);
        answer.len += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    place = strstr(buffer_text(&answer), line);
    if (place)
        figure = strtoll(place + strlen(line), NULL, 10);
    buffer_finish(&answer);
    free(line);
    return figure;
}

void redis_server_stop(struct redis_server *server)
{
    child_stop(&server->child, 5000);
    child_finish(&server->child);
}
