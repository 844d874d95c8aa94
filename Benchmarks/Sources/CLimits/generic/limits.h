#include "../../../../Kernels/generic/lookup.h"

// The limits with the vectors of one implementation. Four vectors a turn where memory is the limit, twelve chains
// where latency would be.

enum { STEP = 4 * LANES, CHAINS = 12 };
#define ALL _Pragma("clang loop unroll(full)") for
// Opaque to the optimiser, free for the CPU.
#if defined(__x86_64__)
#define KEEP(v) __asm__ volatile("" : "+v"(v))
#else
#define KEEP(v) __asm__ volatile("" : "+w"(v))
#endif

static double limit_read(const double *a, int64_t n) {
  vd s0 = every(0), s1 = s0, s2 = s0, s3 = s0;
  for (int64_t i = 0; i < n; i += STEP) {
    s0 += load(a + i);
    s1 += load(a + i + LANES);
    s2 += load(a + i + 2 * LANES);
    s3 += load(a + i + 3 * LANES);
  }
  return greatest_lane(s0 + s1 + s2 + s3);
}

INLINE void copy_to(const double *a, double *out, int64_t n, bool past) {
  for (int64_t i = 0; i < n; i += STEP)
    for (int k = 0; k < STEP; k += LANES) put(out + i + k, load(a + i + k), past);
  if (past) stores_done();
}
static void limit_copy(const double *a, double *out, int64_t n, bool past) {
  if (past) copy_to(a, out, n, true);
  else copy_to(a, out, n, false);
}

INLINE void triad_to(const double *a, const double *b, double *out, int64_t n, bool past) {
  const vd three = every(3);
  for (int64_t i = 0; i < n; i += STEP)
    for (int k = 0; k < STEP; k += LANES) put(out + i + k, affine(load(a + i + k), three, load(b + i + k)), past);
  if (past) stores_done();
}
static void limit_triad(const double *a, const double *b, double *out, int64_t n, bool past) {
  if (past) triad_to(a, b, out, n, true);
  else triad_to(a, b, out, n, false);
}

INLINE void fill_to(double *out, int64_t n, bool past) {
  vd value = every(5);
  KEEP(value);
  for (int64_t i = 0; i < n; i += STEP)
    for (int k = 0; k < STEP; k += LANES) put(out + i + k, value, past);
  if (past) stores_done();
}
static void limit_fill(double *out, int64_t n, bool past) {
  if (past) fill_to(out, n, true);
  else fill_to(out, n, false);
}

INLINE void three_to(const double *const in[3], double *const out[3], int64_t n, bool past) {
  const double *const a = in[0], *const b = in[1], *const c = in[2];
  double *const x = out[0], *const y = out[1], *const z = out[2];
  for (int64_t i = 0; i < n; i += LANES) {
    put(x + i, load(a + i), past);
    put(y + i, load(b + i), past);
    put(z + i, load(c + i), past);
  }
  if (past) stores_done();
}
static void limit_three(const double *const in[3], double *const out[3], int64_t n, bool past) {
  if (past) three_to(in, out, n, true);
  else three_to(in, out, n, false);
}

INLINE vd widened(const int32_t *p) { return __builtin_convertvector(*(const vi32_anywhere *)p, vd); }
INLINE void three_i32_to(const int32_t *const in[3], double *const out[3], int64_t n, bool past) {
  const int32_t *const a = in[0], *const b = in[1], *const c = in[2];
  double *const x = out[0], *const y = out[1], *const z = out[2];
  for (int64_t i = 0; i < n; i += LANES) {
    put(x + i, widened(a + i), past);
    put(y + i, widened(b + i), past);
    put(z + i, widened(c + i), past);
  }
  if (past) stores_done();
}
static void limit_three_i32(const int32_t *const in[3], double *const out[3], int64_t n, bool past) {
  if (past) three_i32_to(in, out, n, true);
  else three_i32_to(in, out, n, false);
}

