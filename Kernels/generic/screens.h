// Values looked up by the leading bits of their pattern, which for doubles >= 0 order as the values do: counts by
// bin, and the test against a Pareto front.

/// The cell of v >= 0 among `cells` slices that begin at `base`.
INLINE vi cell_of(vd v, int64_t base, int64_t cells, int shift) {
  union {
    vd value;
    vi bits;
  } pattern = {v};
  vi cell = (pattern.bits >> (vi)(int64_t)shift) - (vi)base;
  cell = cell < (vi)0 ? (vi)0 : cell;
  return cell > (vi)(cells - 1) ? (vi)(cells - 1) : cell;
}

// MARK: Counts by bin

INLINE void count_lanes(vd v, int k, const isoflop_bins *bins, int64_t *counts) {
  const vi cell = cell_of(v, bins->base, bins->cells, bins->shift);
  for (int j = 0; j < k; j++) {
    int64_t bin = bins->first[cell[j]];
    for (int step = 0; step < bins->steps; step++) bin += v[j] >= bins->edges[bin];
    counts[bin]++;
  }
}

/// counts[j] grows by the number of values with exactly j edges at or below them.
static void affine_bins(const isoflop_affine *g, const isoflop_bins *bins, int64_t *counts) {
  for (int64_t r = 0; r < g->rows; r++) {
    const vd a = every(g->a[r]), b = every(g->b[r]);
    int64_t i = row_from(g, r), to = row_to(g, r);
    for (; i + LANES <= to; i += LANES) count_lanes(affine(a, b, load(g->x + i)), LANES, bins, counts);
    if (i < to) count_lanes(affine(a, b, load_first(g->x + i, to - i, 0)), (int)(to - i), bins, counts);
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
