"""Area-average scaling."""

import numpy

MAX_SIDE = AC_SCALE_MAX


def scale(const unsigned char[:, :, :] frame not None, int width, int height, out=None, *,
          bint linear=False):
    cdef Py_ssize_t rows = frame.shape[0], columns = frame.shape[1]
    if frame.shape[2] != 3:
        raise ValueError(f"a frame has 3 values a pixel (red, green, blue), not {frame.shape[2]}")
    if not (1 <= rows <= AC_SCALE_MAX and 1 <= columns <= AC_SCALE_MAX):
        raise ValueError(f"a frame is 1 to {AC_SCALE_MAX} pixels wide and high, not {columns} x {rows}")
    if not (1 <= width <= AC_SCALE_MAX and 1 <= height <= AC_SCALE_MAX):
        raise ValueError(f"pictures are scaled to 1 to {AC_SCALE_MAX} pixels, not {width} x {height}")
    if not _rows_are_packed(frame):
        frame = numpy.ascontiguousarray(frame)
    if out is None:
        out = numpy.empty((height, width, 3), numpy.uint8)
    cdef unsigned char[:, :, :] target = out
    if target.shape[0] != height or target.shape[1] != width or target.shape[2] != 3:
        raise ValueError(f"out must have the shape ({height}, {width}, 3)")
    if not (target.strides[2] == 1 and target.strides[1] == 3 and target.strides[0] >= 3 * width):
        raise ValueError("out must have packed rows")
    with nogil:
        (ac_scale_linear if linear else ac_scale)(&frame[0, 0, 0], <int>columns, <int>rows, <int>frame.strides[0],
                                                  &target[0, 0, 0], width, height, <int>target.strides[0])
    return out


cdef bint _rows_are_packed(const unsigned char[:, :, :] frame):
    cdef Py_ssize_t stride = frame.strides[0]
    return frame.strides[2] == 1 and frame.strides[1] == 3 and -0x7FFFFFFF <= stride <= 0x7FFFFFFF
