"""Options from ``config.toml``: defaults < file < environment < command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def configure(tmp_path: Path):
    """Write the user's configuration file."""

    def configure(text: str) -> Path:
        file = tmp_path / "config" / "ascii-chat" / "config.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return configure


def lines_of_a_picture(run, *arguments: object, **environ: str) -> list[str]:
    result = run("mirror", "--test-pattern", "--snapshot", "-D", "0", *arguments, **environ)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


def test_the_file_goes_before_defaults_the_environment_before_it_the_command_line_before_all(run, configure):
    configure("height = 11\nstretch = true\n")
    assert len(lines_of_a_picture(run)) == 11
    assert len(lines_of_a_picture(run, ASCII_CHAT_HEIGHT="12")) == 12
    assert len(lines_of_a_picture(run, "--height", 13, ASCII_CHAT_HEIGHT="12")) == 13
    assert len(lines_of_a_picture(run, "--config", "/dev/null", ASCII_CHAT_STRETCH="true")) == 24


def test_a_command_s_own_section_goes_before_what_is_for_all_and_headings_are_for_all(run, configure):
    configure("[picture]\nheight = 11\nstretch = true\n[mirror]\nheight = 14\n[client]\nheight = 15\n")
    assert len(lines_of_a_picture(run)) == 14


def test_a_file_named_on_the_command_line_takes_the_place_of_the_user_s_own(run, configure, tmp_path):
    configure("height = 11\n")
    other = tmp_path / "other.toml"
    other.write_text("height = 16\nstretch = true\n")
    assert len(lines_of_a_picture(run, "--config", other)) == 16
    assert len(lines_of_a_picture(run, ASCII_CHAT_CONFIG=str(other))) == 16


def test_a_file_of_the_whole_system_counts_when_there_is_none_of_the_user(run, tmp_path):
    file = tmp_path / "system" / "ascii-chat" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("height = 17\nstretch = true\n")
    assert len(lines_of_a_picture(run, XDG_CONFIG_DIRS=f"/absent:{tmp_path / 'system'}")) == 17


def test_an_option_another_command_has_is_passed_over_also_when_a_command_bears_its_name(run, configure):
    configure('max_clients = 3\nkey = "/absent"\nheight = 11\nstretch = true\n')
    assert len(lines_of_a_picture(run)) == 11
    result = run("client", "--test-pattern")
    assert "The key /absent cannot be read" in result.stderr
    assert result.returncode == 61


def test_switches_are_true_and_false_and_names_are_spelt_with_either_line(run, configure):
    configure('[client]\nserver = "127.0.0.1:1"\ntest-pattern = true\naudio = false\nrender_mode = "fg"\n')
    assert run("client").returncode == 42  # nobody listens there


def test_the_short_programs_read_it_too(home, configure):
    configure('[client]\nserver = "127.0.0.1:1"\ntest_pattern = true\n')
    script = "import sys; from asciichat.cli import client_main; sys.exit(client_main())"
    assert subprocess.run([sys.executable, "-c", script], env=home, timeout=60).returncode == 42


@pytest.mark.parametrize(
    ("text", "sentence", "code"),
    [
        ("widht = 80", "there is no option widht. Did you mean width?", 4),
        ("[mirror]\nmax_clients = 3", "there is no option [mirror] max_clients.", 4),
        ("[picture]\nrender_mod = 'fg'", "there is no option render_mod. Did you mean render_mode?", 4),
        ("[miror]\nwidth = 80", "[miror] is no command. Did you mean [mirror]?", 4),
        (
            "[server]\nmax_clients = 3\n[client]\nadresses = 3\n[demo]\nfps = 1\n[mirror]\nfp = 3",
            "mirror] fp",
            4,
        ),
        ("config = 'x'", "there is no option config.", 4),
        ("width = ", "is no TOML: Invalid value (at end of document).", 4),
        ("width = 5", "Must be >= 20", 2),
        ("width = 'wide'", 'unable to convert "wide" into int', 2),
        ("[picture.size]\nwidth = 5", "there is no option size.", 4),
        pytest.param("a = " + "[" * 2000, "nested too deeply", 4, id="nested"),
        pytest.param("#" * 300_000, "is larger than", 4, id="large"),
        pytest.param('"\\u001b]0;x\\u0007" = 1', "there is no option ?]0;x?.", 4, id="steers"),
    ],
)
def test_a_mistake_in_the_file_is_told_in_a_sentence_that_names_the_file(
    run, configure, text, sentence, code
):
    file = configure(text)
    result = run("mirror", "--test-pattern", "--snapshot")
    assert sentence in result.stderr
    assert str(file) in result.stderr
    assert "Traceback" not in result.stderr
    assert result.returncode == code


def test_a_file_that_cannot_be_read_is_told_of(run, tmp_path):
    result = run("mirror", "--config", tmp_path / "absent.toml")
    assert f"The configuration {tmp_path}/absent.toml cannot be read: no such file" in result.stderr
    assert result.returncode == 4
    assert "is a directory" in run("mirror", "--config", tmp_path).stderr


def test_mistakes_in_the_file_do_not_keep_help_and_version_back(run, configure):
    configure("widht = 80")
    assert run("mirror", "--help").returncode == 0
    assert run("mirror", "--version").returncode == 0
