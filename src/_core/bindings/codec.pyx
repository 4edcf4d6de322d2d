"""libsodium, libzstd and libopus for the core: their functions, found once, called without the GIL."""

import array
import ctypes
import ctypes.util
import importlib.metadata

from libc.stdint cimport uintptr_t

OPUS_APPLICATIONS = {"voip": 2048, "audio": 2049, "low-delay": 2051}
cdef int SET_BITRATE = 4002
cdef int SET_COMPLEXITY = 4010
cdef int SET_INBAND_FEC = 4012
cdef int SET_PACKET_LOSS = 4014
cdef int SET_DTX = 4016
cdef int LARGEST = 1275

# The functions of each library, in the order of the members of its structure in codec.h.
SODIUM = ("crypto_secretbox_easy", "crypto_secretbox_open_easy", "sodium_memzero",
          "crypto_aead_chacha20poly1305_ietf_encrypt", "crypto_aead_chacha20poly1305_ietf_decrypt")
ZSTD = ("ZSTD_createCCtx", "ZSTD_freeCCtx", "ZSTD_compressCCtx", "ZSTD_decompress", "ZSTD_compressBound",
        "ZSTD_isError")
OPUS = ("opus_encoder_create", "opus_encoder_destroy", "opus_encode_float", "opus_encoder_ctl",
        "opus_decoder_create", "opus_decoder_destroy", "opus_decode_float", "opus_decoder_ctl")

# The loaded libraries: dropping one would unload the functions the core holds.
_kept = []


def _in_cffi_module(module):
    """Where a library that a package wraps with cffi has its functions."""
    return lambda name: int(module.ffi.cast("uintptr_t", module.ffi.addressof(module.lib, name)))


def _in_file(path):
    """Where a shared library has its functions."""
    library = ctypes.CDLL(path)
    _kept.append(library)
    return lambda name: ctypes.cast(getattr(library, name), ctypes.c_void_p).value


def _sodium_of_pynacl():
    from nacl import _sodium

    _sodium.lib.sodium_init()
    return _in_cffi_module(_sodium)


def _zstd_of_zstandard():
    from zstandard import _cffi

    return _in_cffi_module(_cffi)


def _opus_beside_av():
    # PyAV's wheel carries the libopus its FFmpeg uses.
    for file in importlib.metadata.files("av") or ():
        name = file.name
        if name.startswith(("libopus-", "libopus.", "opus-")) and (".so" in name or name.endswith((".dylib", ".dll"))):
            return _in_file(str(file.locate()))
    raise ImportError("PyAV is here, but without a libopus of its own")


def _system(name):
    path = ctypes.util.find_library(name)
    if path is None:
        raise ImportError(f"the system has no lib{name}")
    return _in_file(path)


cdef int _load(void **members, names, str library, bundled, str cure) except -1:
    """Fill a structure of function pointers from the wheel that ships the library, else from the system."""
    reasons = []
    for find in (bundled, lambda: _system(library)):
        try:
            address = find()
            found = [address(name) for name in names]
        except (ImportError, AttributeError, OSError) as reason:
            reasons.append(str(reason))
            continue
        for i, place in enumerate(found):
            members[i] = <void *><uintptr_t>place
        return 0
    raise ImportError(
        f"asciichat needs lib{library} and could not use one ({'; '.join(reasons)}): run '{cure}', "
        f"or install your system's lib{library}"
    )


_load(<void **>&ac_sodium_api, SODIUM, "sodium", _sodium_of_pynacl, "pip install --force-reinstall PyNaCl")
_load(<void **>&ac_zstd_api, ZSTD, "zstd", _zstd_of_zstandard, "pip install --force-reinstall zstandard cffi")
_load(<void **>&ac_opus_api, OPUS, "opus", _opus_beside_av, "pip install --force-reinstall --only-binary av av")


