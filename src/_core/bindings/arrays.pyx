"""Checking the pictures and sound that Python gives: in words, where a typed buffer would complain in its own."""

cdef Py_ssize_t _LARGEST = 8192  # pixels a side, as scaling takes


def check_frame(frame):
    try:
        view = memoryview(frame)
    except (TypeError, ValueError):
        raise ValueError(
            f"a frame is uint8[height, width, 3], an array of numpy's, not {type(frame).__name__}") from None
    if view.format != "B" or view.ndim != 3 or view.shape[2] != 3 or 0 in view.shape:
        raise ValueError(f"a frame is uint8[height, width, 3] (red, green, blue), "
                         f"not {getattr(frame, 'dtype', view.format)}{list(view.shape)}")
    if max(view.shape) > _LARGEST:
        raise ValueError(f"a frame is 1 to {_LARGEST} pixels wide and high, not {view.shape[1]} x {view.shape[0]}")


def check_samples(samples):
    try:
        view = memoryview(samples)
    except (TypeError, ValueError):
        raise ValueError(f"sound is float32[samples], an array of numpy's, not {type(samples).__name__}") from None
    if view.format != "f" or view.ndim != 1:
        raise ValueError(f"sound is float32[samples], not {getattr(samples, 'dtype', view.format)}{list(view.shape)}")
    return samples
