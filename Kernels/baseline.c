// What every machine of the architecture has: SSE2 on x86-64, NEON without a fused multiply-add on arm64.
#include "generic/prelude.h"

#define LANES 2
#include "generic/vector.h"
#include "generic/lanes_portable.h"

#include "generic/kernels.h"

static bool runs_here(void) { return true; }
const isoflop_kernels isoflop_baseline =
  KERNEL_TABLE("baseline", "two lanes, what every CPU of this architecture has", "");
