#include "codec.h"

ac_sodium ac_sodium_api;
ac_zstd ac_zstd_api;
ac_opus ac_opus_api;

/* They are filled by position. */
_Static_assert(sizeof(ac_sodium) == 5 * sizeof(void *), "ac_sodium holds functions alone");
_Static_assert(sizeof(ac_zstd) == 6 * sizeof(void *), "ac_zstd holds functions alone");
_Static_assert(sizeof(ac_opus) == 8 * sizeof(void *), "ac_opus holds functions alone");
