// Values looked up by the leading bits of their pattern, which for doubles >= 0 order as the values do.

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

/// The number of edges at or below each lane.
INLINE vi bin_of(vd v, const isoflop_bins *bins) {
  union {
    vd looked_up;
    vi bin;
  } first = {gather((const double *)bins->first, cell_of(v, bins->base, bins->cells, bins->shift))};
  vi bin = first.bin;
  for (int step = 0; step < bins->steps; step++) bin -= (vi)(v >= gather(bins->edges, bin));
  return bin;
}

/// Neighbours mostly fall into one bin, and adding to what was just stored has to wait for it: so four tables in turn.
INLINE void count_lanes(vi bin, int k, int64_t *counts, int64_t bins) {
  int64_t lane[LANES];
  memcpy(lane, &bin, sizeof lane);
  for (int j = 0; j < k; j++) counts[j % 4 * bins + lane[j]]++;
}