static double limit_multiply_add(int64_t n) {
  vd m = every(0.999999), p = every(1e-6), chain[CHAINS];
  KEEP(m);
  KEEP(p);
  for (int k = 0; k < CHAINS; k++) chain[k] = every(k);
  for (int64_t i = 0; i < n; i += CHAINS)
    ALL (int k = 0; k < CHAINS; k++) {
      chain[k] = affine(p, chain[k], m);
      KEEP(chain[k]);
    }
  for (int k = 1; k < CHAINS; k++) chain[0] += chain[k];
  return greatest_lane(chain[0]);
}

// Two values of x and enough accumulators to hide the latency; x is opaque, so that no product becomes a sum, and b is
// every time, so that nothing is hoisted and no result used twice.
#define FROM_REGISTERS(SUMS, TURN)                                                                                    \
  vd x[2], a = every(1), b = every(3);                                                                                \
  for (int k = 0; k < 2; k++) {                                                                                       \
    x[k] = every(k + 1);                                                                                              \
    KEEP(x[k]);                                                                                                       \
  }                                                                                                                   \
  KEEP(a);                                                                                                            \
  for (int64_t i = 0; i < n; i += SUMS) {                                                                             \
    ALL (int k = 0; k < SUMS; k++) {                                                                                  \
      KEEP(b);                                                                                                        \
      vd v = affine(a, b, x[k % 2]);                                                                                  \
      KEEP(v);                                                                                                        \
      TURN                                                                                                            \
    }                                                                                                                 \
  }

static double limit_nearest(int64_t n) {
  vd near[8];
  for (int k = 0; k < 8; k++) near[k] = every(INFINITY);
  FROM_REGISTERS(8, near[k] = least_magnitude(near[k], v);)
  for (int k = 1; k < 8; k++) near[0] = least(near[0], near[k]);
  return least_lane(near[0]);
}

static double limit_count(int64_t n) {
  vi count[4] = {(vi)0, (vi)0, (vi)0, (vi)0};
  const vd low = every(4), high = every(8);
  FROM_REGISTERS(4, count[k] -= (vi)(v >= low) & (vi)(v <= high);)
  for (int k = 1; k < 4; k++) count[0] += count[k];
  return (double)sum_of_lanes(count[0]);
}

static double limit_range(int64_t n) {
  vd low[4], high[4];
  for (int k = 0; k < 4; k++) low[k] = every(INFINITY), high[k] = every(-INFINITY);
  FROM_REGISTERS(4, low[k] = least(low[k], v); high[k] = greatest(high[k], v);)
  for (int k = 1; k < 4; k++) low[0] = least(low[0], low[k]), high[0] = greatest(high[0], high[k]);
  return least_lane(low[0]) + greatest_lane(high[0]);
}

// Tables as large as the kernels have them for a hundred bins over nine powers of ten.
enum { CELLS = 1024, SLOTS = 102 };

static double limit_bins(int64_t n) {
  static double edges[SLOTS + 1];
  static int64_t first[CELLS];
  int64_t counts[4 * SLOTS] = {0};
  const isoflop_bins bins = {edges, first, SLOTS, 0x3ff0, CELLS, 48, 1};
  FROM_REGISTERS(4, count_lanes(bin_of(v, &bins), LANES, counts, SLOTS);)
  return (double)counts[0];
}

static double limit_screen(int64_t n) {
  static double level[CELLS];
  int64_t kept = 0;
  FROM_REGISTERS(4, kept += __builtin_popcount(lane_bits((vi)(v <= gather(level, cell_of(v, 0x3ff0, CELLS, 48)))));)
  return (double)kept;
}

#define LIMITS_TABLE(NAME)                                                                                            \
  {                                                                                                                   \
    .name = NAME, .lanes = LANES, .read = limit_read, .copy = limit_copy, .triad = limit_triad, .fill = limit_fill,   \
    .three = limit_three, .three_i32 = limit_three_i32, .multiply_add = limit_multiply_add, .nearest = limit_nearest, \
    .count = limit_count, .range = limit_range, .bins = limit_bins, .screen = limit_screen,                           \
  }
