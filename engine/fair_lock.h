#pragma once

#include <pthread.h>

/* A lock that many may hold to read and one to write.  By default a stream of
 * readers would keep every writer waiting for ever; here those who come after a
 * writer wait for it.  A thread takes it once at a time. */
void fair_lock_init(pthread_rwlock_t *lock);

/* Takes it to write.  Who holds it for microseconds is waited for awake: to
 * fall asleep and be woken costs more than both of that. */
void fair_lock_write(pthread_rwlock_t *lock);
