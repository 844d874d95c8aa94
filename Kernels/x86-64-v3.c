// x86-64-v3: AVX2 and FMA, four lanes (Haswell, Zen and later).
#if defined(__x86_64__)
#include <immintrin.h>

#include "generic/prelude.h"

#define LANES 4
#define FUSED 1
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,lzcnt,movbe,f16c"))), apply_to = function)
#include "generic/vector.h"
#include "generic/lanes_avx2.h"

#include "generic/kernels.h"
#pragma clang attribute pop

static bool runs_here(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi")
    && __builtin_cpu_supports("bmi2");
}
const isoflop_kernels isoflop_x86_64_v3 =
  KERNEL_TABLE("x86-64-v3", "AVX2, four lanes, fused multiply-add", "avx2 fma bmi bmi2");
#endif
