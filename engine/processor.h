#pragma once

#include "basics.h"

/*
 * What the processor can do beyond what every one of its kind can.  Programs
 * are built for all of them; functions that need more say so, and are called
 * only where `processor_has` it.
 */
enum processor_skill {
    SKILL_NONE,   /* plain C */
    SKILL_NEON,   /* every 64-bit ARM */
    SKILL_AVX2,   /* with fused multiply and add */
    SKILL_AVX512, /* with the products of bytes that VNNI brings */
};

bool processor_has(enum processor_skill skill);
const char *processor_skill_name(enum processor_skill skill);

#define WITH_AVX2 __attribute__((target("avx2,fma")))
#define WITH_AVX512                                                            \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,fma")))
