"""CRC-32C (Castagnoli), the checksum of packets and frames. Safe from any number of threads."""

from typing_extensions import Buffer

def crc32c(data: Buffer, crc: int = 0) -> int:
    """The CRC of contiguous bytes; `crc` is what an earlier call returned for the bytes before these.

    ``crc32c(b"123456789") == 0xE3069283``. The GIL is let go for 16 KiB and more.
    """
