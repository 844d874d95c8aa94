// What looks values up (lookup.h): counts by bin, and the test against a Pareto front.

// MARK: Counts by bin

/// counts[j] of one of the four tables grows by the number of values with exactly j edges at or below them.
static void affine_bins(const isoflop_affine *g, const isoflop_bins *bins, int64_t *counts) {
  for (int64_t r = 0; r < g->rows; r++) {
    const vd a = every(g->a[r]), b = every(g->b[r]);
    int64_t i = row_from(g, r), to = row_to(g, r);
    for (; i + LANES <= to; i += LANES)
      count_lanes(bin_of(affine(a, b, load(g->x + i)), bins), LANES, counts, bins->bins);
    if (i < to)
      count_lanes(bin_of(affine(a, b, load_first(g->x + i, to - i, 0)), bins), (int)(to - i), counts, bins->bins);
  }
}

// MARK: Against a front

/// Row and index of every shape that no point of the staircase beats in both objectives. The staircase is a lower
/// bound by cell, so what survives still has to be compared exactly; what does not is beaten for certain.
static int64_t affine_screen(
  const isoflop_affine *g, const double *second_a, const double *second_b, const isoflop_staircase *front, int64_t *row,
  int64_t *index, int64_t capacity, int64_t *done) {
  int64_t found = 0, r = 0;
  for (; r < g->rows; r++) {
    int64_t i = row_from(g, r), to = row_to(g, r);
    if (to - i > capacity - found) break;
    const vd a = every(g->a[r]), b = every(g->b[r]), a2 = every(second_a[r]), b2 = every(second_b[r]);
    for (; i < to; i += LANES) {
      int64_t k = to - i < LANES ? to - i : LANES;
      vd x = k == LANES ? load(g->x + i) : load_first(g->x + i, k, 0);
      vd level = gather(front->level, cell_of(affine(a, b, x), front->base, front->cells, front->shift));
      unsigned kept = lane_bits((vi)(affine(a2, b2, x) <= level)) & ((1u << k) - 1);
      for (; kept; kept &= kept - 1, found++) {
        row[found] = r;
        index[found] = i + __builtin_ctz(kept);
      }
    }
  }
  *done = r;
  return found;
}
