/*
 * mariadb_server.c - a MariaDB of the test's own
 *
 * Its folder lies in /tmp, because a socket's path may have only 107 bytes. Its
 * temporary tables lie there, too: as it starts it removes those that it takes
 * for its own, which in /tmp itself may be another one's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "basics.h"
#include "mariadb_server.h"
#include "port.h"
#include "xalloc.h"

static void install(struct mariadb_server *server)
{
    char *data = xprintf("--datadir=%s/data", server->folder);
    char *temporary = xprintf("--tmpdir=%s", server->folder);
    const char *arguments[] = {"mariadb-install-db",
                               "--no-defaults",
                               "--auth-root-authentication-method=normal",
                               "--skip-test-db",
                               "--force",
                               "--user=root",
                               data,
                               temporary,
                               NULL};

    if (child_run(arguments, "mariadb-install.log") != 0) {
        fprintf(stderr, "mariadb-install-db failed: see its log\n");
        exit(EXIT_FAILURE);
    }
    free(data);
    free(temporary);
}

void mariadb_server_launch(struct mariadb_server *server)
{
    char *data = xprintf("--datadir=%s/data", server->folder);
    char *temporary = xprintf("--tmpdir=%s", server->folder);
    char *socket = xprintf("--socket=%s", server->socket);
    char *pid = xprintf("--pid-file=%s/pid", server->folder);
    char *port = xprintf("--port=%d", server->port);
    char *certificate = NULL, *key = NULL;
    const char *arguments[] = {"mariadbd",
                               "--no-defaults",
                               "--user=root",
                               "--bind-address=127.0.0.1",
                               "--innodb-buffer-pool-size=32M",
                               "--innodb-log-file-size=16M",
                               data,
                               temporary,
                               socket,
                               pid,
                               port,
                               NULL,
                               NULL,
                               NULL};

    if (server->certificate) {
        arguments[COUNT(arguments) - 3] = certificate =
            xprintf("--ssl-cert=%s", server->certificate);
        arguments[COUNT(arguments) - 2] = key =
            xprintf("--ssl-key=%s", server->key);
    }
    child_finish(&server->child);
    child_start(&server->child, arguments, "mariadb.log");
    free(data);
    free(temporary);
    free(socket);
    free(pid);
    free(port);
    free(certificate);
    free(key);
}

void mariadb_server_restart(struct mariadb_server *server)
{
    mariadb_server_launch(server);
    if (!socket_answers(server->socket, 30000))
        child_give_up(&server->child, "it does not answer");
}

void mariadb_server_start(struct mariadb_server *server)
{
    char folder[] = "/tmp/facewire-mariadb-XXXXXX";

    *server = (struct mariadb_server){.port = port_free()};
    if (!mkdtemp(folder)) {
        perror(folder);
        exit(EXIT_FAILURE);
    }
    server->folder = xstrdup(folder);
    server->socket = xprintf("%s/socket", folder);
    install(server);
    mariadb_server_restart(server);
    mariadb_server_say(
        server, "CREATE DATABASE facewire CHARACTER SET utf8mb4;"
                "CREATE USER facewire@localhost IDENTIFIED BY 'secret';"
                "CREATE USER facewire@'127.0.0.1' IDENTIFIED BY 'secret';"
                "GRANT ALL ON facewire.* TO facewire@localhost;"
                "GRANT ALL ON facewire.* TO facewire@'127.0.0.1';");
}

void mariadb_server_say(const struct mariadb_server *server,
                        const char *statements)
{
    char *socket = xprintf("--socket=%s", server->socket);
    const char *arguments[] = {"mariadb", "--no-defaults", "--user=root",
                               socket,    "--execute",     statements,
                               NULL};

    if (child_run(arguments, "mariadb-client.log") != 0)
        child_give_up(&server->child, statements);
    free(socket);
}

void mariadb_server_stop(struct mariadb_server *server)
{
    const char *arguments[] = {"rm", "-rf", server->folder, NULL};

    child_stop(&server->child, 20000);
    child_finish(&server->child);
    child_run(arguments, "/dev/null");
    free(server->folder);
    free(server->socket);
    *server = (struct mariadb_server){0};
}
