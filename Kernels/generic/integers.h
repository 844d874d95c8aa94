// Columns of 64-bit integers to doubles and back, for integers >= 0 below 2^52: those are the low bits of the pattern of
// 2^52 + value, so neither way needs a conversion that AVX2 does not have.

typedef int64_t vi_anywhere __attribute__((ext_vector_type(LANES), aligned(8), may_alias));
typedef uint64_t vu __attribute__((ext_vector_type(LANES)));

/// The pattern of 2^52.
static const int64_t two_to_52 = 0x4330000000000000;

static int64_t integers_in(const int64_t *from, int64_t smallest, int64_t count, double *to) {
  // Subtracted without a sign: a difference that wraps is that of a negative number, whose own sign is there too.
  vu bits = (vu)0;
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    // Who comes for one block after the other will come for the next page, which the hardware does not fetch ahead of
    // its first use. An address past the end is no fault.
    __builtin_prefetch((const char *)(from + i) + 4096);
    vi v = *(const vi_anywhere *)(from + i);
    bits |= (vu)v | ((vu)v - (vu)(uint64_t)smallest);
    store(to + i, (vd)(v | (vi)two_to_52) - every(0x1p52));
  }
  uint64_t all = 0;
  for (int lane = 0; lane < LANES; lane++) all |= bits[lane];
  for (; i < count; i++) {
    all |= (uint64_t)from[i] | ((uint64_t)from[i] - (uint64_t)smallest);
    to[i] = (double)from[i];
  }
  return (int64_t)all;
}

INLINE vi integer_of(vd v, vd divisor, bool divides) {
  return (vi)((divides ? v / divisor : v) + every(0x1p52)) & (vi)0xFFFFFFFFFFFFF;
}

INLINE void integers_from(
  const double *from, vd divisor, int64_t start, int64_t end, int64_t *to, bool divides, bool streaming) {
  for (int64_t i = start; i < end; i += LANES) {
    vi v = integer_of(load(from + i), divisor, divides);
    if (streaming) __builtin_nontemporal_store(v, (vi *)(to + i));
    else *(vi_anywhere *)(to + i) = v;
  }
}

static void integers_out(const double *from, double divisor, int64_t count, int64_t *to, bool streaming) {
  bool divides = divisor != 1;
  int64_t start = streaming ? to_alignment((const double *)(const void *)to) : 0;
  if (start > count) start = count;
  for (int64_t i = 0; i < start; i++) to[i] = (int64_t)(from[i] / divisor);
  int64_t end = start + (count - start) / LANES * LANES;
  vd over = every(divisor);
  if (streaming && divides) integers_from(from, over, start, end, to, true, true);
  else if (streaming) integers_from(from, over, start, end, to, false, true);
  else if (divides) integers_from(from, over, start, end, to, true, false);
  else integers_from(from, over, start, end, to, false, false);
  for (int64_t i = end; i < count; i++) to[i] = (int64_t)(from[i] / divisor);
  if (streaming) stores_done();
}
