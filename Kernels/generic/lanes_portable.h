// What an instruction set may do better with its own instructions, written without any.

INLINE vd load_first(const double *p, int64_t k, double fill) {
  vd v = every(fill);
  for (int64_t i = 0; i < LANES; i++)
    if (i < k) v[i] = p[i];
  return v;
}
INLINE void store_first(double *p, int64_t k, vd v) {
  for (int64_t i = 0; i < LANES; i++)
    if (i < k) p[i] = v[i];
}
INLINE vd gather(const double *p, vi index) {
  vd v;
  for (int i = 0; i < LANES; i++) v[i] = p[index[i]];
  return v;
}
INLINE vd least_magnitude(vd smallest, vd v) {
  vd magnitude = __builtin_elementwise_abs(v);
  return magnitude < smallest ? magnitude : smallest;
}
INLINE unsigned lane_bits(vi mask) {
  unsigned bits = 0;
  for (int i = 0; i < LANES; i++) bits |= (unsigned)(mask[i] & 1) << i;
  return bits;
}
INLINE void stores_done(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#else
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}
