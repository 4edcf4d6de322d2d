"""``--config-create``: a configuration file to begin with."""

from __future__ import annotations

import os
import re
import resource
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

from asciichat.cli.app import build
from asciichat.cli.commands import CONFIGURABLE
from asciichat.cli.options.config_file import NOT_IN_FILES
from asciichat.cli.options.registry import options_of
from program import PROGRAM


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def example(run, tmp_path) -> Path:
    """A file just made."""
    path = tmp_path / "example.toml"
    assert run("--config-create", path).returncode == 0
    return path


@pytest.fixture
def in_effect(example, tmp_path) -> Path:
    """The same with every option in effect."""
    path = tmp_path / "in_effect.toml"
    path.write_text(re.sub(r"^#(?=\w+ = )", "", example.read_text(), flags=re.MULTILINE))
    return path


def loaded(command: str, path: Path) -> dict[str, object]:
    """Everything a command is given that reads this file, by option."""
    _, bound, _ = build("asciichat").parse_args(
        [command, "--config", str(path)], exit_on_error=False, print_error=False
    )
    bound.apply_defaults()
    values: dict[str, object] = {}
    for name, value in bound.arguments.items():
        values |= vars(value) if hasattr(value, "__dataclass_fields__") else {name: value}
    return values


@pytest.mark.parametrize("words", [[], *([command] for command in CONFIGURABLE)], ids=" ".join)
def test_it_goes_to_where_the_user_s_own_is_looked_for_and_is_for_nobody_else(run, tmp_path, words):
    result = run(*words, "--config-create")
    path = tmp_path / "config" / "ascii-chat" / "config.toml"
    assert result.stdout == f"{path} holds every option there is, as a comment.\n"
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)


@pytest.mark.parametrize("joint", [" ", "="])
def test_it_goes_to_where_one_wants_it_and_missing_directories_are_made(run, tmp_path, joint):
    path = tmp_path / "a" / "b" / "mine.toml"
    assert run("client", *f"--config-create{joint}{path}".split()).returncode == 0
    assert (mode(path), mode(tmp_path / "a"), mode(tmp_path / "a" / "b")) == (0o600, 0o700, 0o700)


def test_another_option_behind_it_is_not_taken_for_its_place(run, tmp_path):
    assert run("server", "--config-create", "--json").returncode == 0
    assert (tmp_path / "config" / "ascii-chat" / "config.toml").exists()


@pytest.mark.parametrize("there", ["file", "link"])
def test_what_is_there_is_never_written_over(run, tmp_path, there):
    path = tmp_path / "mine.toml"
    if there == "file":
        path.write_text("fps = 30\n")
    else:
        path.symlink_to(tmp_path / "elsewhere")
    result = run("--config-create", path)
    assert f"{path} is there already, and is not written over." in result.stderr
    assert result.returncode == 4
    assert path.read_text() == "fps = 30\n" if there == "file" else not (tmp_path / "elsewhere").exists()


def test_a_file_of_one_s_own_that_means_nothing_does_not_stand_in_the_way(run, example, tmp_path):
    own = tmp_path / "config" / "ascii-chat" / "config.toml"
    own.parent.mkdir(parents=True)
    own.write_text("no TOML")
    assert run("client", "--config-create", tmp_path / "new.toml").returncode == 0


@pytest.mark.parametrize("place", ["/proc/no/config.toml", "/dev/null/config.toml"])
def test_where_nothing_can_be_written_a_sentence_says_so(run, place):
    result = run("--config-create", place)
    assert f"The configuration {place} cannot be written: " in result.stderr
    assert result.returncode == 4


def test_half_a_file_is_not_left_behind(home, tmp_path):
    path = tmp_path / "example.toml"
    result = subprocess.run(
        [*PROGRAM, "--config-create", path],
        env={**home, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "cannot be written: file too large." in result.stderr
    assert result.returncode == 4
    assert not path.exists()


@pytest.mark.parametrize("command", CONFIGURABLE)
def test_as_it_is_made_it_changes_nothing(command, example):
    assert loaded(command, example) | {"config": None} == loaded(command, Path(os.devnull)) | {"config": None}


@pytest.mark.parametrize("command", CONFIGURABLE)
def test_with_every_option_in_effect_it_is_read_and_holds_the_defaults(command, in_effect):
    given, before = loaded(command, in_effect), loaded(command, Path(os.devnull))
    for option in options_of(command):
        if option.default is not None and option.key not in NOT_IN_FILES:
            assert given[option.key] == before[option.key] == option.default, option.key


def test_every_option_stands_in_it_with_its_help_and_none_but_these(example, in_effect):
    text = " ".join(example.read_text().replace("#", " ").split())
    sections = tomllib.loads(in_effect.read_text())
    everywhere = {key for key, value in sections.items() if not isinstance(value, dict)}
    everywhere |= {
        key
        for name in sections.keys() - set(CONFIGURABLE)
        if name not in everywhere
        for key in sections[name]
    }
    for command in CONFIGURABLE:
        wanted = {option.key for option in options_of(command) if option.names[0].startswith("--")}
        wanted -= NOT_IN_FILES | {"password"}
        assert sections[command].keys() <= wanted
        assert wanted <= sections[command].keys() | everywhere
        for option in options_of(command):
            assert option.key not in wanted or option.meaning in text


def test_nobody_gets_a_password_from_it(example, in_effect):
    assert "password" not in str(tomllib.loads(in_effect.read_text()))
    assert example.read_text().count("# password: ") == 2  # the server's and the client's, with a warning
    assert "chmod 600" in example.read_text()


def test_a_command_runs_with_every_option_in_effect(run, in_effect):
    assert run("client", "--config", in_effect, "--show-capabilities").returncode == 0
    result = run("demo", "--config", in_effect)
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == 24


def test_the_home_directory_may_be_written_as_in_a_shell(run, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('log_file = "~/asciichat.log"\n')
    result = run("mirror", "--test-pattern", "--snapshot", "-D", "0", "--config", file, "-VVV")
    assert result.returncode == 0
    assert (tmp_path / "asciichat.log").exists()
