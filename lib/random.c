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

/* One number has the letters of all places, so that the kernel is asked once.
 */
void random_name(char name[static RANDOM_NAME_BYTES])
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    const uint64_t base = COUNT(letters) - 1;
    uint64_t names = 1;
    uint64_t number;

    for (size_t i = 0; i < RANDOM_NAME_BYTES - 1; i++)
        names *= base;
    number = random_below(names);
    for (size_t i = 0; i < RANDOM_NAME_BYTES - 1; i++) {
        name[i] = letters[number % base];
        number /= base;
    }
    name[RANDOM_NAME_BYTES - 1] = '\0';
}
