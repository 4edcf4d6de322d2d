"""Announces what no server of ours would, as ``python played_announcer.py KIND``; says "announced", and goes when its
standard input ends.

The packets are made by hand, because a library that makes proper ones refuses to make these.
"""

from __future__ import annotations

import socket
import struct
import sys

TYPE = (b"_ascii-chat", b"_tcp", b"local")
GROUP = ("224.0.0.251", 5353)
ADDRESS = sys.argv[2]
KEY = bytes(range(32)).hex().encode()

_A, _PTR, _TXT, _SRV = 1, 12, 16, 33


def labels(*parts: bytes) -> bytes:
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def record(name: bytes, kind: int, data: bytes) -> bytes:
    return name + struct.pack(">HHIH", kind, 1, 120, len(data)) + data


def response(*records: bytes) -> bytes:
    return struct.pack(">6H", 0, 0x8400, 0, len(records), 0, 0) + b"".join(records)


def service(name: bytes, port: int, text: bytes, addresses: tuple[str, ...] = (ADDRESS,)) -> bytes:
    full, host = labels(name, *TYPE), labels(b"host-" + name[:50], b"local")
    return response(
        record(labels(*TYPE), _PTR, full),
        record(full, _SRV, struct.pack(">3H", 0, 0, port) + host),
        record(full, _TXT, text),
        *(record(host, _A, socket.inet_aton(address)) for address in addresses),
    )


def txt(*pairs: bytes) -> bytes:
    return b"".join(bytes([len(pair)]) + pair for pair in pairs)


PLAIN = txt(b"session_string=", b"host_pubkey=" + KEY)

KINDS = {
    "escapes": [
        service(b"\x1b]0;owned\x07\x1b[2Jescape", 1001, PLAIN),
        service("\x9b2J\u202ec1".encode(), 1002, txt(b"host_pubkey=\x1b[2J")),
        service(b"bytes \xff\xfe that are no text", 1003, PLAIN),
        service("Küche".encode(), 1005, PLAIN),
        service(b"honest", 1004, PLAIN),
    ],
    "nonsense": [
        service(b"port 0", 0, PLAIN),
        service(b"nowhere", 2001, PLAIN, ()),
        service(b"loopback", 2002, PLAIN, ("127.0.0.1", "0.0.0.0", "224.0.0.251")),
        service(b"huge", 2003, b"".join(txt(b"x" * 255) for _ in range(30))),
        service(b"short key", 2004, txt(b"host_pubkey=" + KEY[:-1])),
        service(b"no properties", 2005, b""),
        service(b"broken properties", 2006, b"\xffabc"),
        response(record(labels(*TYPE), _PTR, labels(b"\x1b[2J without more", *TYPE))),
        b"\0" * 11,
        struct.pack(">6H", 0, 0x8400, 0, 65535, 0, 0) + b"\xc0\x0c" * 2000,
        service(b"honest", 2007, PLAIN),
    ],
    # Names without anything behind them first: they must not keep out who says all.
    "flood": [
        *(response(record(labels(*TYPE), _PTR, labels(b"empty %d" % n, *TYPE))) for n in range(1000)),
        *(service(b"server %d" % n, 3000 + n, PLAIN) for n in range(1000)),
    ],
}


def main() -> None:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(("", 5353))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(ADDRESS))
    sock.setsockopt(
        socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP[0]) + socket.inet_aton(ADDRESS)
    )
    print("announced", flush=True)
    while True:
        question, _ = sock.recvfrom(9000)
        # Whoever looks for servers is told everything.
        if not question[2] & 0x80 and labels(*TYPE)[:-1] in question:
            for packet in KINDS[sys.argv[1]]:
                sock.sendto(packet, GROUP)


main()
