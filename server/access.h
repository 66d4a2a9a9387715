#pragma once

#include "call.h"

/*
 * Who may ask, until accounts exist: a bearer token where one is set, no pages
 * of other origins, and without a token nobody who reaches us by a name that is
 * not this machine's.
 */

/* Whether the request brings the token that is demanded: as a bearer token, or
 * as `token` in the query where a browser can send no header. */
bool access_has_token(const struct server_settings *settings,
                      const struct request *request);
bool access_is_token(const struct server_settings *settings, const char *token);

/* Whether it comes from a page of ours, or from no page at all. */
bool access_is_own_origin(const struct server_settings *settings,
                          const struct request *request);

/* Why a server with these settings must not listen; NULL: it may. */
const char *access_objection(const struct server_settings *settings);
