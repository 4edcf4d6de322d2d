"""The encrypted envelope: whole packets inside ENCRYPTED packets."""

from typing import Final

from typing_extensions import Buffer

OVERHEAD: Final[int]
"""Bytes an envelope adds to a packet, at most: 62 towards native peers, 38 after a Noise handshake."""

class SealError(ValueError):
    """An envelope that is forged, replayed, reflected or damaged."""

class Seal:
    """Seals what one peer sends and opens what it receives. One thread may seal while one opens.

    Parameters
    ----------
    tx_key, rx_key
        32 bytes each. Native peers use one key for both.
    session_id
        16 bytes, drawn at random unless given. Not with `records`.
    records
        How many records each direction (sending, receiving) has seen: the keys are those of a Noise handshake.
    marked
        Towards a native peer: we would have spoken Noise.
    """

    def __init__(
        self,
        tx_key: Buffer,
        rx_key: Buffer,
        session_id: Buffer | None = None,
        *,
        records: tuple[int, int] | None = None,
        marked: bool = False,
    ) -> None: ...
    @property
    def epochs(self) -> tuple[int, int]:
        """How often the keys for sending and for receiving were replaced."""

    def seal(self, packet: Buffer) -> bytes:
        """The ENCRYPTED packet that holds this whole packet."""

    def open(self, payload: Buffer) -> bytes:
        """The whole packet inside the payload of an ENCRYPTED packet.

        Raises SealError when it is forged, when its counter did not rise, when it is our own come back, or when what is
        inside does not hold together.
        """
