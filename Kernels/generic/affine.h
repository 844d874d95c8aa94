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

// MARK: Nearest to a target

/// |a + b x - target|. With an integer target below 2^53 all is exact in any order, and the target goes into a.
INLINE vd distance_to(vd a, vd b, vd x, vd target, bool hoisted, vd nearest) {
  return least_magnitude(nearest, hoisted ? affine(a, b, x) : affine(a, b, x) - target);
}

// Two operations a cycle of four cycles each need eight chains of minima. Rows over the same part of the axis share the
// loads of x: SHARING rows with CHAINS chains each, in no more registers than there are. Rows that look at different
// parts have eight chains of their own. The last minima of TOGETHER rows are taken for all at once.
#if LANES == 8
enum { TOGETHER = 8, SHARING = 8, CHAINS = 1, OWN_CHAINS = 8 };
#else
enum { TOGETHER = 4, SHARING = 2, CHAINS = 4, OWN_CHAINS = 8 };
#endif

/// Lane r of the result is the least lane of rows[r].
INLINE void least_lanes(const vd *rows, double *best) {
#define PAIRS(FROM, TO, EVEN, ODD)                                                                                    \
  least(__builtin_shufflevector(FROM, TO, EVEN), __builtin_shufflevector(FROM, TO, ODD))
#define LIST(...) __VA_ARGS__
#if LANES == 8
#define TWO(A, B) PAIRS(A, B, LIST(0, 8, 2, 10, 4, 12, 6, 14), LIST(1, 9, 3, 11, 5, 13, 7, 15))
#define FOUR(A, B) PAIRS(A, B, LIST(0, 1, 8, 9, 4, 5, 12, 13), LIST(2, 3, 10, 11, 6, 7, 14, 15))
  vd low = FOUR(TWO(rows[0], rows[1]), TWO(rows[2], rows[3]));
  vd high = FOUR(TWO(rows[4], rows[5]), TWO(rows[6], rows[7]));
  store(best, PAIRS(low, high, LIST(0, 1, 2, 3, 8, 9, 10, 11), LIST(4, 5, 6, 7, 12, 13, 14, 15)));
#elif LANES == 4
#define TWO(A, B) PAIRS(A, B, LIST(0, 4, 2, 6), LIST(1, 5, 3, 7))
#define FOUR(A, B) PAIRS(A, B, LIST(0, 1, 4, 5), LIST(2, 3, 6, 7))
  store(best, FOUR(TWO(rows[0], rows[1]), TWO(rows[2], rows[3])));
#else
#define TWO(A, B) PAIRS(A, B, LIST(0, 2), LIST(1, 3))
  store(best, TWO(rows[0], rows[1]));
  store(best + 2, TWO(rows[2], rows[3]));
#endif
}

/// near[k] = the least distances of row r + k, lane by lane.
INLINE void nearest_block(
  const isoflop_affine *g, int64_t r, const int rows, const int chains, double target, bool hoisted, vd *near) {
  const vd t = every(target);
  vd a[SHARING], b[SHARING], chain[8];
  for (int k = 0; k < rows; k++) {
    a[k] = every(hoisted ? g->a[r + k] - target : g->a[r + k]);
    b[k] = every(g->b[r + k]);
  }
  for (int k = 0; k < rows * chains; k++) chain[k] = every(INFINITY);
  int64_t i = row_from(g, r);
  const int64_t to = row_to(g, r);
  for (; i + chains * LANES <= to; i += chains * LANES)
    for (int c = 0; c < chains; c++) {
      vd x = load(g->x + i + c * LANES);
      for (int k = 0; k < rows; k++)
        chain[c * rows + k] = distance_to(a[k], b[k], x, t, hoisted, chain[c * rows + k]);
    }
  // What is left: a vector for some of the chains, and a part of one.
  for (int c = 0; c < chains; c++) {
    if (i >= to) break;
    vd x = i + LANES <= to ? load(g->x + i) : load_first(g->x + i, to - i, NAN);
    for (int k = 0; k < rows; k++)
      chain[c * rows + k] = distance_to(a[k], b[k], x, t, hoisted, chain[c * rows + k]);
    i += LANES;
  }
  for (int half = chains / 2; half > 0; half /= 2)
    for (int c = 0; c < half * rows; c++) chain[c] = least(chain[c], chain[half * rows + c]);
  for (int k = 0; k < rows; k++) near[k] = chain[k];
}

INLINE void nearest_rows(const isoflop_affine *g, double target, bool hoisted, double *best) {
  int64_t r = 0;
  vd near[TOGETHER];
  for (; r + TOGETHER <= g->rows; r += TOGETHER) {
    bool same = true;
    if (g->from)
      for (int k = 1; same && k < TOGETHER; k++) same = g->from[r + k] == g->from[r] && g->to[r + k] == g->to[r];
    if (same)
      for (int k = 0; k < TOGETHER; k += SHARING)
        nearest_block(g, r + k, SHARING, CHAINS, target, hoisted, near + k);
    else
      for (int k = 0; k < TOGETHER; k++) nearest_block(g, r + k, 1, OWN_CHAINS, target, hoisted, near + k);
    least_lanes(near, best + r);
  }
  for (; r < g->rows; r++) {
    nearest_block(g, r, 1, OWN_CHAINS, target, hoisted, near);
    best[r] = least_lane(near[0]);
  }
}

static void affine_nearest(const isoflop_affine *g, double target, double *best) {
  if (target == trunc(target) && fabs(target) < 0x1p53) nearest_rows(g, target, true, best);
  else nearest_rows(g, target, false, best);
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
