// Four lanes with AVX2.

INLINE __m256i first_lanes(int64_t k) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(k), _mm256_setr_epi64x(0, 1, 2, 3));
}
INLINE vd load_first(const double *p, int64_t k, double fill) {
  __m256i mask = first_lanes(k);
  return (vd)_mm256_blendv_pd(_mm256_set1_pd(fill), _mm256_maskload_pd(p, mask), _mm256_castsi256_pd(mask));
}
INLINE void store_first(double *p, int64_t k, vd v) { _mm256_maskstore_pd(p, first_lanes(k), (__m256d)v); }
INLINE vd gather(const double *p, vi index) { return (vd)_mm256_i64gather_pd(p, (__m256i)index, 8); }
INLINE vd least_magnitude(vd least, vd v) {
  vd magnitude = __builtin_elementwise_abs(v);
  return magnitude < least ? magnitude : least;
}
INLINE unsigned lane_bits(vi mask) { return (unsigned)_mm256_movemask_pd((__m256d)mask); }
INLINE void stores_done(void) { _mm_sfence(); }
