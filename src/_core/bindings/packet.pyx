"""Packet framing: the 22-byte header, CRC and size rules."""

from typing import NamedTuple

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.string cimport memcpy

HEADER_SIZE = AC_PACKET_HEADER
RECEIVE_LIMIT = AC_PACKET_LIMIT


class PacketError(ValueError):
    """Bytes that are not a packet, or not one that is allowed here."""


class Header(NamedTuple):
    """A packet's header."""

    type: int
    length: int
    crc: int
    client_id: int


cdef object _error(ac_packet_status status):
    return PacketError(ac_packet_status_text(status).decode())


def pack(int type, const unsigned char[::1] payload not None=b""):
    cdef Py_ssize_t length = payload.shape[0]
    if not 0 <= type <= 0xFFFF:
        raise ValueError(f"a packet type is 0 to 65535, not {type}")
    if length > AC_PACKET_LIMIT:
        raise ValueError(f"a packet's payload has at most {AC_PACKET_LIMIT} bytes, not {length}")
    packet = PyBytes_FromStringAndSize(NULL, AC_PACKET_HEADER + length)
    cdef uint8_t *at = <uint8_t *>PyBytes_AS_STRING(packet)
    if length:
        memcpy(at + AC_PACKET_HEADER, &payload[0], length)
    ac_packet_pack(at, type, at + AC_PACKET_HEADER, <uint32_t>length)
    return packet


def unpack_header(const unsigned char[::1] data not None):
    cdef ac_packet_header header
    if data.shape[0] < AC_PACKET_HEADER:
        raise PacketError(f"a header has {AC_PACKET_HEADER} bytes, not {data.shape[0]}")
    cdef ac_packet_status status = ac_packet_unpack(&data[0], &header)
    if status != AC_PACKET_OK:
        raise _error(status)
    return Header(header.type, header.length, header.crc, header.client_id)


def check_payload(header, const unsigned char[::1] payload not None):
    cdef ac_packet_header c
    c.type, c.length, c.crc, c.client_id = header
    if payload.shape[0] != c.length:
        raise PacketError(f"the header promises {c.length} payload bytes, there are {payload.shape[0]}")
    cdef ac_packet_status status = ac_packet_check(&c, &payload[0] if c.length else NULL)
    if status != AC_PACKET_OK:
        raise _error(status)


def check_size(int type, Py_ssize_t length, *, bint from_server):
    if not 0 <= type <= 0xFFFF or not 0 <= length <= AC_PACKET_LIMIT:
        raise PacketError(f"type {type} with {length} bytes is no packet")
    cdef ac_packet_status status = ac_packet_check_size(type, <uint32_t>length, from_server)
    if status != AC_PACKET_OK:
        raise _error(status)


def is_handshake(int type):
    return 0 <= type <= 0xFFFF and bool(ac_packet_is_handshake(type))
