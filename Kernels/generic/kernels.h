// All kernels, for the instruction set of the file that includes this.
#include "columns.h"
#include "integers.h"
#include "sizes.h"
#include "affine.h"
#include "nearest.h"
#include "lookup.h"
#include "screens.h"
#include "elementary.h"

#define KERNEL_TABLE(NAME, DESCRIPTION, REQUIRES)                                                                     \
  {                                                                                                                   \
    .name = NAME, .description = DESCRIPTION, .requires_ = REQUIRES, .runs_here = runs_here,                          \
    .paper_sizes = paper_sizes, .general = general,                   \
    .integers_in = integers_in, .results_out = results_out, .affine_fill = affine_fill,                               \
    .affine_nearest = affine_nearest, .plane_nearest = plane_nearest, .affine_count = affine_count,                   \
    .affine_range = affine_range, .affine_exact = affine_exact, .affine_bins = affine_bins,                           \
    .affine_screen = affine_screen, .exp = exp_columns, .log = log_columns, .loss = loss_columns,                     \
  }
