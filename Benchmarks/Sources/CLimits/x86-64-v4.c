#if defined(__x86_64__)
#include <immintrin.h>

#include "../../../Kernels/generic/prelude.h"
#include "include/limits.h"
#define LANES 8
#define FUSED 1
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,avx512f,avx512bw,avx512cd,avx512dq,avx512vl,evex512"))), apply_to = function)
#include "../../../Kernels/generic/vector.h"
#include "../../../Kernels/generic/lanes_avx512.h"
#include "generic/limits.h"
#pragma clang attribute pop
const isoflop_limits limits_v4 = LIMITS_TABLE("x86-64-v4");
#endif
