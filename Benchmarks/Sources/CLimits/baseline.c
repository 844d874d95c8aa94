#include "../../../Kernels/generic/prelude.h"
#include "include/limits.h"
#define LANES 2
#include "../../../Kernels/generic/vector.h"
#include "../../../Kernels/generic/lanes_portable.h"
#include "generic/limits.h"
const isoflop_limits limits_baseline = LIMITS_TABLE("baseline");
