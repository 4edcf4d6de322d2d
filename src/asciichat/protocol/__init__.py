"""The wire: packet types, payloads, framing and handshakes, all without I/O.

`docs/protocol.md` describes it. Media packets are built and parsed by the compiled core when they are on
their way; the classes here serve control packets, tools and tests.
"""
