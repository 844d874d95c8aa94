// Columns in, columns out: the general form. Bound by memory traffic, so: one pass, outputs past the caches when asked,
// and everything that a result needs computed while its operands are in registers.

/// The largest result so far and whether one was no number.
typedef struct {
  vd top;
  vi not_a_number;
} range_check;

INLINE void check(range_check *c, vd v) {
  c->top = greatest(c->top, v);
  c->not_a_number |= (vi)(v != v);
}
INLINE double checked(const range_check *c) {
  return any_lane(c->not_a_number) ? NAN : greatest_lane(c->top);
}

/// How many doubles from p to the next address that a vector can be streamed to.
INLINE int64_t to_alignment(const double *p) {
  return (int64_t)((LANES - ((uintptr_t)p / sizeof(double)) % LANES) % LANES);
}
/// An output can be streamed to when it is aligned where the others are.
INLINE bool can_stream(const double *p, int64_t lead) { return p == NULL || to_alignment(p) == lead; }

// MARK: The general form

typedef struct {
  vd m, parameters, active_parameters, kv_elements;
} general_row;

/// README.md has the formula. Every product and sum is of integers >= 0, so all are exact when the results are.
INLINE general_row general_form(const vd *axis, vd matrices, vd dense_layers, vd tables) {
  const vd layers = axis[ISOFLOP_N_LAYERS], d = axis[ISOFLOP_D_MODEL];
  const vd query = axis[ISOFLOP_N_HEADS] * axis[ISOFLOP_HEAD_DIM];
  const vd key = axis[ISOFLOP_N_KV_HEADS] * axis[ISOFLOP_HEAD_DIM];
  const vd experts = axis[ISOFLOP_N_EXPERTS];
  const vd projections = every(2) * d * (query + key);
  const vd dense = experts > every(0) ? least(dense_layers, layers) : layers;
  const vd mixture = layers - dense;
  const vd matrix = matrices * d;
  const vd expert = matrix * axis[ISOFLOP_D_EXPERT];
  const vd always = layers * projections + dense * (matrix * axis[ISOFLOP_D_FF])
    + mixture * (matrix * axis[ISOFLOP_D_SHARED] + d * experts);
  const vd run = mixture * (axis[ISOFLOP_EXPERTS_PER_TOKEN] * expert);
  const vd weights = always + run;
  const vd rest = layers * (every(2) * d) + d + tables * axis[ISOFLOP_VOCAB_SIZE] * d;
  return (general_row){
    .m = every(6) * weights + every(12) * layers * (axis[ISOFLOP_SEQUENCE_LENGTH] * query),
    .parameters = always + mixture * (experts * expert) + rest,
    .active_parameters = weights + rest,
    .kv_elements = every(2) * layers * key,
  };
}

INLINE void general_vectors(
  const isoflop_general_columns *c, const double *const *axis, const int64_t *step, int64_t from, int64_t to,
  range_check *range, bool streaming) {
  const vd matrices = every(c->mlp_matrices), dense = every(c->dense_layers), tables = every(c->vocabulary_tables);
  for (int64_t i = from; i < to; i += LANES) {
    vd value[ISOFLOP_AXES];
    // A constant axis is a vector that is read again and again: no branch, and it stays in the first cache.
    for (int k = 0; k < ISOFLOP_AXES; k++) value[k] = load(axis[k] + i * step[k]);
    general_row row = general_form(value, matrices, dense, tables);
    check(range, row.m);
    check(range, row.parameters);
    check(range, row.kv_elements);
    if (c->m) put(c->m + i, row.m, streaming);
    if (c->parameters) put(c->parameters + i, row.parameters, streaming);
    if (c->active_parameters) put(c->active_parameters + i, row.active_parameters, streaming);
    if (c->kv_elements) put(c->kv_elements + i, row.kv_elements, streaming);
  }
}

INLINE void general_part(const isoflop_general_columns *c, int64_t at, int64_t k, range_check *range) {
  vd value[ISOFLOP_AXES];
  for (int a = 0; a < ISOFLOP_AXES; a++)
    value[a] = c->varying[a] ? load_first(c->axis[a] + at, k, 0) : load_first(&(double){*c->axis[a]}, 1, 0);
  for (int a = 0; a < ISOFLOP_AXES; a++)
    if (!c->varying[a])
      for (int64_t j = 1; j < k; j++) value[a][j] = value[a][0];
  general_row row =
    general_form(value, every(c->mlp_matrices), every(c->dense_layers), every(c->vocabulary_tables));
  // The lanes past k mix zeros with constants: keep them out of the check.
  vd lane;
  for (int64_t j = 0; j < LANES; j++) lane[j] = (double)j;
  vi inside = lane < every((double)k);
  check(range, inside ? row.m : every(0));
  check(range, inside ? row.parameters : every(0));
  check(range, inside ? row.kv_elements : every(0));
  if (c->m) store_first(c->m + at, k, row.m);
  if (c->parameters) store_first(c->parameters + at, k, row.parameters);
  if (c->active_parameters) store_first(c->active_parameters + at, k, row.active_parameters);
  if (c->kv_elements) store_first(c->kv_elements + at, k, row.kv_elements);
}

static double general(const isoflop_general_columns *c) {
  range_check range = {every(0), (vi)0};
  vd constant[ISOFLOP_AXES];
  const double *axis[ISOFLOP_AXES];
  int64_t step[ISOFLOP_AXES];
  for (int k = 0; k < ISOFLOP_AXES; k++) {
    constant[k] = every(c->varying[k] ? 0 : *c->axis[k]);
    axis[k] = c->varying[k] ? c->axis[k] : (const double *)&constant[k];
    step[k] = c->varying[k];
  }
  double *const outputs[4] = {c->m, c->parameters, c->active_parameters, c->kv_elements};
  int64_t lead = 0;
  bool streaming = false;
  for (int k = 3; k >= 0; k--)
    if (outputs[k]) lead = to_alignment(outputs[k]), streaming = c->streaming;
  for (int k = 0; k < 4; k++) streaming = streaming && can_stream(outputs[k], lead);
  if (!streaming) lead = 0;
  if (lead > c->count) lead = c->count;
  if (lead) general_part(c, 0, lead, &range);
  int64_t to = lead + (c->count - lead) / LANES * LANES;
  if (streaming) general_vectors(c, axis, step, lead, to, &range, true);
  else general_vectors(c, axis, step, lead, to, &range, false);
  if (to < c->count) general_part(c, to, c->count - to, &range);
  if (streaming) stores_done();
  return checked(&range);
}
