"""Calling a server."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import get_args

from asciichat.client.appearance import Color, Mode, Seating, appearance, view_options
from asciichat.client.call import Call
from asciichat.client.codec_choice import CodecChoice, Distance, VideoCodec, distance_to
from asciichat.client.errors import CallError
from asciichat.client.view import require_size
from asciichat.crypto.password import password_key, require_password
from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.handshake import ClientHandshake, ClientPolicy, HandshakeResult, Signer
from asciichat.protocol.payloads import ClientCapabilities, ClientJoin
from asciichat.protocol.settings import require_signer, require_text, require_whole
from asciichat.protocol.text import name_of_person
from asciichat.protocol.types import AudioCodec, ErrorCode, Feature, JoinAbility

DEFAULT_PORT = 27224


def connect(
    host: str = "localhost",
    port: int = DEFAULT_PORT,
    *,
    columns: int = 80,
    rows: int = 24,
    color: Color = "truecolor",
    mode: Mode = "foreground",
    palette: str = "standard",
    utf8: bool = True,
    fps: int = 60,
    padding: bool = True,
    glyphs: int = 15,
    dither: bool = False,
    rep: bool = False,
    name: str | None = None,
    names: bool = False,
    self_view: bool = True,
    seating: Seating = "auto",
    focus: int | None = None,
    page: int = 0,
    video: bool = True,
    audio: bool = True,
    password: str | Callable[[], str | None] | None = None,
    identity: Signer | None = None,
    verify_server: Callable[[bytes | None], None] | None = None,
    require_server_identity: bool = False,
    authenticate: bool = True,
    encrypt: bool = True,
    compress: bool | None = None,
    changes: bool = True,
    short_sound: bool = True,
    video_codec: VideoCodec = "auto",
    timeout: float = 5.0,
) -> Call:
    """Join a call.

    Parameters
    ----------
    host, port
        The server: a name or an IP address, and a TCP port, 1 to 65535.
    columns, rows
        The terminal's size in cells, 1 to 4096 each.
    color, mode
        How to draw. Quadrants, sextants, octants, braille and edges are drawn by a server of ours alone; of a native
        one the nearest mode that it has is asked for.
    palette
        A palette's name, or the characters of your own from dark to bright (at most 63 bytes in UTF-8).
    utf8
        The terminal shows UTF-8.
    fps
        Frames a second at most, 1 to 144.
    padding
        Pictures are centred on a full screen; without it the margins are left out.
    glyphs
        The sets of glyphs the terminal has, as bits: 1 quadrants, 2 braille, 4 sextants, 8 octants. A mode that needs
        others falls back to one that does not. This and everything down to `page` is for a server of ours; a native one
        does not hear of it.
    dither
        With 16 or 256 colours: mix them in a pattern that stands still.
    rep
        The terminal repeats characters when asked to (REP).
    name
        What the others see you called; cut to 31 bytes in UTF-8. None leaves it to the server.
    names
        Names in the pictures, and a mark at who speaks.
    self_view
        See your own picture among the others'.
    seating
        "grid": everybody. "focus": one large, the others in a strip. "pages": as many as are large enough, page by page.
        "auto": a grid while everybody in it is large enough, else a focus.
    focus
        With "focus": the slot of who is large, 0 to 31; None: who speaks.
    page
        With "pages": which one, from 0.
    video, audio
        Announce that pictures, sound will be sent. Without `audio` nothing is heard either.
    password
        The call's password, 8 to 256 bytes in UTF-8: a server that does not prove that it knows it is refused. Or what
        to call for it, once the server wants one.
    identity
        The Ed25519 key to prove who we are with, as :func:`asciichat.crypto.load_identity` reads it.
    verify_server
        Called with the server's Ed25519 key (32 bytes, its signature checked), or None when it shows none; raises
        :exc:`asciichat.protocol.errors.HandshakeError` to refuse it. :meth:`asciichat.crypto.KnownHosts.verifier` makes
        one that remembers servers. Without it any server is accepted: then the call is private towards listeners on the
        line, but nobody says who the server is.
    require_server_identity
        Refuse a server that shows no key, before anything that depends on the password is sent. Needs `verify_server`.
    authenticate
        False joins only a server that was told to authenticate nobody either; everything is encrypted all the same.
    encrypt
        False sends everything in clear, to a server that allows it.
    compress
        Ask for compressed pictures; None: unless the server is on this machine.
    changes
        Take pictures as what changed since the one before, which is a fraction of the bytes.
    short_sound
        Ask for packets of 10 ms of sound, both ways; False: 20 ms, as native clients have them, which are 20 to 40 ms
        later and half as many.
    video_codec
        How pictures are sent: as they are ("raw"), encoded ("hevc"), or what suits the line ("auto").
    timeout
        Seconds for connecting and for each answer in the handshake, above 0.

    Returns
    -------
    Call
        To be used as a context manager.

    Raises
    ------
    CallError
        The server cannot be reached, refuses us, or is not who it should be.
    ValueError
        A setting is out of range.
    TypeError
        A setting is of another type.

    Examples
    --------
    >>> import asciichat
    >>> with asciichat.Server(port=0) as server:
    ...     with asciichat.connect("localhost", server.port, name="Ada", columns=40, rows=12) as call:
    ...         picture = next(event for event in call if isinstance(event, asciichat.Picture))
    >>> picture.columns, picture.rows
    (40, 12)
    """
    require_text("host", host)
    require_whole("a port", port, 1, 65535)
    require_size(columns, rows)
    require_whole("fps", fps, 1, 144)
    require_signer("identity", identity)
    if name is not None:
        require_text("name", name)
    if video_codec not in get_args(VideoCodec):
        raise ValueError(f"no video_codec {video_codec!r}: there are {', '.join(get_args(VideoCodec))}")
    if password is not None and not callable(password):
        require_password(password)  # before anybody is called
    if not isinstance(timeout, int | float) or not timeout > 0:
        raise ValueError(f"timeout is seconds above 0, not {timeout!r}")
    if verify_server is not None and not callable(verify_server):
        raise TypeError(f"verify_server is called with the server's key, which {verify_server!r} cannot be")
    if require_server_identity and verify_server is None:
        raise ValueError("without verify_server nobody says which identity is the right one")
    try:
        capabilities = ClientCapabilities(
            width=columns,
            height=rows,
            **appearance(color, mode, palette, utf8=utf8),
            desired_fps=fps,
            wants_padding=padding,
            audio_codecs=AudioCodec.RAW | AudioCodec.OPUS if audio else AudioCodec(0),
        )
        options = view_options(
            mode,
            glyphs=glyphs,
            dither=dither,
            rep=rep,
            names=names,
            self_view=self_view,
            seating=seating,
            focus=focus,
            page=page,
        )
        introduction = None
        if name is not None and (shown := name_of_person(name, 31)):
            introduction = ClientJoin(0, shown, JoinAbility.VIDEO | JoinAbility.AUDIO)
    except ProtocolError as error:
        raise ValueError(str(error)) from None
    sock = _reach(host, port, timeout)
    try:
        distance = distance_to(sock.getpeername()[0])
        if compress is None:
            compress = distance is not Distance.HERE
        policy = ClientPolicy(
            encrypt=encrypt,
            password_key=_password_source(password),
            identity=identity,
            verify_server=verify_server or _anyone,
            require_password=password is not None and not callable(password),
            require_identity=require_server_identity,
            features=Feature.VIEW_OPTIONS
            | Feature.FRAMED_REFUSAL
            | Feature.NOISE
            | Feature.PRESENCE
            | Feature.TEXT
            | Feature.PICTURE_SIZE
            | (Feature.ZSTD_FRAMES if compress else Feature.NONE)
            | (Feature.CHANGED_CELLS if changes else Feature.NONE)
            | (Feature.SHORT_SOUND if short_sound else Feature.NONE)
            | (Feature.NONE if authenticate else Feature.UNAUTHENTICATED),
        )
        result = _shake_hands(sock, ClientHandshake(policy), timeout)
        codec = CodecChoice(video_codec, distance)
        checked = verify_server is not None
        call = Call(sock, result, capabilities, options, introduction, codec, checked=checked)
    except BaseException:
        sock.close()
        raise
    call.start_streams(video=video, audio=audio)
    return call


def _reach(host: str, port: int, timeout: float) -> socket.socket:
    try:
        return socket.create_connection((host, port), timeout)
    except (socket.gaierror, UnicodeError):  # the latter for what no name can be, such as "a..b"
        raise CallError(f"there is no host called {host!r}", ErrorCode.NETWORK) from None
    except TimeoutError:
        raise CallError(
            f"{host} port {port} did not answer within {timeout:g} s", ErrorCode.TIMEOUT
        ) from None
    except OSError as error:
        raise CallError(
            f"cannot connect to {host} port {port}: {error.strerror or error}; is a server running there?",
            ErrorCode.CONNECT,
        ) from None


def _shake_hands(sock: socket.socket, handshake: ClientHandshake, timeout: float) -> HandshakeResult:
    sock.settimeout(timeout)  # for each answer: a person may look at a fingerprint in between
    try:
        reply = handshake.start()
        while True:
            if reply:
                sock.sendall(reply)
            if handshake.failure is not None:
                retry = handshake.failure.code == ErrorCode.NETWORK
                raise CallError(str(handshake.failure), handshake.failure.code, retry=retry)
            if handshake.result is not None:
                return handshake.result
            data = sock.recv(65536)
            if data:
                reply = handshake.feed(data)
            else:
                handshake.eof()
                reply = b""
    except TimeoutError:
        raise CallError(f"the server did not answer within {timeout:g} s", ErrorCode.TIMEOUT) from None
    except OSError as error:
        raise CallError(f"the handshake broke off: {error.strerror or error}") from None


def _password_source(
    password: str | Callable[[], str | None] | None,
) -> bytearray | Callable[[], bytearray | None] | None:
    if not callable(password):
        return None if password is None else password_key(password)

    def ask() -> bytearray | None:
        answer = password()
        return None if answer is None else password_key(answer)

    return ask


def _anyone(identity: bytes | None) -> None:
    """Accept whatever identity the server shows."""
