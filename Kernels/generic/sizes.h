// The paper's form from columns of sizes as callers have them, to integers or doubles, in one pass: converting and
// checking cost nothing beside the memory that is read and written anyway.

/// What was wrong so far with sizes and results.
typedef struct {
  vi wrong;
  // All 64-bit integers or-ed, and each less one: negative where one is below 1, else at least as large as the largest.
  vu bits;
} size_check;

/// How many 8-byte sizes ahead is asked for: half a page, so that a page is there before its first use, which the hardware
/// does not see to. A whole page would be where the next lines of every column compete for the same sets of the cache.
enum { AHEAD = 256 };

/// The sizes of a vector of rows. An address past the end is no fault.
INLINE vd sizes_at(const void *p, int64_t i, int type, size_check *found) {
  if (type == ISOFLOP_SIZES_I64) {
    __builtin_prefetch((const int64_t *)p + i + AHEAD);
    vi v = *(const vi_anywhere *)((const int64_t *)p + i);
    found->bits |= (vu)v | ((vu)v - (vu)1);
    return (vd)(v | (vi)two_to_52) - every(0x1p52);
  }
  if (type == ISOFLOP_SIZES_I32) {
    vd v = __builtin_convertvector(*(const vi32_anywhere *)((const int32_t *)p + i), vd);
    found->wrong |= (vi)(v < every(1));
    return v;
  }
  __builtin_prefetch((const double *)p + i + AHEAD);
  vd v = load((const double *)p + i);
  vd whole = (v + every(0x1p52)) - every(0x1p52);
  found->wrong |= (vi)(whole != v) | (vi)(v < every(1)) | (vi)(v > every(0x1p40));
  return v;
}

/// The columns; a size that all rows share is a vector with a step of 0.
typedef struct {
  const void *size[3];
  int64_t step[3];
  void *m, *n1, *n2;
} size_columns;

INLINE void paper_size_vectors(
  const isoflop_paper_sizes *c, size_columns at, int64_t from, int64_t to, size_check *found, bool integers,
  bool streaming) {
  const vd first = every(c->n1_factor), second = every(c->n2_factor), tables = every(c->n2_factor * c->vocabulary);
  const int type[3] = {c->type[0], c->type[1], c->type[2]};
  size_check seen = *found;
  for (int64_t i = from; i < to; i += LANES) {
    vd layers = sizes_at(at.size[0], i * at.step[0], type[0], &seen);
    vd width = sizes_at(at.size[1], i * at.step[1], type[1], &seen);
    vd sequence = sizes_at(at.size[2], i * at.step[2], type[2], &seen);
    vd products = every(12) * layers * width;
    vd weights = products * width;
    vd m = every(6) * weights + products * sequence;
    vd n2 = second * weights + tables * width;
    // 6N1 is never more than M.
    seen.wrong |= ~((vi)(m < every(0x1p52)) & (vi)(n2 < every(0x1p52)));
    if (at.m) put_result(at.m, i, m, integers, streaming);
    if (at.n1) put_result(at.n1, i, first * weights, integers, streaming);
    if (at.n2) put_result(at.n2, i, n2, integers, streaming);
  }
  *found = seen;
}

/// Fewer rows than a vector holds, through a copy in which the first of them fills the rest.
INLINE void paper_size_part(const isoflop_paper_sizes *c, size_columns at, int64_t row, int64_t k, size_check *found) {
  union { double f64[LANES]; int64_t i64[LANES]; int32_t i32[LANES]; } in[3];
  int64_t out[3][LANES];
  size_columns copy = {.step = {1, 1, 1}, .m = out[0], .n1 = out[1], .n2 = out[2]};
  for (int a = 0; a < 3; a++) {
    copy.size[a] = &in[a];
    for (int64_t j = 0; j < LANES; j++) {
      int64_t i = (row + (j < k ? j : 0)) * at.step[a];
      if (c->type[a] == ISOFLOP_SIZES_I64) in[a].i64[j] = ((const int64_t *)at.size[a])[i];
      else if (c->type[a] == ISOFLOP_SIZES_I32) in[a].i32[j] = ((const int32_t *)at.size[a])[i];
      else in[a].f64[j] = ((const double *)at.size[a])[i];
    }
  }
  if (c->integers) paper_size_vectors(c, copy, 0, LANES, found, true, false);
  else paper_size_vectors(c, copy, 0, LANES, found, false, false);
  if (at.m) memcpy((char *)at.m + 8 * row, out[0], (size_t)(8 * k));
  if (at.n1) memcpy((char *)at.n1 + 8 * row, out[1], (size_t)(8 * k));
  if (at.n2) memcpy((char *)at.n2 + 8 * row, out[2], (size_t)(8 * k));
}

