/* Grid geometry: where each source stands on a viewer's screen. */
#ifndef ASCIICHAT_LAYOUT_H
#define ASCIICHAT_LAYOUT_H

#define AC_LAYOUT_MAX 32

/* A rectangle of whole cells. */
typedef struct {
    int x, y, width, height;
} ac_rect;

typedef struct {
    int count;                    /* sources that got a place: the first `count` given */
    int columns, rows;            /* of the grid */
    ac_rect cell[AC_LAYOUT_MAX];  /* the whole grid cell; together they cover the screen but for an incomplete
                                     last row */
    ac_rect image[AC_LAYOUT_MAX]; /* where the picture goes, aspect kept, inside the cell */
} ac_layout;

/* The largest columns x rows a picture of `aspect` (width / height in square pixels) takes inside width x
   height cells, a cell being half as wide as high; at least 1 x 1. */
void ac_layout_fit(int width, int height, double aspect, int *fitted_width, int *fitted_height);

/* The grid that shows the largest area of `count` sources (1 to 32) with these aspects on width x height
   cells. Remainder cells are spread, an incomplete last row is centred. With `stretch` pictures fill their
   cell. */
void ac_layout_grid(int width, int height, int count, const double *aspects, int stretch, ac_layout *layout);

/* Cells under which a picture cannot be made out. */
#define AC_READABLE_COLUMNS 16
#define AC_READABLE_ROWS 5

/* How many sources a grid has room for before cells fall under the readable size; at least 1. */
int ac_layout_room(int width, int height);

/* How many sources the strip of a focus view has room for; 0 on a screen too low for one. */
int ac_layout_strip(int width, int height);

/* The first source large, the others (at most ac_layout_strip of them) in a strip below it. */
void ac_layout_focus(int width, int height, int count, const double *aspects, int stretch, ac_layout *layout);

#endif
