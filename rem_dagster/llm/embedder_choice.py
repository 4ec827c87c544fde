"""Which model turns a home's texts into vectors: one chosen on purpose, one that is installed, or none?

embedding_model set ──> that endpoint, or fastembed:MODEL
         └ not set ──> MiniLM, if installed ──> fastembed, if installed ──> none: words alone
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rem_dagster.errors import SettingsError
from rem_dagster.llm.embedder import Embedder
from rem_dagster.llm.endpoints import is_local, name_of
from rem_dagster.llm.fastembed import HOW_TO_GET_FASTEMBED, PREFIX, FastEmbed, find_fastembed, has_fastembed
from rem_dagster.llm.minilm import HOW_TO_GET, find_minilm
from rem_dagster.llm.minilm import NAME as MINILM
from rem_dagster.settings import Home, Settings

if TYPE_CHECKING:
    from rem_dagster.llm.opening import Asking

NO_EMBEDDER = (
    "No embedding model is installed or chosen; search goes by words alone. "
    f"To get one: {HOW_TO_GET}. Or choose an endpoint's: embedding_model in config.toml."
)


def embedding_model(settings: Settings) -> str | None:
    """The name of the model that `find_embedder` would give; None when it would give none.

    Nothing is loaded and nothing is checked: a name may be of a model that cannot be used.
    """
    chosen = settings.embedding_model
    if chosen is None:
        found = find_local_embedder()
        return found.name if found else None
    return chosen if chosen.startswith(PREFIX) else name_of(chosen)


def find_embedder(
    home: Home,
    *,
    clean: Callable[[str], str],
    asking: "Asking | None" = None,
    is_hurried: bool = False,
) -> Embedder | None:
    """The embedder of a home; None when none is chosen or installed. Nothing is loaded or sent yet.

    Args:
        clean: what is done to a text before it leaves this machine: secrets are taken out of it.
        asking: limits on cost, and whether a key is needed.
        is_hurried: whether somebody waits for one short answer, so that patience would not serve.

    Raises:
        SettingsError: the one that is chosen is not installed, has no address, or its key is not there.
    """
    chosen = home.settings.embedding_model
    if chosen is None:
        return find_local_embedder()
    if chosen.startswith(PREFIX):
        if not has_fastembed():
            raise SettingsError(
                f"embedding_model is {chosen!r}, and fastembed is not installed. To get it: "
                f"{HOW_TO_GET_FASTEMBED}. Nothing was embedded."
            )
        return FastEmbed(chosen.removeprefix(PREFIX))
    if chosen == MINILM and home.settings.embedding_base_url is None:  # no endpoint of OpenAI's has it
        found = find_minilm()
        if found is None:
            raise SettingsError(
                f"embedding_model is {chosen!r}, which is not installed. To get it: {HOW_TO_GET}. "
                "Nothing was embedded."
            )
        return found
    from rem_dagster.llm.embedding_endpoint import open_endpoint_embedder
    from rem_dagster.llm.opening import Asking

    return open_endpoint_embedder(home, clean=clean, asking=asking or Asking(), is_hurried=is_hurried)


def find_embedder_here(home: Home, *, clean: Callable[[str], str]) -> Embedder | None:
    """The embedder of a home if it sends nothing beyond this machine and its private network, else None.

    It is for what is only looked at: nothing leaves the house for that, and nothing is spent.

    Raises:
        SettingsError: the one that is chosen is not installed, or has no address.
    """
    from rem_dagster.llm.opening import Asking

    found = find_embedder(home, clean=clean, asking=Asking(needs_key=False), is_hurried=True)
    is_here = found is None or found.endpoint is None or is_local(found.endpoint)
    return found if is_here else None


def find_local_embedder() -> Embedder | None:
    """The model that is installed on this machine, whatever is chosen; None when there is none."""
    return find_minilm() or find_fastembed()
