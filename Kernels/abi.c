#include "isoflop_kernels.h"
int ck_abi(void) { return 1; }
