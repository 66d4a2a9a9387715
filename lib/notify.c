/*
 * notify.c - tells a service manager how the program is
 *
 * The protocol is one datagram to a socket, so libsystemd is not needed.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"
#include "notify.h"

/* The address that the manager has given; 0: there is none that we know.  A
 * name in the abstract namespace is written with '@' and begins with NUL. */
static socklen_t read_address(struct sockaddr_un *address)
{
    const char *path = getenv("NOTIFY_SOCKET");
    size_t len = path ? strlen(path) : 0;

    if (len == 0 || len >= sizeof address->sun_path ||
        (path[0] != '/' && path[0] != '@'))
        return 0;
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, len);
    if (path[0] == '@')
        address->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

void notify(const char *state)
{
    struct sockaddr_un address = {0};
    socklen_t len = read_address(&address);
    int fd;

    if (len == 0)
        return;
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || sendto(fd, state, strlen(state), MSG_NOSIGNAL,
                         (struct sockaddr *)&address, len) < 0)
        log_warn("the service manager cannot be told %s", state);
    if (fd >= 0)
        close(fd);
}
