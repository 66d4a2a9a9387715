/*
 * port.c - where a test's servers listen
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "patience.h"
#include "port.h"

enum { PORT_FIRST = 15000, PORT_COUNT = 17000, PORT_STEP = 37 };

/* Whether nobody listens there. */
static bool can_be_had(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    bool can;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    can = bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
          listen(fd, 1) == 0;
    close(fd);
    return can;
}

/* From below those that the kernel gives to whoever does not mind: one of these
 * could be gone before the program that it is for has started.  Tests that run
 * at the same time begin at different places. */
int port_free(void)
{
    static int next;

    if (next == 0)
        next = PORT_FIRST + getpid() * PORT_STEP % PORT_COUNT;
    do
        next = next + 1 < PORT_FIRST + PORT_COUNT ? next + 1 : PORT_FIRST;
    while (!can_be_had(next));
    return next;
}

static bool answers(int family, const struct sockaddr *address, socklen_t len,
                    int limit_ms)
{
    struct patience patience = patience_of(limit_ms);
    bool is_up;

    do {
        int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

        is_up = connect(fd, address, len) == 0;
        close(fd);
    } while (!is_up && patience_lasts(&patience));
    return is_up;
}

bool port_answers(int port, int limit_ms)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};

    return answers(AF_INET, (struct sockaddr *)&address, sizeof address,
                   limit_ms);
}

bool socket_answers(const char *path, int limit_ms)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return answers(AF_UNIX, (struct sockaddr *)&address, sizeof address,
                   limit_ms);
}
