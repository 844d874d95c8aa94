// x86-64-v4: AVX-512, eight lanes with masks (Skylake-SP, Zen 4 and later).
#if defined(__x86_64__)
#include <immintrin.h>

#include "generic/prelude.h"

#define LANES 8
#define FUSED 1
#pragma clang attribute push(                                                                                         \
  __attribute__((target("avx2,fma,bmi,bmi2,lzcnt,movbe,f16c,avx512f,avx512bw,avx512cd,avx512dq,avx512vl,evex512"))),  \
  apply_to = function)
#include "generic/vector.h"
#include "generic/lanes_avx512.h"

#include "generic/kernels.h"
#pragma clang attribute pop

static bool runs_here(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd")
    && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx2")
    && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
}
const isoflop_kernels isoflop_x86_64_v4 =
  KERNEL_TABLE("x86-64-v4", "AVX-512, eight lanes with masks", "avx512f avx512bw avx512cd avx512dq avx512vl");
#endif
