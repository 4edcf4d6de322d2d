"""Pages of the manual come from the options there are."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

GROFF = shutil.which("groff")


@pytest.mark.parametrize("page", ["server", "client", "mirror", "demo"])
def test_a_page_tells_every_option_of_the_help(run, page):
    told = run("man", page).stdout.replace("\\-", "-")
    options = set(re.findall(r"--[a-z][a-z0-9-]+", run(page, "--help").stdout))
    options -= {"--help", "--version", "--server"}  # the last stands under the arguments
    assert len(options) > 5
    assert options <= set(re.findall(r"--[a-z][a-z0-9-]+", told))


@pytest.mark.parametrize(
    ("arguments", "page"),
    [
        (["client", "127.0.0.1:1", "--test-pattern"], "client"),
        (["mirror", "-f", "/absent.mp4"], "mirror"),
        (["server", "192.0.2.1"], "server"),
        (["demo", "--fps", "0"], "demo"),
    ],
)
def test_a_page_tells_what_the_exit_code_means(run, arguments, page):
    code = run(*arguments).returncode
    told = run("man", page).stdout.replace("\\-", "-").partition(".SH EXIT STATUS")[2]
    codes: set[int] = set()
    for row in re.findall(r"^\.B (.*)", told, re.M):
        for part in row.split(", "):
            first, _, last = part.partition(" to ")
            codes |= set(range(int(first), int(last or first) + 1))
    assert code in codes
    assert code != 0


@pytest.mark.skipif(GROFF is None, reason="there is no groff")
@pytest.mark.parametrize("page", ["asciichat", "server", "client", "mirror", "demo"])
def test_groff_reads_a_page_without_a_word_of_complaint(run, page):
    source = run("man", page).stdout
    result = subprocess.run(
        [GROFF, "-man", "-Tutf8", "-ww", "-P-cbou"], input=source, capture_output=True, text=True, check=True
    )
    assert result.stderr == ""
    assert "SYNOPSIS" in result.stdout
