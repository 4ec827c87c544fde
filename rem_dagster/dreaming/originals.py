"""What is a corrected day without its corrections?

drafts ──┬── correct ──> what is shown
         └── kept here ─────────────────── undone, a correction leaves what it had changed

Corrections are applied anew to what was drafted whenever one is made or undone. A day may have been made
by a model that is not chosen now, or whose answers are gone, so that its drafts are kept beside it. What is
kept is of one version of the day: of the dreams whose moments it names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from rem_dagster.dreaming.draft.engine import Usage
from rem_dagster.errors import StoreError
from rem_dagster.model.day import Day
from rem_dagster.model.draft import Draft
from rem_dagster.model.ids import derive_id
from rem_dagster.store.database import rows_of
from rem_dagster.store.filters import all_of, equals
from rem_dagster.store.maintain import tables_held, tidy
from rem_dagster.store.tables import ORIGINALS

if TYPE_CHECKING:
    from rem_dagster.store.database import Store


class Original(BaseModel):
    """A day as it was drafted. Its drafts cite by source id, which outlives a change of the day's items."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user_id: str
    partition_key: str
    dream_ids: tuple[str, ...]
    """The dreams whose moments are made of it."""
    recipe: str
    items_hash: str
    """Of the activity that it was drafted from."""
    drafts: tuple[Draft, ...]
    only_types: tuple[str, ...] | None = None
    min_minutes: int = 0
    drafting: Usage = Usage()
    """What the answers for the drafts cost."""
    summary: str | None = None
    """What was said of the day; None where that was not asked for."""
    summing: Usage = Usage()

    def of(self, *dream_ids: str) -> "Original":
        """The same, for the moments of these dreams."""
        return self.model_copy(update={"dream_ids": tuple(dict.fromkeys(dream_ids))})


def by_source(draft: Draft, sources: Mapping[str, str]) -> Draft:
    """A draft that cites by source id, or else by other handles; what none is known for is not cited.

    Args:
        sources: handle -> source id.
    """

    def renamed(handles: Sequence[str]) -> tuple[str, ...]:
        return tuple(sources[each] for each in handles if each in sources)

    def told(record: object) -> dict[str, str] | None:
        handle = getattr(record, "handle", "")
        return {"handle": sources[handle]} if handle in sources else None

    moments = []
    for moment in draft.moments:
        if not (handles := renamed(moment.handles)):
            continue
        moments.append(
            moment.model_copy(
                update={
                    "handles": handles,
                    **{
                        name: tuple(
                            each.model_copy(update=place)
                            for each in getattr(moment, name)
                            if (place := told(each))
                        )
                        for name in ("evidence", "emotions")
                    },
                    **{
                        name: tuple(
                            each.model_copy(update={"handles": renamed(each.handles)})
                            for each in getattr(moment, name)
                        )
                        for name in ("facts", "intentions")
                    },
                }
            )
        )
    cited = {
        name: tuple(
            each.model_copy(update={"handles": renamed(each.handles)}) for each in getattr(draft, name)
        )
        for name in ("entities", "edges")
    }
    return draft.model_copy(update={"moments": tuple(moments), **cited})


def day_by_source(day: Day) -> Day:
    """The day with each item's source id as its handle."""
    return replace(day, items=tuple(replace(item, handle=item.source_id) for item in day.items))


def keep_originals(store: "Store", originals: Sequence[Original]) -> None:
    """Keep what days are without corrections, in place of what was kept of them before.

    What was said of the day is taken over from there where it is known and the rest is the same: an engine
    is not asked for it once a day is corrected.
    """
    if not originals:
        return
    store.create_table(ORIGINALS)
    slices = [f"{each.user_id}/{each.partition_key}" for each in originals]
    held = store.read_in(ORIGINALS.name, "slice_key", slices, ["slice_key", "content"]).to_pylist()
    before = {row["slice_key"]: row["content"] for row in held}
    kept = [_with_summary(each, before.get(key)) for each, key in zip(originals, slices, strict=True)]
    rows = [
        {
            "id": derive_id(each.user_id, each.partition_key, "original"),
            "user_id": each.user_id,
            "partition_key": each.partition_key,
            "slice_key": f"{each.user_id}/{each.partition_key}",
            "dream_ids": list(each.dream_ids),
            "recipe": each.recipe,
            "content": each.model_dump_json(exclude_defaults=True),
        }
        for each in kept
    ]
    store.upsert(ORIGINALS.name, rows_of(ORIGINALS, rows))
    tidy(store, [ORIGINALS.name])


def _with_summary(original: Original, before: str | None) -> Original:
    if original.summary is not None or before is None:
        return original
    try:
        known = Original.model_validate_json(before)
    except ValidationError:  # of another version of rem, and about to be replaced
        return original
    if (known.recipe, known.items_hash) != (original.recipe, original.items_hash):
        return original
    return original.model_copy(update={"summary": known.summary, "summing": known.summing})


def original_of(store: "Store", *, user_id: str, day: str, dream_id: str) -> Original | None:
    """What is kept of a day, where its moments are of that dream; else None.

    Raises:
        StoreError: what is kept cannot be read; nothing was changed.
    """
    if ORIGINALS.name not in tables_held(store):
        return None
    where = all_of(equals("user_id", user_id), equals("partition_key", day))
    for row in store.read(ORIGINALS.name, ["dream_ids", "content"], where).to_pylist():
        if dream_id in row["dream_ids"]:
            try:
                return Original.model_validate_json(row["content"])
            except ValidationError as error:
                raise StoreError(
                    f"What {day} of {user_id!r} is without its corrections cannot be read: another "
                    f"version of rem kept it. Nothing was changed. `rem dream {day} --refresh` makes it anew."
                ) from error
    return None
