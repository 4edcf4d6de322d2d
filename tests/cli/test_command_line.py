"""Help, version, and mistakes on the command line."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

import asciichat
from asciichat.cli.commands import COMMANDS, CONFIGURABLE
from asciichat.cli.options.registry import options_of
from program import PROGRAM


@pytest.mark.parametrize("flag", ["--version", "-v"])
def test_the_version_is_told(run, flag):
    result = run(flag)
    assert result.stdout == f"asciichat {asciichat.__version__}\n"
    assert result.returncode == 0


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_names_every_command_and_what_to_try_first(run, arguments):
    result = run(*arguments)
    assert result.returncode == 0
    for name, command in COMMANDS.items():
        assert f"  {name} " in result.stdout
        assert command.summary in result.stdout
    assert "asciichat demo" in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run, command):
    result = run(command, "--help")
    assert result.returncode == 0
    assert f"Usage: asciichat {command}" in result.stdout
    assert COMMANDS[command].summary in result.stdout
    assert "--log-level" in result.stdout or command not in CONFIGURABLE


def imported_by(arguments: str) -> set[str]:
    """The top-level modules a command line imports."""
    script = (
        "import contextlib, io, sys\n"
        "from asciichat.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        f"    main({arguments.split()!r})\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


@pytest.mark.parametrize("arguments", ["--version", "--help"])
def test_the_first_words_come_quickly_because_next_to_nothing_is_imported(arguments):
    assert not imported_by(arguments) & {"cyclopts", "rich", "numpy", "av", "cryptography", "nacl", "logging"}


MEDIA_AND_CRYPTOGRAPHY = {"numpy", "av", "cryptography", "nacl", "zstandard", "zxcvbn"}


@pytest.mark.parametrize("command", [*COMMANDS, "key new", "key show"])
def test_the_help_of_a_command_imports_no_media_no_cryptography_and_nothing_that_draws(command):
    drawing = {"rich", "docstring_parser"} if command != "key" else set()
    assert not imported_by(f"{command} --help") & (MEDIA_AND_CRYPTOGRAPHY | drawing)


@pytest.mark.parametrize(
    "arguments",
    [
        "client --show-capabilities",
        "client --port 0",
        "mirror -D 3",
        "--config-create /dev/null",
        "man client",
    ],
)
def test_what_makes_no_call_imports_no_media_and_no_cryptography(arguments):
    assert not imported_by(arguments) & MEDIA_AND_CRYPTOGRAPHY


def test_a_call_without_a_password_reads_no_lists_of_them():
    assert "zxcvbn" not in imported_by("client 127.0.0.1:1 --test-pattern --no-audio --snapshot")


def processor_seconds(*command: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_the_help_of_a_command_takes_little_more_than_what_reads_command_lines_does_by_itself():
    least = processor_seconds(sys.executable, "-c", "from cyclopts import App, Parameter")
    helped = processor_seconds(*PROGRAM, "client", "--help")
    for _ in range(4):
        least = min(least, processor_seconds(sys.executable, "-c", "from cyclopts import App, Parameter"))
        helped = min(helped, processor_seconds(*PROGRAM, "client", "--help"))
    assert helped < 2.5 * least


@pytest.mark.parametrize(
    "command", ["server", "client", "mirror", "demo", "key new", "key show", "completions", "man"]
)
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_help_fits_the_terminal_and_tells_of_every_option(run, command, columns):
    lines = run(*command.split(), "--help", COLUMNS=str(columns)).stdout.splitlines()
    # The usage is one line, and neither a name nor an address is broken.
    assert all(len(line) <= min(columns, 100) or len(line.split()) <= 2 for line in lines[1:])
    text = " ".join(" ".join(lines).split())
    for option in options_of(command):
        assert option.help
        assert option.meaning in text
        assert all(name in text for name in option.names)


@pytest.mark.parametrize(
    "words", [["--help", "client"], ["client", "server.example", "-h"], ["client", "--fps", "0", "-h"]]
)
def test_help_may_be_asked_for_anywhere(run, words):
    result = run(*words)
    assert result.stdout.startswith("Usage: asciichat client [OPTIONS] [SERVER]\n")
    assert result.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["sever"], 'Unknown command "sever". Did you mean "server"?'),
        (["client", "--widht", "80"], "Unknown option: --widht. Did you mean --width?"),
        (["mirror", "--snapsot"], "Did you mean --snapshot?"),
        (["client", "--width", "19"], "--width. Must be >= 20"),
        (["client", "--width", "1025"], "--width. Must be <= 1024"),
        (["client", "--height", "9"], "--height. Must be >= 10"),
        (["client", "--fps", "145"], "--fps. Must be <= 144"),
        (["client", "--port", "0"], "--port. Must be >= 1"),
        (["client", "--port", "lots"], 'unable to convert "lots" into int'),
        (["client", "--color-mode", "13"], 'Choose from: "auto", "none"'),
        (["client", "--snapshot", "-D", "3601"], "-D. Must be <= 3600"),
        (["client", "-D", "3"], "--snapshot-delay needs --snapshot"),
        (["client", "--loop"], "--loop needs a --file"),
        (["client", "-f", "x.mp4", "--test-pattern"], "contradict each other"),
        (["client", "-P", "custom"], "--palette-chars"),
        (["client", "--color", "false", "--color-mode", "256"], "contradict each other"),
        (["client", "--no-encrypt", "--password", "password"], "--no-encrypt excludes"),
        (["client", "host:99999"], "a port is 1 to 65535"),
        (["client", "--reconnect-attempts", "100"], "Must be <= 99"),
        (["server", "--max-clients", "33"], "Must be <= 32"),
        (["server", "--max-clients", "0"], "Must be >= 1"),
        (["server", "--password", "short"], "8 to 256"),
        (["server", "--no-encrypt", "--password", "long enough"], "without encryption"),
        (["server", "--no-auth", "--password", "long enough"], "--no-auth excludes"),
        (["client", "--no-auth", "--server-key", "00" * 32], "--no-auth excludes"),
        (["client", "--no-encrypt", "--no-auth"], "--no-encrypt excludes"),
        (["client", "--no-encrypt", "--require-server-identity"], "--no-encrypt excludes"),
        (["server", "--log-level", "loud"], "Choose from"),
    ],
)
def test_a_mistake_is_told_in_a_sentence_and_ends_with_2(run, arguments, sentence):
    result = run(*arguments)
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert result.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "sentence", "code"),
    [
        (["mirror"], "There is no camera", 20),
        (["mirror", "-c", "7"], "There is no camera", 20),
        (["client", "-c", "7"], "There is no camera", 20),
        (["mirror", "-f", "/absent.mp4"], "There is no file /absent.mp4.", 27),
        (["mirror", "-f", "/"], "/ is a directory", 27),
        (["client", "127.0.0.1:1", "--test-pattern"], "is a server running there?", 42),
        (["client", "nowhere.invalid", "--test-pattern"], "There is no host called 'nowhere.invalid'.", 40),
        (["client", "a", "b", "c"], "There is nothing to be done with: b, c.", 2),
        (
            ["mirror", "-u", "http://nowhere.invalid/x.mp4"],
            "no host called nowhere.invalid, or no network.",
            27,
        ),
        (["server", "192.0.2.1"], "Cannot listen on 192.0.2.1", 41),
        (["server", "192.0.2.1"], "This computer has no such address.", 41),
        (["server", "--password", "short"], "The password is too short: it takes 8 to 256 bytes.", 2),
        (["server", "--key", "/absent"], "The key /absent cannot be read", 61),
        (["client", "--key", "/absent", "--test-pattern"], "The key /absent cannot be read", 61),
        (["client", "--server-key", "nonsense", "--test-pattern"], "No Ed25519 public key", 61),
        (["client", "--server-key", "ssh-rsa AAAA", "--test-pattern"], "Make an Ed25519 key", 61),
        (["client", "--server-key", "", "--test-pattern"], "no usable key", 61),
        (["server", "--client-keys", "github:../x"], "no name of a user", 61),
        (["server", "--client-keys", ","], "no usable key", 61),
        (["server", "--key", "gpg:no"], "names no GPG key", 61),
        (["mirror", "--test-pattern", "-L", "/proc/no/log"], "Cannot write the log file", 6),
    ],
)
def test_what_goes_wrong_is_told_in_a_sentence_with_the_native_exit_code(run, arguments, sentence, code):
    result = run(*arguments)
    *_, last = (line for line in result.stderr.splitlines() if not line.startswith("Try: "))
    assert sentence in last
    assert last.endswith((".", "?"))
    assert "Traceback" not in result.stderr
    assert result.returncode == code


@pytest.mark.parametrize("name", ["client", "server"])
def test_the_short_programs_are_their_commands(name):
    script = f"import sys; from asciichat.cli import {name}_main; sys.exit({name}_main(['--help']))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert f"Usage: asciichat-{name}" in result.stdout
    assert COMMANDS[name].summary in result.stdout


def test_an_option_may_stand_in_the_environment(run):
    result = run("client", ASCII_CHAT_WIDTH="5")
    assert result.returncode == 2
    assert "ASCII_CHAT_WIDTH" in result.stderr or "--width" in result.stderr


def test_the_library_comes_quickly_because_next_to_nothing_is_imported():
    script = "import sys, asciichat; print(*{name.partition('.')[0] for name in sys.modules})"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    heavy = {"cyclopts", "rich", "numpy", "av", "cryptography", "nacl", "prometheus_client", "logging"}
    assert not set(result.stdout.split()) & heavy
