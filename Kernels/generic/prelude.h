#include <math.h>
#include <string.h>

#include "../include/isoflop_kernels.h"

// One rounding per operation, the same on every instruction set; where a fused operation is meant it is written.
#pragma STDC FP_CONTRACT OFF
