#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"

/* Bytes that nobody can guess, from the kernel; ends the program when there
 * are none, for then nothing that relies on them is safe. */
void random_bytes(void *bytes, size_t len);

/* A number from 0 to `bound` - 1, each as likely; `bound` is not 0. */
uint64_t random_below(uint64_t bound);

/*
 * How long to wait before try number `attempt` (0 is the first retry): full
 * jitter, from 0 to base * 2^attempt, never above `cap_ms`.
 */
int64_t random_backoff_ms(unsigned attempt, int64_t base_ms, int64_t cap_ms);

/* A name of 12 letters and digits, unique for all that matters. */
enum { RANDOM_NAME_BYTES = 13 };
void random_name(char name[static RANDOM_NAME_BYTES]);
