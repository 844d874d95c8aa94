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

/// A vector of results: as it is, or as integers.
INLINE void put_result(void *to, int64_t i, vd v, bool integers, bool streaming) {
  if (!integers) {
    put((double *)to + i, v, streaming);
    return;
  }
  vi whole = (vi)(v + every(0x1p52)) & (vi)0xFFFFFFFFFFFFF;
  if (streaming) __builtin_nontemporal_store(whole, (vi *)((int64_t *)to + i));
  else *(vi_anywhere *)((int64_t *)to + i) = whole;
}

INLINE void put_first_results(void *to, int64_t i, int64_t k, const double *from, bool integers) {
  for (int64_t j = i; j < i + k; j++) {
    if (integers) ((int64_t *)to)[j] = (int64_t)from[j];
    else ((double *)to)[j] = from[j];
  }
}

INLINE void results_from(const double *from, int64_t start, int64_t end, void *to, bool integers, bool streaming) {
  for (int64_t i = start; i < end; i += LANES) put_result(to, i, load(from + i), integers, streaming);
}

static void results_out(const double *from, int64_t count, void *to, bool integers, bool streaming) {
  int64_t start = streaming ? to_alignment((const double *)to) : 0;
  if (start > count) start = count;
  int64_t end = start + (count - start) / LANES * LANES;
  put_first_results(to, 0, start, from, integers);
  if (integers && streaming) results_from(from, start, end, to, true, true);
  else if (integers) results_from(from, start, end, to, true, false);
  else if (streaming) results_from(from, start, end, to, false, true);
  else results_from(from, start, end, to, false, false);
  put_first_results(to, end, count - end, from, integers);
  if (streaming) stores_done();
}
