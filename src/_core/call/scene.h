/* The moment that is drawn: which frame of each source viewers show in one sixtieth of a second.

   Viewers tick one after another, spread over the whole sixtieth, so that 32 threads do not wake at once.
   Neighbours share a moment, or each would meet slightly newer frames and nothing could be shared: the first
   to draw it notes the numbers of the newest frames, the others draw the same, at most 6 ms later. Small
   calls have one moment in a sixtieth, large ones three. */
#ifndef ASCIICHAT_SCENE_H
#define ASCIICHAT_SCENE_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/wake.h"

#define AC_SCENE_RATE 60
#define AC_SCENE_SOURCES 32
#define AC_SCENE_VIEWERS 11 /* neighbouring slots that share a moment */
#define AC_SCENES 12        /* moments kept: 67 ms */

/* What a slot may have to show instead of the frame of a number. */
#define AC_SCENE_NOTHING UINT64_C(0)       /* it has no place on the screen */
#define AC_SCENE_NO_VIDEO (UINT64_MAX - 1) /* it takes part, without a picture */
#define AC_SCENE_STALLED (UINT64_MAX - 2)  /* its picture has not come for a while */
#define AC_SCENE_PLACEHOLDER(number) ((number) >= AC_SCENE_STALLED)

typedef struct {
    _Atomic uint64_t claimed; /* moment + 1 that is being noted here */
    _Atomic uint64_t noted;   /* moment + 1 whose numbers stand here */
    _Atomic uint64_t number[AC_SCENE_SOURCES];
    _Atomic uint32_t speaking; /* slots whose voice speaks */
    _Atomic int32_t speaker;   /* the slot that has the floor, -1: none */
} ac_scene;

typedef struct {
    ac_scene scenes[AC_SCENES];
    ac_wake made;
} ac_scenes;

/* How long after the start of each sixtieth the viewer in `slot` ticks. */
uint64_t ac_scene_phase_ns(int slot);

/* The moment that it draws `since_ns` after the room's start. */
uint64_t ac_scene_moment(uint64_t since_ns, int slot);

/* The numbers for `moment`; *first is set for the one caller that must note them: it fills `number` and calls
   ac_scene_noted. The others wait for it at most 1 ms; NULL: it took longer, draw what is newest. */
ac_scene *ac_scene_at(ac_scenes *scenes, uint64_t moment, int *first);
void ac_scene_noted(ac_scenes *scenes, ac_scene *scene, uint64_t moment);

#endif
