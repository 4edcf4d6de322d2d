"""CRC-32C."""

# Below this, letting go of the GIL and taking it back costs more than the work.
cdef Py_ssize_t _WORTH_RELEASING = 16384


def crc32c(const unsigned char[::1] data not None, uint32_t crc=0):
    cdef Py_ssize_t length = data.shape[0]
    cdef uint32_t result
    if length == 0:
        return crc
    if length < _WORTH_RELEASING:
        return ac_crc32c(crc, &data[0], <size_t>length)
    with nogil:
        result = ac_crc32c(crc, &data[0], <size_t>length)
    return result
