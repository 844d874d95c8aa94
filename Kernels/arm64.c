// arm64 with its fused multiply-add: NEON, two lanes.
#if defined(__aarch64__)
#include "generic/prelude.h"

#define LANES 2
#define FUSED 1
#include "generic/vector.h"
#include "generic/lanes_portable.h"

#include "generic/kernels.h"

static bool runs_here(void) { return true; }
const isoflop_kernels isoflop_arm64 = KERNEL_TABLE("arm64", "NEON, two lanes, fused multiply-add", "neon");
#endif
