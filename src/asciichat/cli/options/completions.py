"""``asciichat completions``: what a shell needs to complete our options."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

Shell: TypeAlias = Literal["bash", "zsh", "fish", "powershell"]
Program: TypeAlias = Literal["asciichat", "asciichat-client", "asciichat-server"]

_ADDED: Final = {
    # Names of files are quoted, and directories end in a slash.
    "bash": "complete -o filenames -F _{function} {program}\n",
    # It works from a file of any name in $fpath, which zsh runs instead of the function it defines, and when it is sourced.
    "zsh": """\
compdef _cyclopts_{program} {program}
if [[ $funcstack[1] == _*{program} ]]; then
  _cyclopts_{program} "$@"
fi
""",
    # Files are offered for options that take one, and for keys.
    "fish": """\
complete -c {program} -f
complete -c {program} -n '__fish_seen_subcommand_from new show' -F
""",
}
"""What the scripts of cyclopts lack."""


def completions(shell: Shell, program: Program = "asciichat", /) -> int:
    """Complete commands and options in your shell.

    Parameters
    ----------
    shell
        bash: put it into ~/.local/share/bash-completion/completions/asciichat. zsh: into a file called _asciichat in a
        directory of $fpath. fish: into ~/.config/fish/completions/asciichat.fish. powershell: load it from $PROFILE.
    program
        The program it is for; files are called after it.
    """
    print(script(shell, program))
    return 0


def script(shell: Shell, program: Program) -> str:
    """What a shell is to read."""
    from .tree import tree

    text = tree(program).generate_completion(prog_name=program, shell=shell)
    if shell == "fish" and program != "asciichat":
        # It has no commands, so an option may stand behind an argument.
        text = text.replace(" -n __fish_use_subcommand", "")
    added = _ADDED.get(shell, "").format(program=program, function=program.replace("-", "_"))
    return f"{text.rstrip()}\n\n{added}".rstrip()
