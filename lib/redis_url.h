#pragma once

#include "basics.h"

/* The parts of redis://[user:password@]host[:port][/database], rediss://… and
 * unix://[user:password@]/path.  Texts are freed by redis_url_finish; those
 * that are not given are NULL. */
struct redis_url {
    bool is_tls;
    char *user;
    char *password;
    char *host; /* NULL for a socket in the file system */
    int port;
    char *path;   /* of that socket */
    int database; /* 0 where none is given */
};

/* E_INVALID if the text is no such URL. */
int redis_url_parse(const char *text, struct redis_url *url) MUST_CHECK;
void redis_url_finish(struct redis_url *url);
