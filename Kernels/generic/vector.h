// The vector of this instruction set and what every instruction set does the same way. Each .c file includes this
// once, inside its target region.

#define INLINE static inline __attribute__((always_inline))

typedef double vd __attribute__((ext_vector_type(LANES)));
typedef double vd_anywhere __attribute__((ext_vector_type(LANES), aligned(8), may_alias));
typedef int64_t vi __attribute__((ext_vector_type(LANES)));
typedef int32_t vi32 __attribute__((ext_vector_type(LANES)));
typedef int32_t vi32_anywhere __attribute__((ext_vector_type(LANES), aligned(4), may_alias));

INLINE vd every(double value) { return (vd)value; }
INLINE vd load(const double *p) { return *(const vd_anywhere *)p; }
INLINE void store(double *p, vd v) { *(vd_anywhere *)p = v; }
/// Past the caches; p is aligned to the vector.
INLINE void stream(double *p, vd v) { __builtin_nontemporal_store(v, (vd *)p); }
INLINE void put(double *p, vd v, bool streaming) {
  if (streaming) stream(p, v); else store(p, v);
}
INLINE vd least(vd a, vd b) { return b < a ? b : a; }
INLINE vd greatest(vd a, vd b) { return b > a ? b : a; }

/// a + b x where the exact value is an integer below 2^53: fused or not, the same.
INLINE vd affine(vd a, vd b, vd x) {
#ifdef FUSED
  return __builtin_elementwise_fma(b, x, a);
#else
  return a + b * x;
#endif
}

INLINE double least_lane(vd v) {
  double out = v[0];
  for (int i = 1; i < LANES; i++) out = v[i] < out ? v[i] : out;
  return out;
}
INLINE double greatest_lane(vd v) {
  double out = v[0];
  for (int i = 1; i < LANES; i++) out = v[i] > out ? v[i] : out;
  return out;
}
INLINE int64_t sum_of_lanes(vi v) {
  int64_t out = 0;
  for (int i = 0; i < LANES; i++) out += v[i];
  return out;
}
INLINE bool any_lane(vi mask) {
  int64_t bits = 0;
  for (int i = 0; i < LANES; i++) bits |= mask[i];
  return bits != 0;
}
