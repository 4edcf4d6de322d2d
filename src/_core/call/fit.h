/* How many colours a viewer's pictures have on a narrow line: as many as it carries at some pictures a
   second.

   Pictures that are larger than the line's budget are followed by pictures of fewer colours. What pictures of
   more colours took is remembered and slowly forgotten, so that they are tried again; after each try that
   failed it takes twice as long. */
#ifndef ASCIICHAT_FIT_H
#define ASCIICHAT_FIT_H

#include <stdint.h>

typedef struct {
    uint8_t level;        /* AC_COLOR_*; the present one */
    uint64_t changed_ns;  /* when it was chosen */
    uint64_t patience_ns; /* for how long a level is kept before a higher one is tried */
    uint64_t failed;      /* the budget when a try last failed */
    double bytes[4];      /* of a picture, by level; 0: not known */
} ac_fit;

/* Begin anew with all that the viewer can show. */
void ac_fit_begin(ac_fit *fit, uint8_t wanted);

/* A picture of the present level took so many bytes. */
void ac_fit_made(ac_fit *fit, uint64_t bytes);

/* The level of the next picture: at most `wanted`, within `budget` bytes a picture (0: any number). */
uint8_t ac_fit_choose(ac_fit *fit, uint8_t wanted, uint64_t budget, uint64_t now_ns);

#endif