cdef class OpusEncoder:
    """A mono 48 kHz Opus encoder. One thread at a time."""

    cdef void *_encoder

    def __cinit__(self, *, str application="audio", int bitrate=96000, int complexity=5, bint dtx=False,
                  int loss_percent=0):
        cdef int error = 0
        if application not in OPUS_APPLICATIONS:
            raise ValueError(f"application must be one of {', '.join(OPUS_APPLICATIONS)}, not {application!r}")
        if not 6000 <= bitrate <= 510000:
            raise ValueError(f"bitrate must be 6000 to 510000 bits a second, not {bitrate}")
        if not 0 <= complexity <= 10:
            raise ValueError(f"complexity must be 0 to 10, not {complexity}")
        if not 0 <= loss_percent <= 100:
            raise ValueError(f"loss_percent must be 0 to 100, not {loss_percent}")
        self._encoder = ac_opus_api.encoder_create(48000, 1, OPUS_APPLICATIONS[application], &error)
        if self._encoder is NULL:
            raise MemoryError(f"libopus made no encoder (error {error})")
        ac_opus_api.encoder_ctl(self._encoder, SET_BITRATE, bitrate)
        ac_opus_api.encoder_ctl(self._encoder, SET_COMPLEXITY, complexity)
        ac_opus_api.encoder_ctl(self._encoder, SET_DTX, <int>dtx)
        ac_opus_api.encoder_ctl(self._encoder, SET_INBAND_FEC, <int>(loss_percent > 0))
        ac_opus_api.encoder_ctl(self._encoder, SET_PACKET_LOSS, loss_percent)

    def __dealloc__(self):
        if self._encoder is not NULL:
            ac_opus_api.encoder_destroy(self._encoder)

    def encode(self, const float[::1] samples not None):
        cdef unsigned char data[1275]
        cdef int frame = <int>samples.shape[0]
        cdef int32_t length
        if frame not in (120, 240, 480, 960, 1920, 2880):
            raise ValueError(f"an Opus frame has 120, 240, 480, 960, 1920 or 2880 samples at 48 kHz, not {frame}")
        with nogil:
            length = ac_opus_api.encode_float(self._encoder, &samples[0], frame, data, LARGEST)
        if length < 0:
            raise ValueError(f"libopus could not encode the frame (error {length})")
        return data[:length]


cdef class OpusDecoder:
    """A mono 48 kHz Opus decoder. One thread at a time."""

    cdef void *_decoder

    def __cinit__(self):
        cdef int error = 0
        self._decoder = ac_opus_api.decoder_create(48000, 1, &error)
        if self._decoder is NULL:
            raise MemoryError(f"libopus made no decoder (error {error})")

    def __dealloc__(self):
        if self._decoder is not NULL:
            ac_opus_api.decoder_destroy(self._decoder)

    def decode(self, const unsigned char[::1] data not None):
        cdef float[::1] samples = array.array("f", bytes(4 * 5760))
        cdef int32_t length = <int32_t>data.shape[0]
        cdef int count
        if length < 1:
            raise ValueError("an Opus frame has at least one byte")
        with nogil:
            count = ac_opus_api.decode_float(self._decoder, &data[0], length, &samples[0], 5760, 0)
        if count < 0:
            raise ValueError(f"not an Opus frame (libopus error {count})")
        return array.array("f", (<char *>&samples[0])[:4 * count])

    def conceal(self, int samples, const unsigned char[::1] following=None):
        cdef float[::1] made
        cdef const unsigned char *data = NULL
        cdef int32_t length = 0
        cdef int count
        if samples not in (120, 240, 480, 960, 1920, 2880):
            raise ValueError(f"an Opus frame has 120, 240, 480, 960, 1920 or 2880 samples at 48 kHz, not {samples}")
        made = array.array("f", bytes(4 * samples))
        if following is not None and following.shape[0]:
            data = &following[0]
            length = <int32_t>following.shape[0]
        with nogil:
            count = ac_opus_api.decode_float(self._decoder, data, length, &made[0], samples, data != NULL)
        if count < 0:
            raise ValueError(f"libopus could not conceal a frame (error {count})")
        return array.array("f", (<char *>&made[0])[:4 * count])
