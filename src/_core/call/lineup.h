/* Who stands on a viewer's screen, and in what order. */
#ifndef ASCIICHAT_LINEUP_H
#define ASCIICHAT_LINEUP_H

#include <stdbool.h>
#include <stdint.h>

#include "peer.h"
#include "scene.h"

typedef struct {
    int count;
    uint8_t slots[AC_SCENE_SOURCES];
    bool focus;     /* the first one large */
    uint8_t hidden; /* who take part and are not shown */
    uint8_t page, pages;
} ac_lineup;

/* Choose from those who have something to show in `scene`. `own` is the viewer's own slot. *focused is the
   slot shown large last, -1 at first; it stays while nobody else speaks, and nobody is shown large to himself
   unless he is alone. */
void ac_lineup_choose(const ac_view *view, const ac_scene *scene, int own, int *focused, ac_lineup *lineup);

#endif
