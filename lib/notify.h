#pragma once

#include "basics.h"

/*
 * Tells a service manager how the program is, by the protocol of sd_notify(3):
 * "READY=1", "STOPPING=1".  Where nobody has asked for it (NOTIFY_SOCKET is not
 * set), and where nobody listens, nothing happens.
 */
void notify(const char *state);
