// exp and log over columns. Additions, multiplications and one division, each rounded by itself and in the same order
// on every instruction set: the same bits everywhere. Within 1 ulp of the true value (README.md has the argument, the
// tests the measurement).

INLINE vd from_bits(vi bits) {
  union {
    vi bits;
    vd value;
  } pattern = {bits};
  return pattern.value;
}
INLINE vi to_bits(vd value) {
  union {
    vd value;
    vi bits;
  } pattern = {value};
  return pattern.bits;
}

// ln 2 in two parts; the first has 21 trailing zero bits, so its product with an exponent is exact.
#define LN2_HIGH 0x1.62e42fee00000p-1
#define LN2_LOW 0x1.a39ef35793c76p-33
#define LOG2_E 0x1.71547652b82fep+0
// Adding it rounds to an integer, which is left in the low bits.
#define ROUNDER 0x1.8p52

INLINE vd exp_lanes(vd x) {
  // Beyond these the result is 0 or infinite anyway. NaN fails both comparisons and passes through.
  x = x < every(-746) ? every(-746) : x;
  x = x > every(710) ? every(710) : x;
  const vd shifted = x * every(LOG2_E) + every(ROUNDER);
  const vd n = shifted - every(ROUNDER);
  // r + c = x - n ln 2 with |r| <= 0.3466, c what the rounding of r lost.
  const vd high = x - n * every(LN2_HIGH), low = n * every(LN2_LOW);
  const vd r = high - low;
  const vd c = (high - r) - low;
  // The series from r^2/2! to r^13/13!; the next term is below 2^-58. In pairs, to shorten the chain.
  const vd r2 = r * r, r4 = r2 * r2;
  const vd s0 = every(1.0 / 2) + r * every(1.0 / 6);
  const vd s1 = every(1.0 / 24) + r * every(1.0 / 120);
  const vd s2 = every(1.0 / 720) + r * every(1.0 / 5040);
  const vd s3 = every(1.0 / 40320) + r * every(1.0 / 362880);
  const vd s4 = every(1.0 / 3628800) + r * every(1.0 / 39916800);
  const vd s5 = every(1.0 / 479001600) + r * every(1.0 / 6227020800);
  const vd series = (s0 + r2 * s1) + r4 * ((s2 + r2 * s3) + r4 * (s4 + r2 * s5));
  const vd value = every(1) + (r + (c + r2 * series));
  // 2^n as two factors, neither of which leaves the normal numbers.
  const vi exponent = to_bits(shifted) - to_bits(every(ROUNDER));
  const vd n_half = n * every(0.5) + every(ROUNDER);
  const vi half = to_bits(n_half) - to_bits(every(ROUNDER));
  return value * from_bits((half + (vi)1023L) << (vi)52L) * from_bits((exponent - half + (vi)1023L) << (vi)52L);
}

INLINE vd log_lanes(vd x) {
  // Subnormal numbers are made normal first.
  const vi tiny = x < every(0x1p-1022);
  const vd scaled = tiny ? x * every(0x1p54) : x;
  // scaled = 2^k m with m in [sqrt(1/2), sqrt(2)): below the bits of sqrt(1/2) the exponent field says k.
  const vi offset = to_bits(every(0x1.6a09e667f3bcdp-1));
  const vi above = to_bits(scaled) - offset;
  const vd m = from_bits(to_bits(scaled) - (above & (vi)(int64_t)0xfff0000000000000));
  // k + 1023 put into the low bits of 2^52: an integer becomes a double without a conversion.
  const vi biased = (vi)((above + ((vi)1023L << (vi)52L)) >> (vi)52L) & (vi)0xfffL;
  const vd k = from_bits(biased | to_bits(every(0x1p52))) - every(0x1p52 + 1023) - (tiny ? every(54) : every(0));
  // ln m = 2 atanh(s) = 2s + s (2/3 s^2 + 2/5 s^4 + ...), s = f / (2 + f), s^2 <= 0.0295.
  const vd f = m - every(1);
  const vd s = f / (every(2) + f);
  const vd z = s * s, w = z * z, w2 = w * w;
  const vd t0 = every(2.0 / 3) + z * every(2.0 / 5);
  const vd t1 = every(2.0 / 7) + z * every(2.0 / 9);
  const vd t2 = every(2.0 / 11) + z * every(2.0 / 13);
  const vd t3 = every(2.0 / 15) + z * every(2.0 / 17);
  const vd t4 = every(2.0 / 19) + z * every(2.0 / 21);
  const vd series = z * ((t0 + w * t1) + w2 * ((t2 + w * t3) + w2 * t4));
  // 2s = f - s f, and s f = f^2/2 - s f^2/2: the leading f is exact and what follows is small beside it.
  const vd half_square = every(0.5) * f * f;
  const vd value = k * every(LN2_HIGH)
    + (f - (half_square - (s * (half_square + series) + k * every(LN2_LOW))));
  const vd finite = x == every(INFINITY) ? x : value;
  const vd positive = x == every(0) ? every(-INFINITY) : finite;
  return x >= every(0) ? positive : every(NAN);
}

static void exp_columns(const double *x, double *y, int64_t n) {
  int64_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    vd y0 = exp_lanes(load(x + i)), y1 = exp_lanes(load(x + i + LANES));
    store(y + i, y0);
    store(y + i + LANES, y1);
  }
  for (; i < n; i += LANES) {
    int64_t k = n - i < LANES ? n - i : LANES;
    store_first(y + i, k, exp_lanes(load_first(x + i, k, 0)));
  }
}

static void log_columns(const double *x, double *y, int64_t n) {
  int64_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    vd y0 = log_lanes(load(x + i)), y1 = log_lanes(load(x + i + LANES));
    store(y + i, y0);
    store(y + i + LANES, y1);
  }
  for (; i < n; i += LANES) {
    int64_t k = n - i < LANES ? n - i : LANES;
    store_first(y + i, k, log_lanes(load_first(x + i, k, 1)));
  }
}

static void loss_columns(
  const double *ln_n, const double *ln_d, int64_t n, double log_a, double alpha, double log_b, double beta, double e,
  double *loss, double *size_term, double *data_term) {
  for (int64_t i = 0; i < n; i += LANES) {
    int64_t k = n - i < LANES ? n - i : LANES;
    vd size = exp_lanes(every(log_a) - every(alpha) * load_first(ln_n + i, k, 0));
    vd data = exp_lanes(every(log_b) - every(beta) * load_first(ln_d + i, k, 0));
    store_first(loss + i, k, every(e) + size + data);
    if (size_term) store_first(size_term + i, k, size);
    if (data_term) store_first(data_term + i, k, data);
  }
}
