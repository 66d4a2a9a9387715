/*
 * random.c - what nobody can guess, and waits that do not fall together
 */
#include <sys/random.h>

#include "log.h"
#include "random.h"

void random_bytes(void *bytes, size_t len)
{
    unsigned char *place = bytes;

    while (len) {
        ssize_t got = getrandom(place, len, 0);

        if (got < 0)
            fatal("the kernel gives no random bytes");
        place += got;
        len -= (size_t)got;
    }
}

uint64_t random_below(uint64_t bound)
{
    uint64_t number;
    uint64_t whole = UINT64_MAX - UINT64_MAX % bound;

    assert(bound > 0);
    do
        random_bytes(&number, sizeof number);
    while (number >= whole);
    return number % bound;
}

int64_t random_backoff_ms(unsigned attempt, int64_t base_ms, int64_t cap_ms)
{
    int64_t most = base_ms;

    while (attempt-- > 0 && most < cap_ms)
        most *= 2;
    most = most < cap_ms ? most : cap_ms;
    return (int64_t)random_below((uint64_t)most + 1);
}

void random_name(char name[static RANDOM_NAME_BYTES])
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";

    for (size_t i = 0; i < RANDOM_NAME_BYTES - 1; i++)
        name[i] = letters[random_below(COUNT(letters) - 1)];
    name[RANDOM_NAME_BYTES - 1] = '\0';
}
