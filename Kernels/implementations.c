#include "isoflop_kernels.h"

extern const isoflop_kernels isoflop_baseline;
#if defined(__x86_64__)
extern const isoflop_kernels isoflop_x86_64_v3, isoflop_x86_64_v4;
#elif defined(__aarch64__)
extern const isoflop_kernels isoflop_arm64;
#endif

static const isoflop_kernels *const all[] = {
#if defined(__x86_64__)
  &isoflop_x86_64_v4,
  &isoflop_x86_64_v3,
#elif defined(__aarch64__)
  &isoflop_arm64,
#endif
  &isoflop_baseline,
};

const isoflop_kernels *const *isoflop_all_kernels(int *count) {
  *count = sizeof all / sizeof all[0];
  return all;
}
