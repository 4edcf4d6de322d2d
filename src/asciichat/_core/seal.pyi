"""The encrypted envelope: whole packets inside ENCRYPTED packets (XSalsa20-Poly1305)."""

from typing import Final

from typing_extensions import Buffer

OVERHEAD: Final[int]
"""Bytes an envelope adds to a packet."""

class SealError(ValueError):
    """An envelope that is forged, replayed, reflected or damaged."""

class Seal:
    """Seals what one peer sends and opens what it receives. One thread may seal while one opens.

    Parameters
    ----------
    tx_key, rx_key
        32 bytes each. Native peers use one key for both.
    session_id
        16 bytes, drawn at random unless given.
    """

    def __init__(self, tx_key: Buffer, rx_key: Buffer, session_id: Buffer | None = None) -> None: ...
    def seal(self, packet: Buffer) -> bytes:
        """The ENCRYPTED packet that holds this whole packet."""

    def open(self, payload: Buffer) -> bytes:
        """The whole packet inside the payload of an ENCRYPTED packet.

        Raises SealError when it is forged, when its counter did not rise, when it is our own come back, or when what is
        inside does not hold together.
        """
