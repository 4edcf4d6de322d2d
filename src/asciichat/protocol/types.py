"""The numbers of the wire: packet types, flags, limits."""

from __future__ import annotations

from enum import IntEnum, IntFlag

MAX_PAYLOAD = 5 * 1024 * 1024
"""Bytes of payload a receiver takes."""


class PacketType(IntEnum):
    """The type field of a packet header."""

    PROTOCOL_VERSION = 1
    CRYPTO_CLIENT_HELLO = 1000
    CRYPTO_CAPABILITIES = 1100
    CRYPTO_PARAMETERS = 1101
    KEY_EXCHANGE_INIT = 1102
    KEY_EXCHANGE_RESP = 1103
    AUTH_CHALLENGE = 1104
    AUTH_RESPONSE = 1105
    AUTH_FAILED = 1106
    SERVER_AUTH_RESP = 1107
    HANDSHAKE_COMPLETE = 1108
    NO_ENCRYPTION = 1109
    NOISE = 1110
    ENCRYPTED = 1200
    REKEY_REQUEST = 1201
    REKEY_RESPONSE = 1202
    REKEY_COMPLETE = 1203
    KEY_UPDATE = 1204
    SIZE_MESSAGE = 2000
    AUDIO_MESSAGE = 2001
    TEXT_MESSAGE = 2002
    ERROR_MESSAGE = 2003
    REMOTE_LOG = 2004
    ASCII_FRAME = 3000
    IMAGE_FRAME = 3001
    IMAGE_FRAME_H265 = 3002
    AUDIO_BATCH = 4000
    AUDIO_OPUS_BATCH = 4001
    CLIENT_CAPABILITIES = 5000
    PING = 5001
    PONG = 5002
    CLIENT_JOIN = 5003
    CLIENT_LEAVE = 5004
    STREAM_START = 5005
    STREAM_STOP = 5006
    CLEAR_CONSOLE = 5007
    SERVER_STATE = 5008
    VIEW_OPTIONS = 5100
    PRESENCE = 5101
    SPEAKING = 5102
    TEXT = 5103
    PICTURE_SIZE = 5104


class ErrorCode(IntEnum):
    """What went wrong, in ERROR_MESSAGE and as an exit status; the native program's numbers."""

    GENERAL = 1
    USAGE = 2
    NETWORK = 40
    BIND = 41
    CONNECT = 42
    TIMEOUT = 43
    PROTOCOL = 44
    SIZE = 45
    RATE_LIMITED = 46
    SESSION_NOT_FOUND = 47
    SESSION_FULL = 48
    WRONG_PASSWORD = 49
    UNKNOWN_PACKET = 54
    CRYPTO = 60
    KEY = 61
    AUTHENTICATION = 62
    HANDSHAKE = 63
    VERIFICATION = 64
    INVALID_PARAMETER = 86
    EXHAUSTED = 88


class Mode(IntFlag):
    """What a client wants of the handshake (PROTOCOL_VERSION)."""

    ENCRYPT = 1
    AUTHENTICATE = 2


class Feature(IntFlag):
    """What two asciichat peers may agree on beyond the native protocol; native peers send 0."""

    NONE = 0
    ZSTD_FRAMES = 1
    """ASCII_FRAME may come zstd-compressed."""
    CHANGED_CELLS = 2
    """ASCII_FRAME may hold only what changed."""
    VIEW_OPTIONS = 4
    """The client may send VIEW_OPTIONS and CLIENT_JOIN."""
    NOISE = 8
    """The handshake goes on as Noise, with a key for each direction that is replaced on the way."""
    UNAUTHENTICATED = 16
    """Neither side wants to know who the other is."""
    SHORT_SOUND = 32
    """Opus frames last 10 ms and are numbered, in both directions."""
    PRESENCE = 64
    """The server says who is in the call, and who speaks."""
    TEXT = 128
    """Text chat."""
    FRAMED_REFUSAL = 0x100
    """The client takes an ERROR_MESSAGE from a server that is full. Offered, never answered."""
    PICTURE_SIZE = 0x200
    """The server tells the client how large its picture is shown, and takes a repeated STREAM_START for a sign of life."""


