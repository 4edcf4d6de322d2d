"""The options that several commands share.

Names, short forms, ranges and defaults are those of the native program.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from asciichat.cli.exits import USAGE, CommandError

_PICTURE = Group("Picture")
_SOURCE = Group("Source")
_SOUND = Group("Sound")
_SECURITY = Group("Security")
_LOGGING = Group("Logging")
_CONFIGURATION = Group("Configuration")
_RENDER = Group("Rendering")

ColorMode: TypeAlias = Literal["auto", "none", "mono", "16", "256", "truecolor", "24bit"]
RenderMode: TypeAlias = Literal[
    "foreground",
    "fg",
    "background",
    "bg",
    "half-block",
    "quadrant",
    "sextant",
    "octant",
    "braille",
    "edge",
]
Palette: TypeAlias = Literal["standard", "blocks", "digital", "minimal", "cool", "custom"]
ColorFilter: TypeAlias = Literal[
    "none",
    "black",
    "white",
    "green",
    "magenta",
    "fuchsia",
    "orange",
    "teal",
    "cyan",
    "pink",
    "red",
    "yellow",
    "rainbow",
]
LogLevel: TypeAlias = Literal["dev", "debug", "info", "warn", "error", "fatal"]
Switch: TypeAlias = Literal["auto", "true", "false"]
Theme: TypeAlias = Literal["dark", "light"]
SoundSource: TypeAlias = Literal["auto", "mic", "media", "both"]

Matrix: TypeAlias = Annotated[bool, Parameter(group=_PICTURE, negative=(), show_default=False)]

DEFAULT_PORT: Final = 27224

Port: TypeAlias = Annotated[int, Parameter(name=["--port", "-p"], validator=Number(gte=1, lte=65535))]
"""A TCP port."""
Encrypt: TypeAlias = Annotated[
    bool, Parameter(name=["--encrypt", "-E"], negative="--no-encrypt", group=_SECURITY)
]
Password: TypeAlias = Annotated[str | None, Parameter(name="--password", group=_SECURITY)]
Key: TypeAlias = Annotated[str | None, Parameter(name=["--key", "-K"], group=_SECURITY)]
NoAuth: TypeAlias = Annotated[
    bool, Parameter(name="--no-auth", group=_SECURITY, negative=(), show_default=False)
]
RequireServerIdentity: TypeAlias = Annotated[
    bool, Parameter(name="--require-server-identity", group=_SECURITY, negative=(), show_default=False)
]
ServerKey: TypeAlias = Annotated[str | None, Parameter(name="--server-key", group=_SECURITY)]
ClientKeys: TypeAlias = Annotated[str | None, Parameter(name="--client-keys", group=_SECURITY)]
ConfigPath: TypeAlias = Annotated[Path | None, Parameter(name="--config", group=_CONFIGURATION)]
ConfigCreate: TypeAlias = Annotated[Path | None, Parameter(name="--config-create", group=_CONFIGURATION)]
"""Where; on the command line it may be left out."""
VideoCodec: TypeAlias = Annotated[Literal["auto", "raw", "hevc"], Parameter(group=_SOURCE)]
ListDevices: TypeAlias = Annotated[bool, Parameter(negative=(), show_default=False)]
Audio: TypeAlias = Annotated[bool, Parameter(name=["--audio", "-A"], negative="--no-audio")]
Snapshot: TypeAlias = Annotated[bool, Parameter(name=["--snapshot", "-S"], negative=(), show_default=False)]
ShowCapabilities: TypeAlias = Annotated[
    bool, Parameter(name="--show-capabilities", negative=(), show_default=False)
]
SnapshotDelay: TypeAlias = Annotated[
    float | None, Parameter(name=["--snapshot-delay", "-D"], validator=Number(gte=0, lte=3600))
]
RecordFile: TypeAlias = Annotated[Path | None, Parameter(name="--render-file", group=_RENDER)]
RECORDINGS: Final = (".mp4", ".webm", ".gif", ".cast")
"""How names of recordings and films end."""
DEFAULT_SNAPSHOT_DELAY: Final = 3.0


@Parameter(name="*")
@dataclass(frozen=True)
class PictureOptions:
    """How pictures are drawn.

    Parameters
    ----------
    width
        Columns; those of the terminal unless given.
    height
        Rows; those of the terminal unless given.
    color_mode
        How many colours; what the terminal can show unless given.
    color
        false: no colours at all; true: colours even into a pipe.
    utf8
        Whether the terminal shows UTF-8; found out unless given.
    render_mode
        Coloured characters, characters on coloured ground, blocks of two (half-block), four, six or eight (octant)
        pixels, dots, or characters that follow edges.
    palette
        The characters, from dark to bright.
    palette_chars
        Characters of your own, from dark to bright.
    stretch
        Fill the screen and forget the shape of the picture.
    fps
        Pictures per second at most.
    """

    width: Annotated[
        int | None, Parameter(name=["--width", "-x"], group=_PICTURE, validator=Number(gte=20, lte=1024))
    ] = None
    height: Annotated[
        int | None, Parameter(name=["--height", "-y"], group=_PICTURE, validator=Number(gte=10, lte=1024))
    ] = None
    color_mode: Annotated[ColorMode, Parameter(group=_PICTURE)] = "auto"
    color: Annotated[Switch, Parameter(group=_PICTURE)] = "auto"
    utf8: Annotated[Switch, Parameter(group=_PICTURE)] = "auto"
    render_mode: Annotated[RenderMode, Parameter(name=["--render-mode", "-M"], group=_PICTURE)] = "foreground"
    palette: Annotated[Palette, Parameter(name=["--palette", "-P"], group=_PICTURE)] = "standard"
    palette_chars: Annotated[
        str | None, Parameter(name=["--palette-chars", "-C"], group=_PICTURE, allow_leading_hyphen=True)
    ] = None
    stretch: Annotated[bool, Parameter(group=_PICTURE, negative=(), show_default=False)] = False
    fps: Annotated[int, Parameter(group=_PICTURE, validator=Number(gte=1, lte=144))] = 60


@Parameter(name="*")
@dataclass(frozen=True)
class SourceOptions:
    """Where our own picture and sound come from.

    Parameters
    ----------
    file
        A film, a sound or a picture instead of the camera; - is standard input.
    url
        A film, a sound, a picture or a live stream from the network instead of the camera; pages of web sites need
        yt-dlp.
    yt_dlp_options
        More options for yt-dlp, as in a shell.
    screen
        What is on your screen instead of the camera (X11 and macOS).
    loop
        Begin the file again at its end.
    webcam_index
        Which camera, as --list-webcams numbers them.
    test_pattern
        A generated picture instead of the camera.
    seek
        Where in the file, or at the address, to begin: seconds, MM:SS or HH:MM:SS.
    pause
        Begin paused.
    color_filter
        The picture in shades of one colour.
    flip_x
        Mirror the picture left to right.
    flip_y
        Turn the picture upside down.
    """

    file: Annotated[Path | None, Parameter(name=["--file", "-f"], group=_SOURCE)] = None
    url: Annotated[str | None, Parameter(name=["--url", "-u"], group=_SOURCE)] = None
    yt_dlp_options: Annotated[
        str, Parameter(group=_SOURCE, allow_leading_hyphen=True, show_default=False)
    ] = ""
    screen: Annotated[bool, Parameter(group=_SOURCE, negative=(), show_default=False)] = False
    loop: Annotated[
        bool, Parameter(name=["--loop", "-l"], group=_SOURCE, negative=(), show_default=False)
    ] = False
    seek: Annotated[str, Parameter(name=["--seek", "-s"], group=_SOURCE, show_default=False)] = ""
    pause: Annotated[bool, Parameter(group=_SOURCE, negative=(), show_default=False)] = False
    color_filter: Annotated[ColorFilter, Parameter(group=_SOURCE)] = "none"
    webcam_index: Annotated[
        int | None, Parameter(name=["--webcam-index", "-c"], group=_SOURCE, validator=Number(gte=0, lte=10))
    ] = None
    test_pattern: Annotated[
        bool, Parameter(group=_SOURCE, negative=(), show_default=False, env_var="WEBCAM_DISABLED")
    ] = False
    flip_x: Annotated[bool, Parameter(group=_SOURCE, negative="--no-flip-x", show_default=False)] = False
    flip_y: Annotated[bool, Parameter(group=_SOURCE, negative="--no-flip-y", show_default=False)] = False

    @property
    def played(self) -> str | None:
        """What is played, as the user wrote it; None for a source that is not played: a camera, a screen."""
        return self.url if self.file is None else str(self.file)


@Parameter(name="*")
@dataclass(frozen=True)
class RenderOptions:
    """What is made of a source without a terminal.

    Parameters
    ----------
    render_file
        Show nothing; write a film (.mp4, .webm: with a file's sound; .gif), an asciicast (.cast) or a picture (.png,
        .svg, .txt). On standard output with - in place of the name, as in -.webm; - alone is an asciicast.
    duration
        Seconds of a film or an asciicast; all of the source unless given.
    """

    render_file: Annotated[Path | None, Parameter(group=_RENDER, allow_leading_hyphen=True)] = None
    duration: Annotated[float | None, Parameter(group=_RENDER, validator=Number(gt=0, lte=86_400))] = None


@Parameter(name="*")
@dataclass(frozen=True)
class FontOptions:
    """How text becomes a picture in a file.

    Parameters
    ----------
    render_font_size
        Points of the characters: 12 make cells of 8 x 16 pixels.
    render_font
        A monospaced font's file; one of this computer's unless given.
    render_theme
        The colours behind and of characters that have none.
    """

    render_font_size: Annotated[int, Parameter(group=_RENDER, validator=Number(gte=3, lte=96))] = 12
    render_font: Annotated[Path | None, Parameter(group=_RENDER)] = None
    render_theme: Annotated[Theme, Parameter(group=_RENDER)] = "dark"


@Parameter(name="*")
@dataclass(frozen=True)
class SoundOptions:
    """How we speak and listen.

    Parameters
    ----------
    microphone_index
        Which microphone, as --list-microphones numbers them; -1 is the system's choice.
    speakers_index
        Which loudspeaker, as --list-speakers numbers them; -1 is the system's choice.
    microphone_volume
        How loud others hear the microphone.
    speakers_volume
        How loud you hear the others.
    audio_source
        What others hear: the microphone, the file's sound, both; auto: the file's sound if there is a file.
    voice_processing
        Take echo and noise out of the microphone's sound and even its loudness out, if pywebrtc-audio is installed.
    push_to_talk
        Nobody hears you but while you hold the space bar.
    """

    microphone_index: Annotated[int, Parameter(group=_SOUND, validator=Number(gte=-1, lte=99))] = -1
    speakers_index: Annotated[int, Parameter(group=_SOUND, validator=Number(gte=-1, lte=99))] = -1
    microphone_volume: Annotated[
        float,
        Parameter(name=["--microphone-volume", "--ivolume"], group=_SOUND, validator=Number(gte=0, lte=1)),
    ] = 1.0
    speakers_volume: Annotated[
        float,
        Parameter(name=["--speakers-volume", "--volume"], group=_SOUND, validator=Number(gte=0, lte=1)),
    ] = 1.0
    audio_source: Annotated[SoundSource, Parameter(group=_SOUND)] = "auto"
    voice_processing: Annotated[bool, Parameter(group=_SOUND, negative="--no-voice-processing")] = True
    push_to_talk: Annotated[bool, Parameter(group=_SOUND, negative=(), show_default=False)] = False


@Parameter(name="*")
@dataclass(frozen=True)
class LogOptions:
    """What is told about the running.

    Parameters
    ----------
    log_level
        The least important messages to tell.
    log_file
        Write messages to this file too.
    verbose
        Tell more; may be repeated.
    quiet
        Tell nothing on the terminal.
    json
        Write each message as a line of JSON.
    """

    log_level: Annotated[LogLevel, Parameter(group=_LOGGING)] = "info"
    log_file: Annotated[Path | None, Parameter(name=["--log-file", "-L"], group=_LOGGING)] = None
    verbose: Annotated[
        int, Parameter(name=["--verbose", "-V"], group=_LOGGING, count=True, show_default=False)
    ] = 0
    quiet: Annotated[
        bool, Parameter(name=["--quiet", "-q"], group=_LOGGING, negative=(), show_default=False)
    ] = False
    json: Annotated[bool, Parameter(group=_LOGGING, negative=(), show_default=False)] = False


@Parameter(name="*")
@dataclass(frozen=True)
class QuieterLogOptions(LogOptions):
    """The same, for a command whose terminal is for pictures."""

    __doc__ = LogOptions.__doc__  # the options and their help are read from it

    log_level: Annotated[LogLevel, Parameter(group=_LOGGING)] = "warn"


def is_standard_output(path: Path) -> bool:
    """Whether it stands for standard output: - with or without an ending behind it."""
    return len(path.parts) == 1 and path.stem == "-"


def check_not_played(path: Path, played: Path | None) -> None:
    """Refuse to write over what is played.

    Raises
    ------
    CommandError
        It is the same file.
    """
    if played is not None and path.exists() and played.exists() and path.samefile(played):
        raise CommandError(f"{path} is what is to be played: it would be gone. Give another name.", USAGE)


def check_record_file(path: Path | None, *, played: Path | None, snapshot: bool) -> None:
    """Refuse a recording of a call of a form there is none of.

    Raises
    ------
    CommandError
        It is none, or what is played, or one picture is all there will be, or none.
    """
    if path is None:
        return
    if is_standard_output(path):
        raise CommandError("--render-file needs a name: standard output shows the call.", USAGE)
    if path.suffix.lower() not in RECORDINGS:
        raise CommandError(
            f"{path}: what a recording of a call will be is said by its ending, one of {', '.join(RECORDINGS)}.",
            USAGE,
        )
    check_not_played(path, played)
    if snapshot:
        raise CommandError(
            "--render-file and --snapshot contradict each other: one picture is no recording.", USAGE
        )
