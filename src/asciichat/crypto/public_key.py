"""Ed25519 public keys as people write them: OpenSSH lines, bare base64, hexadecimal."""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from struct import pack

from asciichat.crypto.errors import UnusableKeyError

_TYPE = b"ssh-ed25519"
_PREFIX = pack(">I", len(_TYPE)) + _TYPE + pack(">I", 32)

MAKE_ONE = "Make an Ed25519 key: asciichat key new, or ssh-keygen -t ed25519."

_OTHER_TYPES = {
    "ssh-rsa": "RSA",
    "ssh-dss": "DSA",
    "ecdsa-sha2-nistp256": "ECDSA",
    "ecdsa-sha2-nistp384": "ECDSA",
    "ecdsa-sha2-nistp521": "ECDSA",
    "sk-ssh-ed25519@openssh.com": "hardware (FIDO)",
    "sk-ecdsa-sha2-nistp256@openssh.com": "hardware (FIDO)",
}

# The walk of the "drunken bishop": how often a cell was visited, as a character; then start and end.
_ART = " .o+=*BOX@%&#/^"
_ART_WIDTH, _ART_HEIGHT = 17, 9


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key: its 32 bytes, and the comment that came with it.

    Two keys are equal if their bytes are.
    """

    key: bytes
    comment: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if len(self.key) != 32:
            raise UnusableKeyError(f"An Ed25519 public key has 32 bytes, not {len(self.key)}.")

    @property
    def blob(self) -> bytes:
        """The key as SSH puts it on the wire (RFC 8709, section 4)."""
        return _PREFIX + self.key

    @property
    def line(self) -> str:
        """The key as a line of `id_ed25519.pub` or `authorized_keys`."""
        return f"ssh-ed25519 {b64encode(self.blob).decode()} {self.comment}".rstrip()

    @property
    def fingerprint(self) -> str:
        """What ``ssh-keygen -l`` shows: SHA-256 of the blob, base64 without padding."""
        return "SHA256:" + b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    @property
    def randomart(self) -> str:
        """The picture ``ssh-keygen -lv`` shows: two of them are easier told apart than two fingerprints.

        A bishop starts in the middle of a 17×9 field and makes one diagonal step for every two bits of the
        SHA-256, from the lowest on; walls hold it. Each cell shows how often it was there. See Loss, Limmer
        and von Gernler,
        "The drunken bishop: an analysis of the OpenSSH fingerprint visualization algorithm", 2009.
        """
        visits = [[0] * _ART_WIDTH for _ in range(_ART_HEIGHT)]
        x, y = _ART_WIDTH // 2, _ART_HEIGHT // 2
        for byte in hashlib.sha256(self.blob).digest():
            for shift in (0, 2, 4, 6):
                step = byte >> shift
                x = min(max(x + (1 if step & 1 else -1), 0), _ART_WIDTH - 1)
                y = min(max(y + (1 if step & 2 else -1), 0), _ART_HEIGHT - 1)
                visits[y][x] += 1
        cells = [[_ART[min(count, len(_ART) - 1)] for count in row] for row in visits]
        cells[_ART_HEIGHT // 2][_ART_WIDTH // 2] = "S"
        cells[y][x] = "E"
        rows = ["|" + "".join(row) + "|" for row in cells]
        return "\n".join(["+--[ED25519 256]--+", *rows, "+----[SHA256]-----+"])


def parse_public_key(text: str) -> PublicKey:
    """Read a public key.

    Parameters
    ----------
    text : str
        An ``ssh-ed25519 AAAA… comment`` line, its base64 part alone, or 64 hexadecimal digits.

    Raises
    ------
    UnusableKeyError
        For anything else: other kinds of keys, private keys, lines with options (whose restrictions could not
        be kept).
    """
    words = text.split(None, 2)
    if not words:
        raise UnusableKeyError(f"There is no key in an empty line. {MAKE_ONE}")
    kind = words[0]
    if kind in _OTHER_TYPES:
        raise UnusableKeyError(
            f"This is an {_OTHER_TYPES[kind]} key; only Ed25519 keys are understood. {MAKE_ONE}"
        )
    if kind == "ssh-ed25519":
        if len(words) < 2:
            raise UnusableKeyError("The line says ssh-ed25519, but no key follows.")
        return PublicKey(_from_base64(words[1]), words[2].strip() if len(words) > 2 else "")
    if "PRIVATE KEY" in text:
        raise UnusableKeyError("This is a private key. Give the public one; it ends in .pub.")
    if any(word == "ssh-ed25519" or word in _OTHER_TYPES for word in text.split()):
        raise UnusableKeyError(
            "The key has options before it. They could not be kept, so the key is not used: remove them."
        )
    if len(words) == 1 and len(kind) == 64:
        try:
            return PublicKey(bytes.fromhex(kind))
        except ValueError:
            pass
    if len(words) == 1 and kind.startswith("AAAAC3NzaC1lZDI1NTE5"):
        return PublicKey(_from_base64(kind))
    raise UnusableKeyError(
        f"No Ed25519 public key: {kind[:20]!r}… "
        "Give an ssh-ed25519 line, its base64 part, or 64 hexadecimal digits."
    )


def from_blob(blob: bytes) -> bytes:
    """Return the 32 bytes of the key in an SSH blob; raise UnusableKeyError if it is no Ed25519 key."""
    if not blob.startswith(_PREFIX) or len(blob) != len(_PREFIX) + 32:
        raise UnusableKeyError("The key is damaged, or not an Ed25519 key.")
    return blob[len(_PREFIX) :]


def _from_base64(text: str) -> bytes:
    try:
        return from_blob(b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise UnusableKeyError("The key after ssh-ed25519 is damaged.") from None
