#pragma once

#include "child.h"

/*
 * A MariaDB of the test's own, on a socket in the current folder, with an empty
 * database `facewire` and its user `facewire`, password `secret`.  Ends the
 * test if there is none to be had.
 */
struct mariadb_server {
    struct child child;
    char *folder;
    char *socket;
    int port;
    /* From the next launch on it speaks TLS with them; NULL: it does not. */
    const char *certificate, *key;
};

void mariadb_server_start(struct mariadb_server *server);

/* The same data again, after it was killed or stopped. */
void mariadb_server_restart(struct mariadb_server *server);

/* The same without waiting until it answers. */
void mariadb_server_launch(struct mariadb_server *server);

/* Runs statements as root. */
void mariadb_server_say(const struct mariadb_server *server,
                        const char *statements);

void mariadb_server_stop(struct mariadb_server *server);
