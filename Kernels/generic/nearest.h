// The nearest to a target, over rows of a + b x and over planes of such rows: the loop that a sweep spends its time in.

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

/// Chains of minima go on over part of x: chain[c * rows + k] over some of the vectors of row k of a and b. A hoisted
/// target is in a already.
INLINE void extend_chains(
  const double *a, const double *b, const int rows, const int chains, const double *x, int64_t from, int64_t to,
  double target, bool hoisted, vd *chain) {
  const vd t = every(target);
  vd row_a[SHARING], row_b[SHARING];
  for (int k = 0; k < rows; k++) row_a[k] = every(a[k]), row_b[k] = every(b[k]);
  int64_t i = from;
  for (; i + chains * LANES <= to; i += chains * LANES)
    for (int c = 0; c < chains; c++) {
      vd values = load(x + i + c * LANES);
      for (int k = 0; k < rows; k++)
        chain[c * rows + k] = distance_to(row_a[k], row_b[k], values, t, hoisted, chain[c * rows + k]);
    }
  // What is left: a vector for some of the chains, and a part of one.
  for (int c = 0; c < chains; c++) {
    if (i >= to) break;
    vd values = i + LANES <= to ? load(x + i) : load_first(x + i, to - i, NAN);
    for (int k = 0; k < rows; k++)
      chain[c * rows + k] = distance_to(row_a[k], row_b[k], values, t, hoisted, chain[c * rows + k]);
    i += LANES;
  }
}

/// The chains of each row into one: chain[k] is then that of row k.
INLINE void join_chains(vd *chain, const int rows, const int chains) {
  for (int half = chains / 2; half > 0; half /= 2)
    for (int c = 0; c < half * rows; c++) chain[c] = least(chain[c], chain[half * rows + c]);
}

/// near[k] = the least distances of row k of a and b, lane by lane, over part of x.
INLINE void nearest_block(
  const double *a, const double *b, const int rows, const int chains, const double *x, int64_t from, int64_t to,
  double target, bool hoisted, vd *near) {
  vd chain[8];
  for (int k = 0; k < rows * chains; k++) chain[k] = every(INFINITY);
  extend_chains(a, b, rows, chains, x, from, to, target, hoisted, chain);
  join_chains(chain, rows, chains);
  for (int k = 0; k < rows; k++) near[k] = chain[k];
}

// MARK: Rows

INLINE void nearest_rows(const isoflop_affine *g, double target, bool hoisted, double *best) {
  int64_t r = 0;
  // Subtracted from whole vectors and loaded lane by lane: a broadcast from memory leaves the arithmetic ports alone.
  const vd shift = every(hoisted ? target : 0);
  double a[TOGETHER];
  vd near[TOGETHER];
  for (; r + TOGETHER <= g->rows; r += TOGETHER) {
    for (int k = 0; k < TOGETHER; k += LANES) store(a + k, load(g->a + r + k) - shift);
    bool same = true;
    if (g->from)
      for (int k = 1; same && k < TOGETHER; k++) same = g->from[r + k] == g->from[r] && g->to[r + k] == g->to[r];
    if (same) {
      int64_t from = row_from(g, r), to = row_to(g, r);
      for (int k = 0; k < TOGETHER; k += SHARING)
        nearest_block(a + k, g->b + r + k, SHARING, CHAINS, g->x, from, to, target, hoisted, near + k);
    } else {
      for (int k = 0; k < TOGETHER; k++) {
        int64_t from = row_from(g, r + k), to = row_to(g, r + k);
        nearest_block(a + k, g->b + r + k, 1, OWN_CHAINS, g->x, from, to, target, hoisted, near + k);
      }
    }
    least_lanes(near, best + r);
  }
  for (; r < g->rows; r++) {
    a[0] = hoisted ? g->a[r] - target : g->a[r];
    nearest_block(a, g->b + r, 1, OWN_CHAINS, g->x, row_from(g, r), row_to(g, r), target, hoisted, near);
    best[r] = least_lane(near[0]);
  }
}

/// An integer target below 2^53 goes into a, exactly.
INLINE bool can_hoist(double target) { return target == trunc(target) && fabs(target) < 0x1p53; }

static void affine_nearest(const isoflop_affine *g, double target, double *best) {
  if (can_hoist(target)) nearest_rows(g, target, true, best);
  else nearest_rows(g, target, false, best);
}

// MARK: Planes

INLINE void nearest_planes(const isoflop_planes *g, double target, bool hoisted, double *best) {
  enum { STRIP = 64, ALL_CHAINS = 8 };
  _Static_assert(SHARING * CHAINS == ALL_CHAINS && OWN_CHAINS == ALL_CHAINS, "rows alone and together use the same chains");
  const vd shift = every(hoisted ? target : 0);
  double a[STRIP], b[STRIP];
  for (int64_t p = 0; p < g->planes; p++) {
    const vd a0 = every(g->a[p]), a1 = every(g->a_slope[p]), b0 = every(g->b[p]), b1 = every(g->b_slope[p]);
    const int64_t to = g->to ? g->to[p] : g->n_y;
    // Whichever row a minimum is of: the chains go on from row to row.
    vd chain[ALL_CHAINS];
    for (int k = 0; k < ALL_CHAINS; k++) chain[k] = every(INFINITY);
    for (int64_t j = g->from ? g->from[p] : 0; j < to; j += STRIP) {
      int64_t rows = to - j < STRIP ? to - j : STRIP, k = 0;
      for (; k < rows; k += LANES) {
        vd y = load_first(g->y + j + k, rows - k < LANES ? rows - k : LANES, 0);
        store(a + k, affine(a0, a1, y) - shift);
        store(b + k, affine(b0, b1, y));
      }
      // Rows go SHARING at a time. Of a last few each goes by itself, of more the last one again fills the group: that
      // does no harm to a minimum.
      for (k = 0; k < rows; k += SHARING) {
        if (rows - k <= SHARING / 2) {
          for (; k < rows; k++) extend_chains(a + k, b + k, 1, OWN_CHAINS, g->x, 0, g->n, target, hoisted, chain);
          break;
        }
        for (int64_t i = rows; i < k + SHARING; i++) a[i] = a[rows - 1], b[i] = b[rows - 1];
        extend_chains(a + k, b + k, SHARING, CHAINS, g->x, 0, g->n, target, hoisted, chain);
      }
    }
    join_chains(chain, 1, ALL_CHAINS);
    best[p] = least_lane(chain[0]);
  }
}

/// best[p] = the least |value - target| of plane p, +infinity where it has no rows.
static void plane_nearest(const isoflop_planes *g, double target, double *best) {
  if (can_hoist(target)) nearest_planes(g, target, true, best);
  else nearest_planes(g, target, false, best);
}
