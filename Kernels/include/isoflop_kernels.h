#ifndef ISOFLOP_KERNELS_H
#define ISOFLOP_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One table of function pointers per instruction set, all made from the same sources (generic/). README.md has the
// formulas, the roofs and what "equal" means. No function allocates, checks pointers or reads the environment.

/// The axes of the general form, in the order that is fixed everywhere in isoflop.
enum {
  ISOFLOP_N_LAYERS,
  ISOFLOP_D_MODEL,
  ISOFLOP_N_HEADS,
  ISOFLOP_HEAD_DIM,
  ISOFLOP_N_KV_HEADS,
  ISOFLOP_D_FF,
  ISOFLOP_N_EXPERTS,
  ISOFLOP_EXPERTS_PER_TOKEN,
  ISOFLOP_D_EXPERT,
  ISOFLOP_D_SHARED,
  ISOFLOP_VOCAB_SIZE,
  ISOFLOP_SEQUENCE_LENGTH,
  ISOFLOP_AXES
};

/// What a column of sizes holds; ONE is a single size for all rows.
enum { ISOFLOP_SIZES_ONE, ISOFLOP_SIZES_F64, ISOFLOP_SIZES_I32, ISOFLOP_SIZES_I64 };

/// The paper's form from columns of layers, width and sequence as callers have them, each of a type of its own. Outputs
/// may be null; all hold 64-bit integers, or doubles. The factors are 6 where 6N1 and 6N2 are wanted, 1 where N1 and N2 are.
typedef struct {
  int type[3];
  const void *size[3];
  double one[3];
  double vocabulary;
  int64_t count;
  void *m, *n1, *n2;
  double n1_factor, n2_factor;
  bool integers, streaming;
} isoflop_paper_sizes;

/// The general form over columns. An axis that is not `varying` is one value. Outputs may be null.
typedef struct {
  const double *axis[ISOFLOP_AXES];
  bool varying[ISOFLOP_AXES];
  double mlp_matrices;      // 3 gated, 2 plain
  double dense_layers;      // the first layers of a mixture that keep the dense MLP
  double vocabulary_tables; // 1 tied, 2 with a head of its own
  int64_t count;
  double *m, *parameters, *active_parameters, *kv_elements;
  bool streaming;
} isoflop_general_columns;

/// `rows` rows of a + b x over one inner axis. `from` and `to` give the part of the axis that row r looks at; both
/// null: all of it.
typedef struct {
  const double *a, *b;
  const int64_t *from, *to;
  int64_t rows;
  const double *x;
  int64_t n;
} isoflop_affine;

/// `planes` planes of (a + a_slope y) + (b + b_slope y) x over two axes. `from` and `to` give the part of y that a plane
/// looks at; both null: all of it.
typedef struct {
  const double *a, *a_slope, *b, *b_slope;
  const int64_t *from, *to;
  int64_t planes;
  const double *y;
  int64_t n_y;
  const double *x;
  int64_t n;
} isoflop_planes;

/// Edges for counting into bins: `cells` equal slices of the bit patterns of doubles, each with the number of edges
/// at or below its lower end, below `bins`; `edges` ends with `steps` NaN. At most `steps` edges lie inside one cell.
typedef struct {
  const double *edges;
  const int64_t *first;
  int64_t bins, base, cells;
  int shift, steps;
} isoflop_bins;

/// The lower-left staircase of a front: by cell of the first objective, the lowest second objective of the points
/// whose first objective is at or below the cell.
typedef struct {
  const double *level;
  int64_t base, cells;
  int shift;
} isoflop_staircase;

typedef struct {
  const char *name, *description, *requires_;
  bool (*runs_here)(void);
  /// Whether all is exact: every size an integer from 1 to 2^40 (of 64-bit integers below it), every result below 2^52.
  /// Where not, what the outputs hold is undefined.
  bool (*paper_sizes)(const isoflop_paper_sizes *);
  /// The largest result, NaN if one is no number.
  double (*general)(const isoflop_general_columns *);
  /// Doubles of integers; returns the bits of each and of each less `smallest`, or-ed: negative where one is below it,
  /// and at least as large as the largest. Exact where that is from 0 to 2^52 - 1.
  int64_t (*integers_in)(const int64_t *from, int64_t smallest, int64_t count, double *to);
  /// Doubles as they are, or as 64-bit integers: they are integers >= 0 below 2^52 then.
  void (*results_out)(const double *from, int64_t count, void *to, bool integers, bool streaming);
  void (*affine_fill)(const isoflop_affine *, double *out, bool streaming);
  void (*affine_nearest)(const isoflop_affine *, double target, double *best);
  void (*plane_nearest)(const isoflop_planes *, double target, double *best);
  int64_t (*affine_count)(const isoflop_affine *, double low, double high);
  void (*affine_range)(const isoflop_affine *, double *least, double *greatest);
  /// Whether a, b and x are integers and |a| + |b| |x| is below 2^53 everywhere.
  bool (*affine_exact)(const isoflop_affine *);
  /// `counts` holds four tables of `bins` counts, of which each gets a part.
  void (*affine_bins)(const isoflop_affine *, const isoflop_bins *, int64_t *counts);
  /// Stops before the row that might not fit; returns the survivors and leaves the rows that were done in *done.
  int64_t (*affine_screen)(
    const isoflop_affine *first, const double *second_a, const double *second_b, const isoflop_staircase *,
    int64_t *row, int64_t *index, int64_t capacity, int64_t *done);
  void (*exp)(const double *x, double *y, int64_t n);
  void (*log)(const double *x, double *y, int64_t n);
  /// loss = E + exp(log_a - alpha ln_n) + exp(log_b - beta ln_d); the two terms are stored where not null.
  void (*loss)(
    const double *ln_n, const double *ln_d, int64_t n, double log_a, double alpha, double log_b, double beta, double e,
    double *loss, double *size_term, double *data_term);
} isoflop_kernels;

/// The implementations that this binary holds, best first, and how many they are.
const isoflop_kernels *const *isoflop_all_kernels(int *count);

#endif
