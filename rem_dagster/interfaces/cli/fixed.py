"""What is said of a correction: what was, what is, and what is kept?"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from rem_dagster.dreaming.fixing.check import WAS
from rem_dagster.dreaming.fixing.fix import Fixed
from rem_dagster.dreaming.fixing.kept import Kept
from rem_dagster.interfaces.cli.as_json import moments_as_json
from rem_dagster.interfaces.cli.kinds import kind_of
from rem_dagster.interfaces.cli.named_moment import SHORT_ID
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.words import clock, counted, long_day, short_day, wrap
from rem_dagster.model.correction import Correction
from rem_dagster.model.moment import Moment
from rem_dagster.model.words import CorrectionVerb

LABEL_CELLS = 8
WHY = {
    "detached": "no moment has its sources now; it comes back with one that does",
    "waiting": "waits for the next dream of its day",
}


def fixed_lines(
    done: Fixed, opened: Opened, width: int, *, dry_run: bool = False, undone: bool = False
) -> Iterator[str]:
    """What was and what is, a moment a line or two."""
    day = date.fromisoformat(done.correction.partition_key)
    if dry_run:
        yield f"{long_day(day)}, if it were so; nothing was changed:"
    if not done.is_shown:
        said = "It is taken back" if undone else "It is kept"
        yield from wrap(f"{said}. {long_day(day)} is not dreamt yet; the next dream shows it.", width)
    elif done.correction.verb == "close":
        text = f"“{done.correction.value['text']}”"
        yield from wrap(f"{'Open again' if undone else 'Closed, no open thread any more'}: {text}", width)
    elif not done.before and not done.after:
        yield from wrap(f"{long_day(day)} shows it already; nothing was changed.", width)
    yield from _moments("was", done.before, opened, width)
    yield from _moments("is", done.after, opened, width)
    if done.before and not done.after:
        yield f"{'is':<{LABEL_CELLS}}not shown any more"
    if done.detached:
        count = counted(len(done.detached), "correction")
        yield from wrap(f"{count} of the day found no moment: `rem fix --list {day}` shows them.", width)


def fixed_as_json(done: Fixed, *, dry_run: bool, undone: bool) -> dict[str, object]:
    """The same for programs; instants are UTC."""
    return {
        "correction": done.correction.model_dump(mode="json"),
        "day": done.correction.partition_key,
        "undone": undone,
        "dry_run": dry_run,
        "shown": done.is_shown,
        "before": moments_as_json(done.before),
        "after": moments_as_json(done.after),
        "moments": moments_as_json(done.moments),
        "detached": [each.id for each in done.detached],
    }


def kept_lines(found: Sequence[Kept], opened: Opened, width: int) -> Iterator[str]:
    """A line for each correction, the last one made last, and why where it is not shown."""
    room = width - SHORT_ID - 2
    for each in found:
        day = short_day(date.fromisoformat(each.correction.partition_key))
        first, *more = wrap(f"{day} {change_words(each.correction, opened)}", room)
        yield f"{each.correction.id[:SHORT_ID]}  {first}"
        yield from (" " * (SHORT_ID + 2) + line for line in more)
        if not each.is_attached:
            yield from (" " * (SHORT_ID + 2) + line for line in wrap(WHY[each.standing], room))


def kept_as_json(kept: Kept) -> dict[str, object]:
    """A correction for programs."""
    return {
        **kept.correction.model_dump(mode="json"),
        "standing": kept.standing,
        "moment_id": kept.moment_id,
        "name": kept.name,
    }


def change_words(correction: Correction, opened: Opened) -> str:
    """What a correction changes, as a person says it."""
    value, was = correction.value, correction.value.get(WAS)
    names = [f"“{each}”" for each in was] if isinstance(was, list) else []
    before = " + ".join(names)

    def at(name: str) -> str:
        return clock(datetime.fromisoformat(str(value[name])), opened.zone)

    to = f"“{value['name']}”" if value.get("name") else "another summary"
    said: dict[CorrectionVerb, Callable[[], str]] = {
        "rename": lambda: f"{before} → {to}",
        "retype": lambda: f"{before} → {kind_of(str(value['moment_type'])).word}",
        "set_times": lambda: f"{before} → {at('start_time')} to {at('end_time')}",
        "split": lambda: f"{before} split at {at('at')}",
        "merge": lambda: f"{before} → {to if value.get('name') else 'one'}",
        "hide": lambda: f"{before} hidden",
        "add": lambda: f"{to} added, {at('start_time')} to {at('end_time')}",
        "close": lambda: f"“{value['text']}” closed",
    }
    return said[correction.verb]()


def _moments(label: str, moments: Sequence[Moment], opened: Opened, width: int) -> Iterator[str]:
    for place, moment in enumerate(moments):
        times = f"{clock(moment.start_time, opened.zone)}–{clock(moment.end_time, opened.zone)}"
        head = f"{label if not place else '':<{LABEL_CELLS}}{times}  {kind_of(moment.moment_type).word:<10} "
        first, *more = wrap(moment.name, max(width - len(head), 20)) or [""]
        yield head + first
        yield from (" " * len(head) + line for line in more)