/// Rows that are counted at once where outputs are aligned each in its own way: what they need of the first cache.
enum { APART_ROWS = 256 };

/// The results of a block to where they belong, whole vectors past the caches. `room` has the vector before the block,
/// whose end waited for the beginning of this one, and then the block.
INLINE void stream_apart(void *to, const int64_t *room, int64_t row, int64_t rows, bool ends) {
  int64_t *out = to;
  const int64_t *block = room + LANES;
  int64_t lead = to_alignment(to);
  // From the block's first row on, or from behind the last vector that the block before could fill.
  int64_t at = row == 0 ? lead : -((LANES - lead) % LANES);
  if (row == 0) memcpy(out, block, (size_t)(8 * lead));
  for (; at + LANES <= rows; at += LANES)
    __builtin_nontemporal_store(*(const vi_anywhere *)(block + at), (vi *)(out + row + at));
  if (ends) memcpy(out + row + at, block + at, (size_t)(8 * (rows - at)));
}

/// Rows, a multiple of LANES, to outputs of which each begins elsewhere within a vector: through room in the first cache.
INLINE void paper_sizes_apart(
  const isoflop_paper_sizes *c, size_columns at, int64_t rows, size_check *found, bool integers) {
  int64_t room[3][LANES + APART_ROWS];
  void *const to[3] = {at.m, at.n1, at.n2};
  size_columns block = at;
  block.m = at.m ? room[0] + LANES : NULL;
  block.n1 = at.n1 ? room[1] + LANES : NULL;
  block.n2 = at.n2 ? room[2] + LANES : NULL;
  for (int64_t row = 0; row < rows; row += APART_ROWS) {
    int64_t n = rows - row < APART_ROWS ? rows - row : APART_ROWS;
    for (int a = 0; a < 3; a++)
      block.size[a] = (const char *)at.size[a] + row * at.step[a] * (c->type[a] == ISOFLOP_SIZES_I32 ? 4 : 8);
    paper_size_vectors(c, block, 0, n, found, integers, false);
    for (int k = 0; k < 3; k++) {
      if (!to[k]) continue;
      stream_apart(to[k], room[k], row, n, row + n == rows);
      memcpy(room[k], room[k] + n, 8 * LANES);
    }
  }
}

static bool paper_sizes(const isoflop_paper_sizes *c) {
  vd shared[3];
  size_columns at = {.m = c->m, .n1 = c->n1, .n2 = c->n2};
  for (int a = 0; a < 3; a++) {
    bool varies = c->type[a] != ISOFLOP_SIZES_ONE;
    if (!varies) shared[a] = every(c->one[a]);
    at.size[a] = varies ? c->size[a] : &shared[a];
    at.step[a] = varies;
  }
  size_check found = {(vi)0, (vu)0};
  const double *first = c->m ? c->m : c->n1 ? c->n1 : c->n2;
  int64_t lead = first ? to_alignment(first) : 0;
  bool streaming = c->streaming && first;
  bool apart = streaming && !(can_stream(c->m, lead) && can_stream(c->n1, lead) && can_stream(c->n2, lead));
  if (!streaming || apart) lead = 0;
  if (lead > c->count) lead = c->count;
  if (lead) paper_size_part(c, at, 0, lead, &found);
  int64_t to = lead + (c->count - lead) / LANES * LANES;
  if (apart && c->integers) paper_sizes_apart(c, at, to, &found, true);
  else if (apart) paper_sizes_apart(c, at, to, &found, false);
  else if (c->integers && streaming) paper_size_vectors(c, at, lead, to, &found, true, true);
  else if (c->integers) paper_size_vectors(c, at, lead, to, &found, true, false);
  else if (streaming) paper_size_vectors(c, at, lead, to, &found, false, true);
  else paper_size_vectors(c, at, lead, to, &found, false, false);
  if (to < c->count) paper_size_part(c, at, to, c->count - to, &found);
  if (streaming) stores_done();
  uint64_t bits = 0;
  for (int lane = 0; lane < LANES; lane++) bits |= found.bits[lane];
  return !any_lane(found.wrong) && bits < (UINT64_C(1) << 40);
}