class AuthRequirement(IntFlag):
    """What AUTH_CHALLENGE demands."""

    NONE = 0
    PASSWORD = 1
    CLIENT_KEY = 2


class AuthFailure(IntFlag):
    """Why AUTH_FAILED was sent."""

    NONE = 0
    PASSWORD_REQUIRED = 1
    PASSWORD_WRONG = 2
    CLIENT_KEY_REQUIRED = 4
    CLIENT_KEY_REJECTED = 8
    SIGNATURE_INVALID = 16


class TerminalAbility(IntFlag):
    """What a client's terminal can show."""

    NONE = 0
    COLOR_16 = 1
    COLOR_256 = 2
    TRUECOLOR = 4
    UTF8 = 8
    BACKGROUND = 16


class ColorLevel(IntEnum):
    """How many colours frames for a client may use."""

    NONE = 0
    COLOR_16 = 1
    COLOR_256 = 2
    TRUECOLOR = 3


class RenderMode(IntEnum):
    """How a cell shows its pixels. Native peers know the first three; the others stand in VIEW_OPTIONS alone."""

    FOREGROUND = 0
    """Glyphs in the picture's colours."""
    BACKGROUND = 1
    """Black or white glyphs on cells in the picture's colours."""
    HALF_BLOCK = 2
    """1 x 2 pixels."""
    QUADRANT = 3
    """2 x 2 pixels in two colours."""
    SEXTANT = 4
    """2 x 3 pixels in two colours."""
    OCTANT = 5
    """2 x 4 pixels in two colours."""
    BRAILLE = 6
    """2 x 4 dots in one colour."""
    EDGE = 7
    """Glyphs in the picture's colours; along edges, glyphs of the edge's shape."""


class Arrangement(IntEnum):
    """How those in a call are arranged on a viewer's screen."""

    AUTO = 0
    GRID = 1
    FOCUS = 2
    PAGES = 3


class PaletteType(IntEnum):
    """The ramp of characters from dark to bright."""

    UNSET = 0
    STANDARD = 1
    BLOCKS = 2
    DIGITAL = 3
    MINIMAL = 4
    COOL = 5
    CUSTOM = 6


class ColorFilter(IntEnum):
    """One colour for the whole picture."""

    NONE = 0
    BLACK = 1
    WHITE = 2
    GREEN = 3
    MAGENTA = 4
    FUCHSIA = 5
    ORANGE = 6
    TEAL = 7
    CYAN = 8
    PINK = 9
    RED = 10
    YELLOW = 11
    RAINBOW = 12


class VideoCodec(IntFlag):
    """Picture codecs a client has."""

    NONE = 0
    RAW = 1
    H265 = 2
    JPEG = 4


class AudioCodec(IntFlag):
    """Sound codecs a client has."""

    NONE = 0
    RAW = 1
    OPUS = 2


class Stream(IntFlag):
    """What STREAM_START starts and STREAM_STOP stops."""

    VIDEO = 1
    AUDIO = 2


class JoinAbility(IntFlag):
    """What CLIENT_JOIN announces."""

    VIDEO = 1
    AUDIO = 2
    COLOR = 4
    STRETCH = 8


class PresenceFlag(IntFlag):
    """What PRESENCE says of somebody."""

    NONE = 0
    PRESENT = 1
    YOU = 2
    VIDEO = 4
    AUDIO = 8
    MUTED = 16
    """By the operator."""


class LogLevel(IntEnum):
    """The level of a REMOTE_LOG line."""

    DEV = 0
    DEBUG = 1
    INFO = 2
    WARN = 3
    ERROR = 4
    FATAL = 5


class LogDirection(IntEnum):
    """Who says a REMOTE_LOG line."""

    SERVER_TO_CLIENT = 1
    CLIENT_TO_SERVER = 2


class AsciiFlag(IntFlag):
    """Flags of ASCII_FRAME."""

    NONE = 0
    COLOR = 1
    ZSTD = 2
    RLE = 4
    STRETCHED = 8
    CHANGES = 16
    """Between asciichat peers: the text changes the frame before."""
