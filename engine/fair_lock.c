/*
 * fair_lock.c - a lock that readers share without keeping writers out
 */
#include "fair_lock.h"
#include "basics.h"

enum { TRIES = 2000 }; /* some microseconds */

void fair_lock_init(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t kind;
    int error;

    pthread_rwlockattr_init(&kind);
    pthread_rwlockattr_setkind_np(&kind,
                                  PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    error = pthread_rwlock_init(lock, &kind);
    assert(error == 0);
    (void)error;
    pthread_rwlockattr_destroy(&kind);
}

void fair_lock_write(pthread_rwlock_t *lock)
{
    for (int i = 0; i < TRIES; i++)
        if (pthread_rwlock_trywrlock(lock) == 0)
            return;
    pthread_rwlock_wrlock(lock);
}
