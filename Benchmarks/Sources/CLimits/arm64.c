#if defined(__aarch64__)
#include "../../../Kernels/generic/prelude.h"
#include "include/limits.h"
#define LANES 2
#define FUSED 1
#include "../../../Kernels/generic/vector.h"
#include "../../../Kernels/generic/lanes_portable.h"
#include "generic/limits.h"
const isoflop_limits limits_arm64 = LIMITS_TABLE("arm64");
#endif
