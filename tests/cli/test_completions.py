"""What is completed in the shells themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from asciichat.cli.options.completions import Shell as Shells
from asciichat.cli.options.completions import script
from pseudo_terminal import Terminal

PROGRAMS = ("asciichat", "asciichat-client", "asciichat-server")

# What is typed, what is offered then, and what is not.
LINES = [
    ("asciichat ", {"server", "client", "mirror", "key", "demo", "completions", "man"}, {"here.toml"}),
    ("asciichat cl", {"client"}, {"server"}),
    ("asciichat key ", {"new", "show"}, {"client"}),
    ("asciichat key new ./h", {"here.toml"}, set()),
    ("asciichat completions ", {"bash", "zsh", "fish", "powershell"}, {"here.toml"}),
    ("asciichat man mi", {"mirror"}, {"client"}),
    ("asciichat client --re", {"--render-mode", "--render-file", "--reconnect-attempts"}, {"--port"}),
    ("asciichat client 192.0.2.1 --pal", {"--palette", "--palette-chars"}, {"--render-mode"}),
    ("asciichat client --fps 30 --json --no-", {"--no-audio", "--no-encrypt"}, {"--json"}),
    ("asciichat server --max-c", {"--max-clients", "--max-connects"}, {"--max-pictures"}),
    ("asciichat mirror --render-mode ", {"half-block", "octant", "fg"}, {"here.toml", "--fps"}),
    ("asciichat mirror --render-mode half", {"half-block"}, {"octant"}),
    ("asciichat mirror -M o", {"octant"}, {"braille"}),
    ("asciichat client --config ./h", {"here.toml"}, set()),
    ("asciichat client --config-create ./h", {"here.toml"}, set()),
    ("asciichat demo --log-level ", {"debug", "fatal"}, {"here.toml"}),
    ("asciichat-client --re", {"--render-mode", "--reconnect-attempts"}, {"--max-clients"}),
    ("asciichat-client 192.0.2.1 --pal", {"--palette"}, {"--port"}),
    ("asciichat-server --log-level d", {"debug", "dev"}, {"info"}),
]


@pytest.fixture(scope="module")
def there(tmp_path_factory) -> Path:
    """A home, and the directory in which shells are started."""
    there = tmp_path_factory.mktemp("home")
    (there / "here.toml").touch()
    return there


def write_scripts(shell: Shells, directory: Path, name: str) -> Path:
    """Put what a shell is given for every program into files of these names."""
    for program in PROGRAMS:
        (directory / name.format(program)).write_text(script(shell, program))
    return directory


def need(shell: str) -> str:
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"there is no {shell}")
    return path


class Shell:
    """A shell on a terminal."""

    def __init__(self, command: list[str], there: Path) -> None:
        self.terminal = Terminal(command, 160, 50, answers=[], HOME=str(there))
        self.do(f"cd {there}")

    def do(self, command: str) -> None:
        """Run a command; come back when there is a prompt again."""
        before = len(self.terminal.output)
        # What is waited for is written in two parts, lest the echo of the command be taken for it.
        self.terminal.type(f"{command}; PS1='ready''> '; clear; printf 'do%s\\n' ne\n".encode())
        self.terminal.wait_for(b"done\r\n", after=before)
        self.terminal.wait_for(b"ready> ", after=self.terminal.output.rindex(b"done\r\n"))

    def offered(self, line: str, wanted: set[str], key: bytes) -> set[str]:
        """The words a line is continued with when a key is pressed, once the wanted ones stand there."""
        self.terminal.type(line.encode())
        self.terminal.wait_for_screen(lambda rows: f"ready> {line}".rstrip() in rows)
        self.terminal.type(key)

        def words(rows: list[str]) -> set[str]:
            said = [row for row in rows if row and row != "done"]
            # A word that is the only one may have been put into the line itself.
            listed = [row for row in said if not row.startswith("ready> ")] or [said[-1].split()[-1]]
            return {word.removeprefix("./") for row in listed for word in row.split()}

        return words(self.terminal.wait_for_screen(lambda rows: wanted <= words(rows)))

    def forget(self) -> None:
        """Take back what stands in the line, and clear the screen."""
        self.terminal.type(b"\x15")
        self.do(":")


LIST = b"\x04"  # Ctrl-D in the middle of a line: zsh lists what it would continue it with


@pytest.fixture(scope="module")
def zsh(there, tmp_path_factory) -> Iterator[Shell]:
    """zsh with its completion system, and our files in a directory of its path."""
    shell = Shell([need("zsh"), "-f", "-i"], there)
    directory = write_scripts("zsh", tmp_path_factory.mktemp("zsh"), "_{}")
    shell.do(f"fpath=({directory} $fpath); autoload -Uz compinit; compinit -u -D")
    yield shell
    shell.terminal.close()


@pytest.mark.parametrize(("line", "offered", "not_offered"), LINES)
def test_zsh_completes(zsh, line, offered, not_offered):
    words = zsh.offered(line, offered, LIST)
    zsh.forget()
    assert not words & not_offered


def test_zsh_completes_from_what_it_sources(there, tmp_path):
    shell = Shell([need("zsh"), "-f", "-i"], there)
    try:
        directory = write_scripts("zsh", tmp_path, "{}.zsh")
        shell.do(f"autoload -Uz compinit; compinit -u -D; source {directory}/asciichat.zsh")
        shell.offered("asciichat client --re", {"--render-mode", "--render-file"}, LIST)
    finally:
        shell.terminal.close()


@pytest.fixture(scope="module")
def fish_scripts(tmp_path_factory) -> Path:
    """Where fish finds what it is to source."""
    return write_scripts("fish", tmp_path_factory.mktemp("fish"), "{}.fish")


@pytest.mark.parametrize(("line", "offered", "not_offered"), LINES)
def test_fish_completes(there, fish_scripts, line, offered, not_offered):
    sourced = "; ".join(f"source {fish_scripts}/{program}.fish" for program in PROGRAMS)
    result = subprocess.run(
        [need("fish"), "--no-config", "--command", f"{sourced}; complete --do-complete '{line}'"],
        env={"HOME": str(there), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        cwd=there,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.stderr == ""
    words = {row.partition("\t")[0].removeprefix("./") for row in result.stdout.splitlines()}
    assert offered <= words
    assert not words & not_offered


@pytest.fixture(scope="module")
def bash(there, tmp_path_factory) -> Iterator[Shell]:
    """bash, which has sourced ours, and lists at once what can follow."""
    shell = Shell([need("bash"), "--norc", "--noprofile", "-i"], there)
    directory = write_scripts("bash", tmp_path_factory.mktemp("bash"), "{}")
    shell.do(
        "bind 'set show-all-if-ambiguous on'; bind 'set completion-query-items 0'; bind 'set page-completions off'"
    )
    for program in PROGRAMS:
        shell.do(f"source {directory}/{program}")
    yield shell
    shell.terminal.close()


@pytest.mark.parametrize(("line", "offered", "not_offered"), LINES)
def test_bash_completes(bash, line, offered, not_offered):
    words = bash.offered(line, offered, b"\t")
    bash.forget()
    assert not words & not_offered


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_the_command_prints_what_was_tried_here(run, shell, program):
    words = (shell,) if program == "asciichat" else (shell, program)
    assert run("completions", *words).stdout == f"{script(shell, program)}\n"


def test_powershell_gets_a_script_for_every_option(run):
    # There is no PowerShell to try it in.
    script = run("completions", "powershell").stdout
    assert "Register-ArgumentCompleter" in script
    assert "'--render-mode'" in script


def test_a_shell_nobody_knows_is_told_in_a_sentence(run):
    result = run("completions", "tcsh")
    assert "Choose from" in result.stderr
    assert result.returncode == 2
