"""How does `rem embed` give vectors to what is stored?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in


def run(
    context: typer.Context,
    *,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Drop all vectors and make them anew.")] = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Let search find what is meant, too.

    Every message, resource and moment gets a vector, made on this machine.
    What has one costs nothing; stopped, it goes on from there.

    \b
    Examples:
      rem embed
      rem embed --rebuild
    """
    from rem_dagster.errors import InputError, ModelError
    from rem_dagster.interfaces.cli.failure import DONE, keeping
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, require_known
    from rem_dagster.interfaces.cli.output import note, progress, show, show_json
    from rem_dagster.llm.embedder import find_embedder
    from rem_dagster.llm.minilm import HOW_TO_GET
    from rem_dagster.recall.embedding import coverage, drop_all, embed_missing

    given = given_in(context, home=home, user=user)
    if rebuild and given.user:
        raise InputError("--rebuild is for all users at once: leave out --user. Nothing was changed.")
    opened = open_existing(given)
    embedder = find_embedder()
    if embedder is None:
        raise ModelError(
            f"No embedding model is installed; search goes by words alone. To get one: {HOW_TO_GET}. "
            "Nothing was changed."
        )
    if opened.is_empty:
        note(empty_home(opened.home))
        return DONE
    if given.user:
        require_known(opened.store, given.user)
    with (
        keeping("The vectors made so far are stored; the next `rem embed` goes on from there."),
        progress("Embedding", None) as bar,
    ):
        if rebuild:
            drop_all(opened.store, embedder)
        counts = embed_missing(
            opened.store,
            embedder,
            user_ids=[given.user] if given.user else None,
            progress=lambda done, total: bar.update(bar.task_ids[0], completed=done, total=total),
        )
    held, rows = coverage(opened.store, embedder.name)
    if as_json:
        told = {"model": embedder.name, "embedded": counts.embedded, "removed": counts.removed}
        show_json({**told, "vectors": held, "rows": rows})
    else:
        show(f"{embedder.name}: embedded {counts.total:,}; {held:,} of {rows:,} rows have a vector.")
    return DONE
