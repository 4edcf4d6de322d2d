"""What a client's control packets do. They run on that client's receive thread; pictures and sound never come here, save
HEVC, which only Python can decode."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable

from asciichat._core.peer import Packet
from asciichat._core.room import NAME_BYTES
from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.payloads import (
    ClientCapabilities,
    ClientJoin,
    ClientLeave,
    ErrorMessage,
    RemoteLog,
    StreamStart,
    StreamStop,
    TextLine,
    ViewOptions,
)
from asciichat.protocol.payloads.company import MAX_TEXT
from asciichat.protocol.text import line_of_text, name_of_person
from asciichat.protocol.types import AudioCodec, ErrorCode, Feature, PacketType, PaletteType, Stream
from asciichat.server.client import Client, TooMuchError
from asciichat.server.limits import Limits
from asciichat.server.names import acceptable

log = logging.getLogger(__name__)


def handle(client: Client, packet: Packet) -> None:
    """Act on one packet.

    Raises
    ------
    ProtocolError
        The client broke the protocol: it must be let go.
    """
    handler = _HANDLERS.get(packet.type)
    if handler is None:
        raise ProtocolError(ErrorCode.UNKNOWN_PACKET, f"a client may not send packets of type {packet.type}")
    handler(client, packet.payload)


def _capabilities(client: Client, payload: bytes) -> None:
    client.capabilities = wanted = ClientCapabilities.decode(payload)
    _set_view(client, wanted)
    client.update(
        columns=wanted.width,
        rows=wanted.height,
        color_level=int(wanted.color_level),
        render_mode=int(wanted.render_mode),
        palette=int(wanted.palette),
        fps=wanted.desired_fps,
        ready=True,
    )
    client.keeper.entered(client)
    log.debug("client %d: %dx%d, %s", client.id, wanted.width, wanted.height, wanted.color_level.name)


def _view_options(client: Client, payload: bytes) -> None:
    if Feature.VIEW_OPTIONS not in client.features:
        raise ProtocolError(ErrorCode.UNKNOWN_PACKET, "VIEW_OPTIONS was not agreed on")
    if client.capabilities is None:
        raise ProtocolError(ErrorCode.PROTOCOL, "CLIENT_CAPABILITIES must come before VIEW_OPTIONS")
    client.view_options = ViewOptions.decode(payload)
    _set_view(client, client.capabilities)
    client.update(render_mode=int(client.view_options.render_mode))


def _set_view(client: Client, wanted: ClientCapabilities) -> None:
    own = Feature.VIEW_OPTIONS in client.features
    options = client.view_options
    columns, rows, fps = drawn(client.config.limits, wanted.width, wanted.height, wanted.desired_fps)
    client.peer.set_view(
        columns=columns,
        rows=rows,
        color_level=wanted.color_level,
        render_mode=options.render_mode if own else wanted.render_mode,
        # A client that names no palette would get no pictures from a native server; from us it gets the usual one.
        palette=wanted.palette or PaletteType.STANDARD,
        utf8=wanted.utf8,
        fps=fps,
        padding=wanted.wants_padding,
        wants_sound=AudioCodec.OPUS in wanted.audio_codecs,
        zstd=Feature.ZSTD_FRAMES in client.features,
        changes=Feature.CHANGED_CELLS in client.features,
        ramp=wanted.palette_custom.encode(),
        rep=options.rep,
        glyphs=options.glyphs,
        dither=options.dither,
        names=options.names if own else client.config.names,
        hide_self=options.hide_self,
        arrangement=options.arrangement,
        focus=options.focus,
        page=options.page,
    )


def drawn(limits: Limits, columns: int, rows: int, fps: int) -> tuple[int, int, int]:
    """What is drawn of a screen, in columns, rows and pictures a second: all of it unless it is a giant's."""
    if columns * rows > limits.view_cells:
        shrink = math.sqrt(limits.view_cells / (columns * rows))
        rows = max(1, int(rows * shrink))
        columns = max(1, min(columns, limits.view_cells // rows))
    return columns, rows, max(1, min(fps, limits.view_cells_a_second // (columns * rows)))


def _stream_start(client: Client, payload: bytes) -> None:
    streams = StreamStart.decode(payload).streams
    if Stream.VIDEO in streams:
        client.room.seat(client.slot, True)
        client.room.show(client.slot, True)
        client.peer.touch()  # said again, it means that the picture stands
        client.update(sends_video=True)
    if Stream.AUDIO in streams:
        client.update(sends_sound=True)


def _stream_stop(client: Client, payload: bytes) -> None:
    streams = StreamStop.decode(payload).streams
    if Stream.VIDEO in streams:
        client.room.show(client.slot, False)
        client.peer.clear()
        client.update(sends_video=False)
    if Stream.AUDIO in streams:
        client.update(sends_sound=False)


def _hevc(client: Client, access_unit: bytes) -> None:
    # FFmpeg takes 30 MB: a call in which nobody sends HEVC does without it.
    from asciichat.media.errors import MediaError
    from asciichat.media.hevc import HevcDecoder

    if client.decoder is None:
        client.decoder = HevcDecoder(max_pixels=client.config.limits.picture_pixels)
    begun = time.thread_time()
    try:
        picture = client.decoder.decode(access_unit)
    except MediaError as error:
        # One damaged picture; the next key frame mends it.
        log.debug("client %d (%s): a picture did not decode: %s", client.id, client.address, error)
        picture = None
    if not client.decoding.spend(time.thread_time() - begun):
        raise TooMuchError("decoding", "its pictures take more work than they may")
    if picture is not None:
        client.peer.publish(picture)


def _join(client: Client, payload: bytes) -> None:
    name = name_of_person(ClientJoin.decode(payload).name, NAME_BYTES)
    if acceptable(name):
        client.keeper.named(client, name)


def _text(client: Client, payload: bytes) -> None:
    if Feature.TEXT not in client.features:
        raise ProtocolError(ErrorCode.UNKNOWN_PACKET, "TEXT was not agreed on")
    if client.capabilities is None:
        raise ProtocolError(ErrorCode.PROTOCOL, "CLIENT_CAPABILITIES must come before TEXT")
    written = TextLine.decode(payload)
    if written != TextLine(written.text):
        raise ProtocolError(ErrorCode.PROTOCOL, "TEXT: who wrote it is for the server to say")
    line = line_of_text(written.text, MAX_TEXT)
    if line and client.may_write():
        client.keeper.wrote(client, line)


def _leave(client: Client, payload: bytes) -> None:
    reason = ClientLeave.decode(payload).reason
    client.leave(f"it said goodbye: {reason!r}" if reason else "it said goodbye", "goodbye")


def _remote_log(client: Client, payload: bytes) -> None:
    message = RemoteLog.decode(payload).message
    if client.may_be_quoted():
        log.info("client %d (%s) says: %r", client.id, client.address, message)


def _error(client: Client, payload: bytes) -> None:
    error = ErrorMessage.decode(payload)
    if client.may_be_quoted():
        log.warning(
            "client %d (%s) reports error %d: %r", client.id, client.address, error.code, error.message
        )


def _ignore(client: Client, payload: bytes) -> None:
    """Native peers may send it (a HELLO, an attempt to rekey): it changes nothing."""


_HANDLERS: dict[int, Callable[[Client, bytes], None]] = {
    PacketType.CLIENT_CAPABILITIES: _capabilities,
    PacketType.STREAM_START: _stream_start,
    PacketType.STREAM_STOP: _stream_stop,
    PacketType.IMAGE_FRAME_H265: _hevc,
    PacketType.VIEW_OPTIONS: _view_options,
    PacketType.CLIENT_JOIN: _join,
    PacketType.CLIENT_LEAVE: _leave,
    PacketType.TEXT: _text,
    PacketType.REMOTE_LOG: _remote_log,
    PacketType.ERROR_MESSAGE: _error,
    PacketType.CRYPTO_CLIENT_HELLO: _ignore,
    PacketType.REKEY_REQUEST: _ignore,
    PacketType.REKEY_RESPONSE: _ignore,
    PacketType.REKEY_COMPLETE: _ignore,
}
