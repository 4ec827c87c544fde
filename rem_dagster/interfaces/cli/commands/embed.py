"""How does `rem embed` give vectors to what is stored?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in


def run(
    context: typer.Context,
    *,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Drop all vectors and make them anew.")] = False,
    estimate: Annotated[bool, typer.Option("--estimate", help="Say what it would cost; do nothing.")] = False,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", min=0, metavar="USD", help="Stop before this is passed.")
    ] = None,
    accept_unknown_price: Annotated[
        bool, typer.Option("--accept-unknown-price", help="Ask a model of which nobody knows the price.")
    ] = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Let search find what is meant, too.

    Every message, resource and moment gets a vector, and so does each fact that a
    moment states: made on this machine, unless embedding_model in config.toml names
    an endpoint. What has one costs nothing; stopped, it goes on from there.

    \b
    Examples:
      rem embed
      rem embed --rebuild
      rem embed --estimate
      rem embed --max-cost 0.50
    """
    from rem_dagster.dreaming.redact import redactor
    from rem_dagster.errors import InputError, ModelError
    from rem_dagster.interfaces.cli.embed_work import EmbedWork, embed, tell_estimate
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, require_known
    from rem_dagster.interfaces.cli.output import note, show_next
    from rem_dagster.llm.embedder_choice import NO_EMBEDDER, find_embedder
    from rem_dagster.llm.opening import Asking

    given = given_in(context, home=home, user=user)
    if rebuild and given.user:
        raise InputError("--rebuild is for all users at once: leave out --user. Nothing was changed.")
    opened = open_existing(given)
    asking = Asking(max_cost, accept_unknown_price, needs_key=not estimate)
    embedder = find_embedder(opened.home, clean=redactor(opened.home), asking=asking)
    if embedder is None:
        raise ModelError(f"{NO_EMBEDDER} Nothing was changed.")
    if opened.is_empty:
        note(empty_home(opened.home))
        return DONE
    if given.user:
        require_known(opened.store, given.user)
    work = EmbedWork(opened.store, embedder, given.user, rebuild=rebuild, as_json=as_json)
    code = tell_estimate(work) if estimate else embed(work)
    if not as_json:
        show_next(opened.command("embed") if estimate else opened.command("search", "--semantic", "WORDS"))
    return code
