"""Any payload of any type decodes or is refused with a ProtocolError; what decodes encodes to something that decodes to the
same. The first two bytes are the type. Streams of packets, handshakes of both sides and compressed pictures are fed too."""

from __future__ import annotations

from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.framing import FROM_CLIENT, FROM_SERVER, PacketReader
from asciichat.protocol.handshake import ClientHandshake, ClientPolicy, ServerHandshake, ServerPolicy
from asciichat.protocol.payloads import decode_payload

_MOST_TEXT = 8 * 2**20


def _payload(kind: int, payload: bytes) -> None:
    try:
        decoded = decode_payload(kind, payload)
    except ProtocolError:
        return
    text = getattr(decoded, "text", b"")
    assert len(text) <= _MOST_TEXT
    if hasattr(decoded, "encode"):
        again = decode_payload(kind, decoded.encode())
        assert again == decoded


def _stream(data: bytes) -> None:
    for rules in (None, FROM_CLIENT, FROM_SERVER):
        try:
            for packet in PacketReader(rules).feed(data):
                _payload(packet.type, packet.payload)
        except ProtocolError:
            pass


def _handshakes(data: bytes) -> None:
    server = ServerHandshake(ServerPolicy(password_key=bytes(32)))
    server.start()
    server.feed(data)
    client = ClientHandshake(ClientPolicy(verify_server=lambda _: None, password_key=bytes(32)))
    client.start()
    client.feed(data)
    for side in (server, client):
        assert side.result is None, "nobody proved anything"


def target(data: bytes) -> None:
    """One input."""
    _payload(int.from_bytes(data[:2], "big"), data[2:])
    _stream(data)
    _handshakes(data)
