// Rows of a + b x over one inner axis. What is constant along the axis has been hoisted into a and b by the caller;
// x stays in the first cache. Lanes past the end of a row are loaded as NaN, which no comparison lets through.

INLINE int64_t row_from(const isoflop_affine *g, int64_t r) { return g->from ? g->from[r] : 0; }
INLINE int64_t row_to(const isoflop_affine *g, int64_t r) { return g->to ? g->to[r] : g->n; }

// MARK: Every value, stored

INLINE void fill_cached(const isoflop_affine *g, double *out) {
  for (int64_t r = 0; r < g->rows; r++, out += g->n) {
    const vd a = every(g->a[r]), b = every(g->b[r]);
    int64_t i = 0;
    for (; i + LANES <= g->n; i += LANES) store(out + i, a + b * load(g->x + i));
    if (i < g->n) store_first(out + i, g->n - i, a + b * load_first(g->x + i, g->n - i, 0));
  }
}

/// Past the caches a cache line has to be written whole, and rows begin and end anywhere. So the end of a row waits
/// in `carry` until the beginning of the next has completed its vector.
INLINE void fill_streaming(const isoflop_affine *g, double *out) {
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
      else stream(to, carry_vectors[0]);
      foreign = held = 0;
      to += LANES;
      i = taken;
    }
    for (; i + LANES <= g->n; i += LANES, to += LANES) stream(to, a + b * load(g->x + i));
    if (i < g->n) {
      held = g->n - i;
      carry_vectors[0] = a + b * load_first(g->x + i, held, 0);
    }
  }
  if (held > foreign) memcpy(to + foreign, carry + foreign, (size_t)(held - foreign) * sizeof(double));
  stores_done();
}

static void affine_fill(const isoflop_affine *g, double *out, bool streaming) {
  if (streaming) fill_streaming(g, out);
  else fill_cached(g, out);
}

// MARK: Nearest to a target

/// |a + b x - target|. With an integer target below 2^53 all is exact in any order, and the target goes into a.
INLINE vd distance_to(vd a, vd b, vd x, vd target, bool hoisted, vd nearest) {
  return least_magnitude(nearest, hoisted ? affine(a, b, x) : affine(a, b, x) - target);
}

/// Rows r ..< r + ROWS over the same part of the axis: x is loaded once for all, and the accumulators hide the
/// latency.
INLINE void nearest_block(
  const isoflop_affine *g, int64_t r, const int rows, int64_t from, int64_t to, double target, bool hoisted,
  double *best) {
  enum { MOST = 4 };
  const vd t = every(target);
  vd a[MOST], b[MOST], near0[MOST], near1[MOST];
  for (int k = 0; k < rows; k++) {
    a[k] = every(hoisted ? g->a[r + k] - target : g->a[r + k]);
    b[k] = every(g->b[r + k]);
    near0[k] = near1[k] = every(INFINITY);
  }
  int64_t i = from;
  for (; i + 2 * LANES <= to; i += 2 * LANES) {
    vd x0 = load(g->x + i), x1 = load(g->x + i + LANES);
    for (int k = 0; k < rows; k++) {
      near0[k] = distance_to(a[k], b[k], x0, t, hoisted, near0[k]);
      near1[k] = distance_to(a[k], b[k], x1, t, hoisted, near1[k]);
    }
  }
  if (i + LANES <= to) {
    vd x0 = load(g->x + i);
    for (int k = 0; k < rows; k++) near0[k] = distance_to(a[k], b[k], x0, t, hoisted, near0[k]);
    i += LANES;
  }
  if (i < to) {
    vd x0 = load_first(g->x + i, to - i, NAN);
    for (int k = 0; k < rows; k++) near1[k] = distance_to(a[k], b[k], x0, t, hoisted, near1[k]);
  }
  for (int k = 0; k < rows; k++) best[r + k] = least_lane(least(near0[k], near1[k]));
}

INLINE void nearest_rows(const isoflop_affine *g, double target, bool hoisted, double *best) {
  int64_t r = 0;
  while (r < g->rows) {
    int64_t from = row_from(g, r), to = row_to(g, r);
    bool together = r + 4 <= g->rows;
    for (int k = 1; together && k < 4; k++) together = row_from(g, r + k) == from && row_to(g, r + k) == to;
    if (together) {
      nearest_block(g, r, 4, from, to, target, hoisted, best);
      r += 4;
    } else {
      nearest_block(g, r, 1, from, to, target, hoisted, best);
      r += 1;
    }
  }
}

static void affine_nearest(const isoflop_affine *g, double target, double *best) {
  if (target == trunc(target) && fabs(target) < 0x1p53) nearest_rows(g, target, true, best);
  else nearest_rows(g, target, false, best);
}

// MARK: How many, and how wide

static int64_t affine_count(const isoflop_affine *g, double low, double high) {
  const vd lo = every(low), hi = every(high);
  vi count0 = (vi)0, count1 = (vi)0;
  for (int64_t r = 0; r < g->rows; r++) {
    const vd a = every(g->a[r]), b = every(g->b[r]);
    int64_t i = row_from(g, r), to = row_to(g, r);
    for (; i + 2 * LANES <= to; i += 2 * LANES) {
      vd v0 = affine(a, b, load(g->x + i)), v1 = affine(a, b, load(g->x + i + LANES));
      count0 -= (vi)(v0 >= lo) & (vi)(v0 <= hi);
      count1 -= (vi)(v1 >= lo) & (vi)(v1 <= hi);
    }
    for (; i < to; i += LANES) {
      vd v = affine(a, b, i + LANES <= to ? load(g->x + i) : load_first(g->x + i, to - i, NAN));
      count0 -= (vi)(v >= lo) & (vi)(v <= hi);
    }
  }
  return sum_of_lanes(count0 + count1);
}

static void affine_range(const isoflop_affine *g, double *least_value, double *greatest_value) {
  vd low0 = every(INFINITY), low1 = low0, high0 = every(-INFINITY), high1 = high0;
  for (int64_t r = 0; r < g->rows; r++) {
    const vd a = every(g->a[r]), b = every(g->b[r]);
    int64_t i = row_from(g, r), to = row_to(g, r);
    for (; i + 2 * LANES <= to; i += 2 * LANES) {
      vd v0 = affine(a, b, load(g->x + i)), v1 = affine(a, b, load(g->x + i + LANES));
      low0 = least(low0, v0);
      high0 = greatest(high0, v0);
      low1 = least(low1, v1);
      high1 = greatest(high1, v1);
    }
    for (; i < to; i += LANES) {
      vd v = affine(a, b, i + LANES <= to ? load(g->x + i) : load_first(g->x + i, to - i, NAN));
      low0 = least(low0, v);
      high0 = greatest(high0, v);
    }
  }
  *least_value = least_lane(least(low0, low1));
  *greatest_value = greatest_lane(greatest(high0, high1));
}
