#define AC_BLOCK_TABLE ac_block_avx2
#include "block_kernels.h"
