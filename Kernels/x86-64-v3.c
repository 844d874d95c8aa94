// x86-64-v3: AVX2 and FMA, four lanes (Haswell, Zen and later).
#if defined(__x86_64__)
#include <immintrin.h>

#include "generic/prelude.h"

#define LANES 4
#define FUSED 1
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,lzcnt,movbe,f16c"))), apply_to = function)
#include "generic/vector.h"

static inline __m256i first_lanes(int64_t k) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(k), _mm256_setr_epi64x(0, 1, 2, 3));
}
static inline vd load_first(const double *p, int64_t k, double fill) {
  __m256i mask = first_lanes(k);
  return (vd)_mm256_blendv_pd(_mm256_set1_pd(fill), _mm256_maskload_pd(p, mask), _mm256_castsi256_pd(mask));
}
static inline void store_first(double *p, int64_t k, vd v) { _mm256_maskstore_pd(p, first_lanes(k), (__m256d)v); }
static inline vd gather(const double *p, vi index) { return (vd)_mm256_i64gather_pd(p, (__m256i)index, 8); }
static inline vd least_magnitude(vd least, vd v) {
  vd magnitude = __builtin_elementwise_abs(v);
  return magnitude < least ? magnitude : least;
}
static inline unsigned lane_bits(vi mask) { return (unsigned)_mm256_movemask_pd((__m256d)mask); }
static inline void stores_done(void) { _mm_sfence(); }

#include "generic/kernels.h"
#pragma clang attribute pop

static bool runs_here(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi")
    && __builtin_cpu_supports("bmi2");
}
const isoflop_kernels isoflop_x86_64_v3 =
  KERNEL_TABLE("x86-64-v3", "AVX2, four lanes, fused multiply-add", "avx2 fma bmi bmi2");
#endif
