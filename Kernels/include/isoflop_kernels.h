#ifndef ISOFLOP_KERNELS_H
#define ISOFLOP_KERNELS_H
int ck_abi(void);
#endif
