#pragma once

#include <stdbool.h>

/*
 * On what terms a Redis keeps what we give it, as its INFO tells: it may throw
 * away what we need, or forget it when it is started anew.
 */
enum redis_term {
    TERM_EVICTS_ALL,      /* any key may vanish: the queue cannot work so */
    TERM_EVICTS_EXPIRING, /* keys with an end may vanish before it */
    TERM_NO_FILE,         /* all is lost when it is started anew */
    TERM_REPLICA_BEHIND,  /* a failover may lose the newest */
    TERM_NOT_TOLD,        /* it does not say */
    REDIS_TERMS,
};

/* A set of them; all false is a Redis as it should be. */
struct redis_terms {
    bool has[REDIS_TERMS];
};

/* What the sections memory, persistence and replication of INFO say; "" where
 * it was refused. */
struct redis_terms redis_terms_read(const char *info);

/* What a term means and what to do about it, for people. */
const char *redis_term_sentence(enum redis_term term);
