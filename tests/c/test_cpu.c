/* The CPU dispatch: what is detected agrees with the compiler's own detection, and kernels are chosen anew.
 */
#include "base/cpu.h"
#include "check.h"

static uint32_t told;
static int calls;

static void listen(uint32_t active) {
    told = active;
    calls++;
}

int main(void) {
    const uint32_t all = ac_cpu_detected();
    CHECK(ac_cpu_active() == all);
#if defined(__x86_64__) && defined(__GNUC__)
    CHECK(!(all & AC_CPU_SSE42) == !(__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul")));
    CHECK(!(all & AC_CPU_AVX2) == !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
                                    __builtin_cpu_supports("fma")));
    CHECK(!(all & AC_CPU_AVX512) ==
          !(__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi") &&
            __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("vpclmulqdq")));
    CHECK(!(all & AC_CPU_NEON));
#endif

    ac_cpu_register(listen);
    CHECK(calls == 1 && told == all);

    ac_cpu_restrict(AC_CPU_SCALAR);
    CHECK(calls == 2 && told == 0);
    CHECK(ac_cpu_active() == 0 && ac_cpu_detected() == all);

    ac_cpu_restrict(AC_CPU_SSE42 | AC_CPU_NEON);
    CHECK(told == (all & (AC_CPU_SSE42 | AC_CPU_NEON)));

    ac_cpu_restrict(UINT32_MAX);
    CHECK(calls == 4 && told == all && ac_cpu_active() == all);
    return 0;
}
