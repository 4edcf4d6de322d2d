cdef extern from "picture/layout.h" nogil:
    enum:
        AC_LAYOUT_MAX

    ctypedef struct ac_rect:
        int x, y, width, height

    ctypedef struct ac_layout:
        int count, columns, rows
        ac_rect cell[32]
        ac_rect image[32]

    void ac_layout_fit(int width, int height, double aspect, int *fitted_width, int *fitted_height)
    void ac_layout_grid(int width, int height, int count, const double *aspects, bint stretch,
                        ac_layout *layout)
