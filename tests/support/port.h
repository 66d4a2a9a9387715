#pragma once

#include "basics.h"

/* A TCP port on loopback that nobody uses now. */
int port_free(void);

/* Waits until somebody listens there, `limit_ms` at most. */
bool port_answers(int port, int limit_ms);

/* Waits until somebody listens at the socket in the file system. */
bool socket_answers(const char *path, int limit_ms);
