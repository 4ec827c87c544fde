"""How does a shell come to complete what is typed after `rem`?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.completing import words

SHELLS = ("bash", "zsh", "fish")


def run(
    context: typer.Context,
    *,
    shell: Annotated[str, typer.Argument(metavar="SHELL", hidden=True, autocompletion=words(*SHELLS))],
    install: Annotated[
        bool, typer.Option("--install", help="Write it where the shell reads it when it starts.")
    ] = False,
) -> int:
    """Let the shell complete commands, options and values.

    SHELL is bash, zsh or fish. Without --install the script is printed, to be read by
    the shell itself or kept where a distribution keeps such files.

    \b
    Examples:
      rem completion bash --install
      eval "$(rem completion bash)"
      rem completion fish > ~/.config/fish/completions/rem.fish
    """
    from typer import completion

    from rem_dagster.errors import InputError
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.output import show, show_next, show_raw
    from rem_dagster.model.near import meant

    if shell not in SHELLS:
        raise InputError(
            f"There is no completion for {shell!r}.{meant(shell, SHELLS)} Give one of {', '.join(SHELLS)}."
        )
    told = {"prog_name": "rem", "complete_var": "_REM_COMPLETE", "shell": shell}
    if not install:
        show_raw(completion.get_completion_script(**told))  # type: ignore[attr-defined]  # public there
        return DONE
    _, place = completion.install(**told)  # type: ignore[attr-defined]  # public there
    show(f"Written to {place}. A new {shell} completes what is typed after `rem`.")
    show_next("rem --help")
    return DONE
