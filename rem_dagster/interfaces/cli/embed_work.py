"""What does `rem embed` do, what would it cost, and what is said where it stops in the middle?"""

from dataclasses import dataclass

from rem_dagster.errors import BudgetError, ModelError
from rem_dagster.interfaces.cli.failure import DONE, PARTLY_DONE, keeping
from rem_dagster.interfaces.cli.output import note, progress, show, show_json
from rem_dagster.interfaces.cli.words import counted, dollars
from rem_dagster.llm.embedder import Embedder
from rem_dagster.recall.embedding import EmbedCounts, coverage, drop_all, embed_missing, forecast_missing
from rem_dagster.store.database import Store
from rem_dagster.store.nearest import INDEX_FROM_ROWS, ensure_index

PROBE = "Is anybody there?"


@dataclass(frozen=True)
class EmbedWork:
    """One `rem embed` once all is known."""

    store: Store
    embedder: Embedder
    user_id: str | None = None
    """None is all users."""
    rebuild: bool = False
    as_json: bool = False

    @property
    def user_ids(self) -> list[str] | None:
        """The users as a filter."""
        return [self.user_id] if self.user_id else None


def embed(work: EmbedWork) -> int:
    """Embed what has no vector, and say what was done; the exit code.

    Raises:
        ModelError: the model failed before anything was embedded.
        BudgetError: the same, for a limit on cost.
    """
    store, embedder = work.store, work.embedder
    if work.rebuild:
        _, forecast = forecast_missing(store, embedder, is_rebuilt=True)
        embedder.require_affordable(forecast)
        embedder.embed([PROBE])  # a model that does not answer must not cost the vectors that there are
        drop_all(store, embedder)
    counts, stopped = EmbedCounts(), None
    with (
        keeping("The vectors made so far are stored; the next `rem embed` goes on from there."),
        progress("Embedding", None) as bar,
    ):

        def tell(done: int, total: int) -> None:
            bar.update(bar.task_ids[0], completed=done, total=total)

        try:
            embed_missing(store, embedder, user_ids=work.user_ids, counts=counts, progress=tell)
        except (BudgetError, ModelError) as error:
            if not counts.total:
                raise
            stopped = error
        _index(store, embedder)
    _say(work, counts, stopped)
    return PARTLY_DONE if stopped else DONE


def tell_estimate(work: EmbedWork) -> int:
    """Say what it would take, without a call."""
    embedder = work.embedder
    rows, forecast = forecast_missing(work.store, embedder, user_ids=work.user_ids, is_rebuilt=work.rebuild)
    if work.as_json:
        show_json({"model": embedder.name, "endpoint": embedder.endpoint, "rows": rows, **vars(forecast)})
    elif embedder.endpoint is None:
        show(f"{embedder.name}: {counted(rows, 'row')} to embed on this machine: 0 calls, $0.00.")
    else:
        cost = "price unknown" if forecast.cost_usd is None else f"about {dollars(forecast.cost_usd)}"
        took = f"{counted(forecast.calls, 'call')}, about {forecast.prompt_tokens:,} tokens, {cost}"
        show(f"{embedder.name}: {counted(rows, 'row')} to embed at {embedder.endpoint}: {took}.")
    return DONE


def _index(store: Store, embedder: Embedder) -> None:
    if ensure_index(store, embedder.name):
        note(f"Made an index of the vectors, which are over {INDEX_FROM_ROWS:,} now.")


def _say(work: EmbedWork, counts: EmbedCounts, stopped: Exception | None) -> None:
    model = work.embedder.name
    held, rows = coverage(work.store, model)
    if stopped is not None:
        note(f"{stopped}\n{held:,} of {rows:,} rows have a vector; `rem embed` goes on from there.")
    if work.as_json:
        told = {"model": model, "embedded": counts.embedded, "removed": counts.removed}
        show_json({**told, "vectors": held, "rows": rows, "stopped": str(stopped) if stopped else None})
    else:
        show(f"{model}: embedded {counts.total:,}; {held:,} of {rows:,} rows have a vector.")
