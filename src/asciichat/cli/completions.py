"""``asciichat completions``: what a shell needs to complete our options."""

from __future__ import annotations

from typing import Literal, TypeAlias

Shell: TypeAlias = Literal["bash", "zsh", "fish", "powershell"]


def completions(shell: Shell, /) -> int:
    """Complete commands and options in your shell.

    Parameters
    ----------
    shell
        bash: put it into ~/.local/share/bash-completion/completions/asciichat. zsh: into a file called _asciichat in a
        directory of $fpath. fish: into ~/.config/fish/completions/asciichat.fish. powershell: load it from $PROFILE.
    """
    from .app import build

    print(build("asciichat").generate_completion(prog_name="asciichat", shell=shell))
    return 0
