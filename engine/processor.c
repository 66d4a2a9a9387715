/*
 * processor.c - what the processor can do
 */
#include "processor.h"

bool processor_has(enum processor_skill skill)
{
    switch (skill) {
    case SKILL_NONE:
        return true;
#ifdef __aarch64__
    case SKILL_NEON:
        return true;
#endif
#ifdef __x86_64__
    case SKILL_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case SKILL_AVX512:
        return __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512vnni");
#endif
    default:
        return false;
    }
}

const char *processor_skill_name(enum processor_skill skill)
{
    static const char *const names[] = {
        [SKILL_NONE] = "plain C",
        [SKILL_NEON] = "NEON",
        [SKILL_AVX2] = "AVX2",
        [SKILL_AVX512] = "AVX-512",
    };

    return names[skill];
}
