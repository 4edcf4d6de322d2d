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


@pytest.mark.skipif(GROFF is None, reason="there is no groff")
@pytest.mark.parametrize("page", ["asciichat", "server", "client", "mirror", "demo"])
def test_groff_reads_a_page_without_a_word_of_complaint(run, page):
    source = run("man", page).stdout
    result = subprocess.run(
        [GROFF, "-man", "-Tutf8", "-ww", "-P-cbou"], input=source, capture_output=True, text=True, check=True
    )
    assert result.stderr == ""
    assert "SYNOPSIS" in result.stdout
