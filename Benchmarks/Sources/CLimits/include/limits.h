#ifndef ISOFLOP_LIMITS_H
#define ISOFLOP_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

/// What this machine can do at most, measured with the vectors of one kernel implementation (`name` is its name):
/// memory traffic without arithmetic, and arithmetic without memory traffic. Columns are aligned to 64 bytes and n is
/// a multiple of 64.
typedef struct {
  const char *name;
  int lanes;
  double (*read)(const double *a, int64_t n);
  void (*copy)(const double *a, double *out, int64_t n, bool past_caches);
  void (*triad)(const double *a, const double *b, double *out, int64_t n, bool past_caches);
  void (*fill)(double *out, int64_t n, bool past_caches);
  /// Three columns in, the same three out: the traffic of the paper's form over columns.
  void (*three)(const double *const in[3], double *const out[3], int64_t n, bool past_caches);
  void (*three_i32)(const int32_t *const in[3], double *const out[3], int64_t n, bool past_caches);
  /// `n` vectors of fused (or separate) multiply-adds.
  double (*multiply_add)(int64_t n);
  /// `n` vectors of: a + b x, magnitude, minimum (the search), all from registers.
  double (*nearest)(int64_t n);
  /// a + b x, two comparisons, count.
  double (*count)(int64_t n);
  /// a + b x, minimum, maximum.
  double (*range)(int64_t n);
  /// a + b x, two lookups, comparison, a count in memory.
  double (*bins)(int64_t n);
  /// a + b x, one lookup, comparison.
  double (*screen)(int64_t n);
} isoflop_limits;

const isoflop_limits *const *isoflop_all_limits(int *count);

#endif
