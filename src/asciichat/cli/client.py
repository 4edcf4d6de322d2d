"""``asciichat client``: join a call."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from asciichat.cli.options.config_create import create_config
from asciichat.cli.options.proof import ProofOptions
from asciichat.cli.options.shared import (
    DEFAULT_PORT,
    DEFAULT_SNAPSHOT_DELAY,
    Audio,
    ConfigCreate,
    ConfigPath,
    FontOptions,
    ListDevices,
    PictureOptions,
    Port,
    QuieterLogOptions,
    RecordFile,
    ShowCapabilities,
    Snapshot,
    SnapshotDelay,
    SoundOptions,
    SourceOptions,
    VideoCodec,
    check_record_file,
)

from .capabilities import print_capabilities
from .device_lists import print_sound_devices, print_webcams
from .exits import USAGE, CommandError, failures

if TYPE_CHECKING:
    from asciichat.crypto.ticket import Ticket

_NO_STRETCH = "--stretch has no effect in a call: the server keeps the shape of pictures."


def client(
    server: str | None = None,
    *,
    port: Port | None = None,
    scan: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    scan_seconds: Annotated[float, Parameter(validator=Number(gte=1, lte=60))] = 3.0,
    snapshot: Snapshot = False,
    snapshot_delay: SnapshotDelay = None,
    reconnect_attempts: Annotated[int, Parameter(validator=Number(gte=-1, lte=99))] = -1,
    audio: Audio = True,
    render_file: RecordFile = None,
    plain: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    name: Annotated[str | None, Parameter(name="--name")] = None,
    proof: ProofOptions = ProofOptions(),  # noqa: B008 - frozen
    video_codec: VideoCodec = "auto",
    list_webcams: ListDevices = False,
    list_microphones: ListDevices = False,
    list_speakers: ListDevices = False,
    show_capabilities: ShowCapabilities = False,
    source: SourceOptions = SourceOptions(),  # noqa: B008 - frozen
    sound: SoundOptions = SoundOptions(),  # noqa: B008 - frozen
    picture: PictureOptions = PictureOptions(),  # noqa: B008 - frozen
    fonts: FontOptions = FontOptions(),  # noqa: B008 - frozen
    log: QuieterLogOptions = QuieterLogOptions(),  # noqa: B008 - frozen
    config: ConfigPath = None,  # noqa: ARG001 - read by config_file, before the command runs
    config_create: ConfigCreate = None,
) -> int:
    """Join a call.

    Parameters
    ----------
    server
        HOST, HOST:PORT or a ticket, asciichat://..., as the server prints it; this computer, unless given.
    port
        The server's port, if it is not written behind its name.
    scan
        Find the servers that are announced on the local network, and choose one; into a pipe: print them, and leave.
    scan_seconds
        How long to look for them, in seconds.
    snapshot
        Print one picture and leave.
    snapshot_delay
        Seconds before the snapshot is taken (3); 0 takes the first picture.
    reconnect_attempts
        How often to call again when the call breaks off; -1: for ever.
    audio
        Send and play sound.
    render_file
        Record the call into this file: a film with its sound (.mp4, .webm), a film without (.gif), or an asciicast
        (.cast), which asciinema plays.
    plain
        Tell the call in lines instead of drawing it: who comes, leaves, speaks and writes. For screen readers; a
        terminal that cannot move its cursor gets it anyway.
    name
        What the others see you called; your user name, unless given.
    video_codec
        How your picture is sent: as it is (raw), encoded (hevc), or what suits the line (auto).
    list_webcams
        Print the cameras there are, and leave.
    list_microphones
        Print the microphones there are, and leave.
    list_speakers
        Print the loudspeakers there are, and leave.
    show_capabilities
        Print what this terminal can show and how that was found out, and leave.
    config
        The configuration file to read instead of your own; /dev/null: none.
    config_create
        Write a configuration file in which every option stands as a comment, your own or the one named here, and leave.
    """
    if config_create is not None:
        return create_config(config_create)
    if show_capabilities:
        return print_capabilities()
    if list_webcams:
        return print_webcams()
    if list_microphones or list_speakers:
        return print_sound_devices("input" if list_microphones else "output")
    if snapshot_delay is not None and not snapshot:
        raise CommandError("--snapshot-delay needs --snapshot.", USAGE)
    if plain and snapshot:
        raise CommandError("--plain and --snapshot exclude each other.", USAGE)
    if scan and server is not None:
        raise CommandError(f"--scan looks for servers, so it goes without the name of one: {server}.", USAGE)
    check_record_file(render_file, played=source.file, snapshot=snapshot or plain)
    proof.check()
    destination = _destination(server, port, scan_seconds if scan else None)
    if destination is None:
        return 0
    if destination.key is not None:
        proof.check_beside_ticket()
    from asciichat.cli.recording.call_recording import Recordings
    from asciichat.cli.recording.snapshot import picture_after
    from asciichat.cli.screen.opening import open_on_screen
    from asciichat.cli.screen.plain import PlainSession
    from asciichat.cli.screen.seats import own_name
    from asciichat.cli.screen.session import Session
    from asciichat.client import connect
    from asciichat.media.film_forms import has_sound
    from asciichat.media.tape import Tape

    from .dialler import Dialler
    from .display import CANNOT_DRAW, cannot_draw, choose_display
    from .listener import Listener
    from .logs import set_up_logging
    from .origin import STANDARD_INPUT, open_origin, open_speaker
    from .places import host_and_port
    from .uplink import SOUND_AHEAD, Uplink

    display = choose_display(picture, snapshot=snapshot)
    if not snapshot and not plain and (plain := cannot_draw(display)):
        if render_file is not None:
            raise CommandError(f"{CANNOT_DRAW}: there are no pictures to record.", USAGE)
        print(f"{CANNOT_DRAW}: the call is told in lines.", file=sys.stderr)
    set_up_logging(log, console=plain or not display.interactive)
    with failures(), ExitStack() as opened:
        speaking = audio and not snapshot
        speaker, deaf = open_speaker(sound.speakers_index, sound.speakers_volume) if speaking else (None, ())
        # A film of the call has its sound, also where nobody hears it.
        tape = (
            Tape() if speaking and render_file is not None and has_sound(render_file.suffix.lower()) else None
        )
        listener = None
        if speaker is not None:
            opened.callback(speaker.close)
            speaker.tape = tape
        elif tape is not None:
            listener = Listener(tape)
            opened.callback(listener.close)
        opens = partial(
            open_origin,
            source,
            sound=sound if speaking else None,
            speaker=speaker,
            sound_ahead=SOUND_AHEAD,
            camera_needed=False,
        )
        # A camera may take a second, an address several.
        origin = opens() if source.test_pattern else open_on_screen("Opening what you show…", display, opens)
        opened.callback(origin.close)
        notes = (*dict.fromkeys((*deaf, *origin.notes)), *((_NO_STRETCH,) if picture.stretch else ()))
        for note in notes:
            print(note, file=sys.stderr)
        host, number = destination.host, destination.port or DEFAULT_PORT
        connects = partial(
            connect,
            host,
            number,
            fps=1 if plain else picture.fps,
            name=own_name(name),
            video=origin.video is not None,
            audio=origin.audio is not None or speaker is not None or tape is not None,
            video_codec=video_codec,
        )
        dial = Dialler(destination, number, proof, connects)
        uplink = Uplink(origin.video, origin.audio)
        uplink.tape = tape
        place = host_and_port(host, number)
        if plain:
            typed = source.file != STANDARD_INPUT
            told = PlainSession(dial, uplink, speaker=speaker, place=place, typed=typed)
            return told.run(reconnect_attempts)
        session = Session(
            dial,
            display,
            uplink,
            video=origin.video,
            file=origin.file,
            speaker=speaker,
            listener=listener,
            push_to_talk=sound.push_to_talk,
            place=place,
        )
        dial.aside = session.aside
        if snapshot:
            delay = DEFAULT_SNAPSHOT_DELAY if snapshot_delay is None else snapshot_delay
            return session.run_snapshot(partial(picture_after, delay))
        return session.run(reconnect_attempts, notes, recordings=Recordings(render_file, fonts, tape))


def _destination(server: str | None, port: int | None, scan_seconds: float | None) -> Ticket | None:
    """Where to call, as it is named or, if they are looked for, as one is chosen; None: nobody is called."""
    if scan_seconds is not None:
        from .scan import choose_server

        with failures():
            return choose_server(scan_seconds)
    from .places import parse_destination

    return parse_destination("localhost" if server is None else server, port)
