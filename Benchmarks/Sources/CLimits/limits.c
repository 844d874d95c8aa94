#include "limits.h"

extern const isoflop_limits limits_baseline;
#if defined(__x86_64__)
extern const isoflop_limits limits_v3, limits_v4;
#elif defined(__aarch64__)
extern const isoflop_limits limits_arm64;
#endif

static const isoflop_limits *const all[] = {
#if defined(__x86_64__)
  &limits_v4,
  &limits_v3,
#elif defined(__aarch64__)
  &limits_arm64,
#endif
  &limits_baseline,
};

const isoflop_limits *const *isoflop_all_limits(int *count) {
  *count = sizeof all / sizeof all[0];
  return all;
}
