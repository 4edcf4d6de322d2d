"""Mirroring, colour filters and rain."""

from libc.math cimport isfinite

# In the order of the core's numbers.
FILTERS = ("none", "black", "white", "green", "magenta", "fuchsia", "orange", "teal", "cyan", "pink", "red", "yellow",
           "rainbow")
FLIPS = ("none", "x", "y", "xy")
cdef int _MAX_SIDE = 32768
cdef double _MAX_TIME = 1e12


def check(str filter not None="none", str flip not None="none"):
    if filter not in FILTERS:
        raise ValueError(f"no colour filter {filter!r}: there are {', '.join(FILTERS)}")
    if flip not in FLIPS:
        raise ValueError(f"no flip {flip!r}: there are {', '.join(FLIPS)}")


def apply(unsigned char[:, :, :] pixels not None, *, str filter not None="none", str flip not None="none",
          bint rain=False, double now=0.0, int across=1, int down=1):
    cdef Py_ssize_t height = pixels.shape[0], width = pixels.shape[1], stride = pixels.strides[0]
    check(filter, flip)
    if pixels.shape[2] != 3:
        raise ValueError(f"a picture has 3 values a pixel (red, green, blue), not {pixels.shape[2]}")
    if not (1 <= height <= _MAX_SIDE and 1 <= width <= _MAX_SIDE):
        raise ValueError(f"a picture is 1 to {_MAX_SIDE} pixels wide and high, not {width} x {height}")
    if pixels.strides[2] != 1 or pixels.strides[1] != 3 or not 3 * width <= abs(stride) <= 0x7FFFFFFF:
        raise ValueError("a picture that is changed in place must have packed rows")
    if not (1 <= across <= 2 and 1 <= down <= 4) or width % across or height % down:
        raise ValueError(f"{width} x {height} pixels are not whole cells of {across} x {down}, up to 2 x 4")
    if not (isfinite(now) and abs(now) <= _MAX_TIME):
        raise ValueError(f"a time is at most {_MAX_TIME:.0e} seconds, not {now}")
    cdef ac_effects effects
    effects.filter = <uint8_t>FILTERS.index(filter)
    effects.flip_x = "x" in flip
    effects.flip_y = "y" in flip
    effects.rain = rain
    with nogil:
        ac_effects_apply(&effects, &pixels[0, 0, 0], <int>(width // across), <int>(height // down), across, down,
                         <int>stride, now)
