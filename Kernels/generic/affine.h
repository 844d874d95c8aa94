// Rows of a + b x over one inner axis. What is constant along the axis has been hoisted into a and b by the caller;
// x stays in the first cache. Lanes past the end of a row are loaded as NaN, which no comparison lets through.

INLINE int64_t row_from(const isoflop_affine *g, int64_t r) { return g->from ? g->from[r] : 0; }
INLINE int64_t row_to(const isoflop_affine *g, int64_t r) { return g->to ? g->to[r] : g->n; }

// MARK: Every value, stored

/// Past the caches a cache line has to be written whole, and within them a vector across two lines costs two stores; but
/// rows begin and end anywhere. So the end of a row waits in `carry` until the beginning of the next has completed its
/// vector.
INLINE void fill(const isoflop_affine *g, double *out, bool streaming) {
  vd carry_vectors[2] = {every(0), every(0)};
  double *const carry = (double *)carry_vectors;
  // The vector that `out` points into may begin before it; what comes before is not ours.
  int64_t foreign = (int64_t)(((uintptr_t)out / sizeof(double)) % LANES), held = foreign;
  double *to = out - foreign;
  for (int64_t r = 0; r < g->rows; r++) {
    const vd a = every(g->a[r]), b = every(g->b[r]);
    int64_t i = 0;
    if (held) {
      int64_t wanted = LANES - held, taken = wanted < g->n ? wanted : g->n;
      store(carry + held, a + b * load_first(g->x, taken, 0));
      held += taken;
      if (held < LANES) continue;
      if (foreign) memcpy(to + foreign, carry + foreign, (size_t)(LANES - foreign) * sizeof(double));
      else put(to, carry_vectors[0], streaming);
      foreign = held = 0;
      to += LANES;
      i = taken;
    }
    for (; i + 4 * LANES <= g->n; i += 4 * LANES, to += 4 * LANES)
      for (int k = 0; k < 4 * LANES; k += LANES) put(to + k, a + b * load(g->x + i + k), streaming);
    for (; i + LANES <= g->n; i += LANES, to += LANES) put(to, a + b * load(g->x + i), streaming);
    if (i < g->n) {
      held = g->n - i;
      carry_vectors[0] = a + b * load_first(g->x + i, held, 0);
    }
  }
  if (held > foreign) memcpy(to + foreign, carry + foreign, (size_t)(held - foreign) * sizeof(double));
  if (streaming) stores_done();
}

static void affine_fill(const isoflop_affine *g, double *out, bool streaming) {
  if (streaming) fill(g, out, true);
  else fill(g, out, false);
}

// MARK: How many, and how wide

static int64_t affine_count(const isoflop_affine *g, double low, double high) {
  const vd lo = every(low), hi = every(high);
  vi count[4] = {(vi)0, (vi)0, (vi)0, (vi)0};
  for (int64_t r = 0; r < g->rows; r++) {
    const vd a = every(g->a[r]), b = every(g->b[r]);
    int64_t i = row_from(g, r), to = row_to(g, r);
    for (; i + 4 * LANES <= to; i += 4 * LANES)
      for (int c = 0; c < 4; c++) {
        vd v = affine(a, b, load(g->x + i + c * LANES));
        count[c] -= (vi)(v >= lo) & (vi)(v <= hi);
      }
    for (; i < to; i += LANES) {
      vd v = affine(a, b, i + LANES <= to ? load(g->x + i) : load_first(g->x + i, to - i, NAN));
      count[0] -= (vi)(v >= lo) & (vi)(v <= hi);
    }
  }
  return sum_of_lanes((count[0] + count[1]) + (count[2] + count[3]));
}

static void affine_range(const isoflop_affine *g, double *least_value, double *greatest_value) {
  vd low[4], high[4];
  for (int c = 0; c < 4; c++) low[c] = every(INFINITY), high[c] = every(-INFINITY);
  for (int64_t r = 0; r < g->rows; r++) {
    const vd a = every(g->a[r]), b = every(g->b[r]);
    int64_t i = row_from(g, r), to = row_to(g, r);
    for (; i + 4 * LANES <= to; i += 4 * LANES)
      for (int c = 0; c < 4; c++) {
        vd v = affine(a, b, load(g->x + i + c * LANES));
        low[c] = least(low[c], v);
        high[c] = greatest(high[c], v);
      }
    for (; i < to; i += LANES) {
      vd v = affine(a, b, i + LANES <= to ? load(g->x + i) : load_first(g->x + i, to - i, NAN));
      low[0] = least(low[0], v);
      high[0] = greatest(high[0], v);
    }
  }
  *least_value = least_lane(least(least(low[0], low[1]), least(low[2], low[3])));
  *greatest_value = greatest_lane(greatest(greatest(high[0], high[1]), greatest(high[2], high[3])));
}

/// All ones where v is an integer with a magnitude below 2^53, NaN and infinity being none.
INLINE vi integer_lanes(vd v) {
  vi small = __builtin_elementwise_abs(v) < every(0x1p53);
  vd safe = small ? v : every(0.5);
  return (vi)(__builtin_convertvector(__builtin_convertvector(safe, vi), vd) == safe);
}

static bool affine_exact(const isoflop_affine *g) {
  vi exact = (vi)-1L;
  vd widest = every(0);
  for (int64_t i = 0; i < g->n; i += LANES) {
    vd x = i + LANES <= g->n ? load(g->x + i) : load_first(g->x + i, g->n - i, 0);
    exact &= integer_lanes(x);
    widest = greatest(widest, __builtin_elementwise_abs(x));
  }
  const vd span = every(greatest_lane(widest));
  for (int64_t r = 0; r < g->rows; r += LANES) {
    int64_t k = g->rows - r < LANES ? g->rows - r : LANES;
    vd a = load_first(g->a + r, k, 0), b = load_first(g->b + r, k, 0);
    exact &= integer_lanes(a) & integer_lanes(b);
    exact &= (vi)(__builtin_elementwise_abs(a) + __builtin_elementwise_abs(b) * span < every(0x1p53));
  }
  return !any_lane(~exact);
}
