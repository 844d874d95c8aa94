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

static inline __mmask8 first_lanes(int64_t k) { return (__mmask8)((1u << k) - 1); }
static inline vd load_first(const double *p, int64_t k, double fill) {
  return (vd)_mm512_mask_loadu_pd(_mm512_set1_pd(fill), first_lanes(k), p);
}
static inline void store_first(double *p, int64_t k, vd v) { _mm512_mask_storeu_pd(p, first_lanes(k), (__m512d)v); }
static inline vd gather(const double *p, vi index) { return (vd)_mm512_i64gather_pd((__m512i)index, p, 8); }
// VRANGEPD with sign control 2 (clear) and select 2 (least magnitude): absolute value and minimum in one instruction.
static inline vd least_magnitude(vd least, vd v) {
  return (vd)_mm512_range_pd((__m512d)least, (__m512d)v, (2 << 2) | 2);
}
static inline unsigned lane_bits(vi mask) { return _mm512_movepi64_mask((__m512i)mask); }
static inline void stores_done(void) { _mm_sfence(); }

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
