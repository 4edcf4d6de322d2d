"""Completions and manual pages come from the options there are."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

BASH = shutil.which("bash")
GROFF = shutil.which("groff")


@pytest.mark.skipif(BASH is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["asciichat", ""], {"server", "client", "mirror", "demo"}),
        (["asciichat", "client", "--rend"], {"--render-mode", "--render-file"}),
        (["asciichat", "server", "--max-c"], {"--max-clients", "--max-connects"}),
        (["asciichat", "mirror", "--render-mode", "half"], {"half-block"}),
    ],
)
def test_bash_completes_commands_options_and_values(run, tmp_path, words, offered):
    script = tmp_path / "completions.bash"
    script.write_text(run("completions", "bash").stdout)
    asked = (
        f"source {script}; COMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}; "
        'eval "$(complete -p asciichat | sed -n "s/.*-F \\([^ ]*\\).*/\\1/p")"; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    result = subprocess.run([BASH, "-c", asked], capture_output=True, text=True, check=True)
    assert offered <= set(result.stdout.split())


@pytest.mark.parametrize(
    ("shell", "word"),
    [("zsh", "#compdef asciichat"), ("fish", "complete -c asciichat"), ("powershell", "Register-")],
)
def test_the_other_shells_get_theirs(run, shell, word):
    script = run("completions", shell).stdout
    assert word in script
    assert "render-mode" in script


def test_a_shell_nobody_knows_is_told_in_a_sentence(run):
    result = run("completions", "tcsh")
    assert "Choose from" in result.stderr
    assert result.returncode == 2


@pytest.mark.parametrize("page", ["server", "client", "mirror", "demo"])
def test_a_page_tells_every_option_of_the_help(run, page):
    told = run("man", page).stdout.replace("\\-", "-")
    options = set(re.findall(r"--[a-z][a-z0-9-]+", run(page, "--help").stdout))
    options -= {"--help", "--version", "--server"}  # the last stands under the arguments
    assert len(options) > 5
    assert options <= set(re.findall(r"--[a-z][a-z0-9-]+", told))


@pytest.mark.skipif(GROFF is None, reason="there is no groff")
@pytest.mark.parametrize("page", ["asciichat", "server", "client", "mirror", "demo"])
def test_groff_reads_a_page_without_a_word_of_complaint(run, page):
    source = run("man", page).stdout
    result = subprocess.run(
        [GROFF, "-man", "-Tutf8", "-ww", "-P-cbou"], input=source, capture_output=True, text=True, check=True
    )
    assert result.stderr == ""
    assert "SYNOPSIS" in result.stdout
