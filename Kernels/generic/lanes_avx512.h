// Eight lanes with AVX-512 and its masks.

INLINE __mmask8 first_lanes(int64_t k) { return (__mmask8)((1u << k) - 1); }
INLINE vd load_first(const double *p, int64_t k, double fill) {
  return (vd)_mm512_mask_loadu_pd(_mm512_set1_pd(fill), first_lanes(k), p);
}
INLINE void store_first(double *p, int64_t k, vd v) { _mm512_mask_storeu_pd(p, first_lanes(k), (__m512d)v); }
INLINE vd gather(const double *p, vi index) { return (vd)_mm512_i64gather_pd((__m512i)index, p, 8); }
// VRANGEPD with sign control 2 (clear) and select 2 (least magnitude): absolute value and minimum in one instruction.
INLINE vd least_magnitude(vd least, vd v) {
  return (vd)_mm512_range_pd((__m512d)least, (__m512d)v, (2 << 2) | 2);
}
INLINE unsigned lane_bits(vi mask) { return _mm512_movepi64_mask((__m512i)mask); }
INLINE void stores_done(void) { _mm_sfence(); }
