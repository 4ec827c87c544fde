"""Of which time are patterns asked, and how are they printed, drawn or written?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from rem_dagster.dreaming.stale import find_days
from rem_dagster.errors import InputError
from rem_dagster.interfaces.cli.asked import asked_time
from rem_dagster.interfaces.cli.insights_page import insight_text, overview_text
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.output import note, page_width, show, show_json, show_raw
from rem_dagster.interfaces.cli.rows import csv_of
from rem_dagster.interfaces.cli.words import counted
from rem_dagster.model.near import meant
from rem_dagster.model.window import Window
from rem_dagster.recall.cases import sessions_of_case
from rem_dagster.recall.insights import WHATS, Asked, By, Insight, What, insight_of, overview
from rem_dagster.recall.insights.pictures import picture_of
from rem_dagster.store.filters import equals

if TYPE_CHECKING:
    import pandas

Layout = Literal["page", "json", "csv"]
DAYS_BACK = timedelta(days=90)
EVER = ("ever", "always", "all time", "all", "everything")
Word = TypeVar("Word", bound=str)


@dataclass(frozen=True)
class InsightsAsk:
    """One `rem insights` once all is known."""

    opened: Opened
    user_id: str
    what: What | None
    """None is the overview."""
    when: str | None
    by: By | None
    case: str | None
    svg: Path | None
    layout: Layout


def layout_of(*, as_json: bool, as_csv: bool) -> Layout:
    """How rows are printed.

    Raises:
        InputError: in two ways at once.
    """
    if as_json and as_csv:
        raise InputError("Rows can be printed in one way only, not as both --json and --csv.")
    return "json" if as_json else "csv" if as_csv else "page"


def word_among(given: str | None, known: Sequence[Word], kind: str) -> Word | None:
    """The word that was given, in any case.

    Raises:
        InputError: it is none of those that are known.
    """
    if given is None:
        return None
    plain = given.strip().lower()
    found = next((each for each in known if each == plain), None)
    if found is None:
        raise InputError(
            f"There is no {kind} {given!r}.{meant(given, known)} Give one of {', '.join(known)}."
        )
    return found


def show_insights(ask: InsightsAsk) -> None:
    """Find what is asked for; print it, and draw it where a file is named."""
    if ask.svg is not None:
        _require_writable(ask.svg)
    asked, remarks = _asked(ask)
    found = [insight_of(ask.what, ask.opened.store, asked)] if ask.what else overview(ask.opened.store, asked)
    picture = picture_of(found[0], asked) if ask.svg is not None else None
    undreamt = _undreamt(ask, asked)
    if undreamt:
        remarks.append(_said_of_undreamt(undreamt, ask, asked))
    if ask.layout == "json":
        show_json(_as_json(ask, asked, found, undreamt, remarks))
    elif ask.layout == "csv":
        show_raw(_as_csv(ask, found))
    else:
        following = _next(ask, found)
        if ask.what:
            show(insight_text(found[0], asked, remarks, following, page_width()))
        else:
            show(overview_text(found, asked, remarks, following, page_width()))
    if ask.svg is not None and picture is not None:
        _write(ask.svg, picture)
        note(f"Drawn: {ask.svg}")


def plain_rows(rows: "pandas.DataFrame") -> list[dict[str, Any]]:
    """Rows of a pattern's table; what is missing is None, and the period of the whole time, too."""
    plain = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return [
        {str(name): None if name == "period" and value == "" else value for name, value in row.items()}
        for row in plain
    ]


def _asked(ask: InsightsAsk) -> tuple[Asked, list[str]]:
    """What is asked of which time, and what is to be said of that."""
    opened = ask.opened
    base = Asked(
        user_id=ask.user_id,
        window=Window(opened.now - DAYS_BACK, opened.now),
        calendar=opened.calendar,
        now=opened.now,
        case=ask.case,
        by=ask.by,
    )
    if ask.when is not None and ask.when.strip().lower() not in EVER:
        return replace(base, window=asked_time(ask.when, opened).window), []
    calendar, after_today = opened.calendar, opened.today + timedelta(days=1)
    ends = calendar.start_of(after_today)
    lived = _lived_from_to(ask)
    if ask.when is not None:
        first = calendar.start_of(calendar.day_of(min(lived[0], opened.now))) if lived else ends
        return replace(base, window=Window(min(first, ends), ends), is_all=True), []
    recent = Window(calendar.start_of(after_today - DAYS_BACK), ends)
    if lived is None or lived[1] >= recent.start:
        return replace(base, window=recent), []
    last = calendar.day_of(lived[1])
    before = Window(
        calendar.start_of(last + timedelta(days=1) - DAYS_BACK), calendar.start_of(last + timedelta(days=1))
    )
    said = "The last 90 days hold no moment; these are the 90 days up to the latest."
    return replace(base, window=before), [said]


def _lived_from_to(ask: InsightsAsk) -> tuple[datetime, datetime] | None:
    """The first start and the last end of the user's moments, or of a case's; None where there are none."""
    import pyarrow.compute as pc

    columns = ["start_time", "end_time", *(["session_ids"] if ask.case is not None else [])]
    held = ask.opened.store.read("moments", columns, equals("user_id", ask.user_id))
    if ask.case is not None:
        sessions = sessions_of_case(ask.opened.store, ask.case, user_id=ask.user_id)
        held = held.filter([not sessions.isdisjoint(each or ()) for each in held["session_ids"].to_pylist()])
    if not held.num_rows:
        return None
    return pc.min(held["start_time"]).as_py(), pc.max(held["end_time"]).as_py()


def _undreamt(ask: InsightsAsk, asked: Asked) -> list[str]:
    """Days of the time that hold activity which no moment tells of yet."""
    states = find_days(
        ask.opened.store, first_day=asked.first_day, last_day=asked.last_day, user_ids=[ask.user_id]
    )
    return [state.partition_key for state in states if state.needs_dream]


def _said_of_undreamt(days: Sequence[str], ask: InsightsAsk, asked: Asked) -> str:
    several = len(days) > 1
    dream = ask.opened.command("dream", "--start", days[0], "--end", days[-1])
    return (
        f"{counted(len(days), 'day')} of it {'are' if several else 'is'} not dreamt, or changed since, and "
        f"{'are' if several else 'is'} not counted as {'they are' if several else 'it is'}: {dream}"
    )


def _next(ask: InsightsAsk, found: Sequence[Insight]) -> list[str]:
    """The commands that lead to the moments, or on to another pattern."""
    command, first = ask.opened.command, found[0]
    case = ["--case", ask.case] if ask.case is not None else []
    if not first.moments:
        return [command("insights", "--when", "ever")] if ask.when not in EVER else [command("status")]
    day = [command("show", first.day, *case)] if first.day else []
    if ask.what is None:
        return [
            command("insights", "mood", *case),
            command("insights", "hours", "--by", "weekday", *case),
            *day,
        ]
    other = next(each for each in (*WHATS[WHATS.index(ask.what) + 1 :], WHATS[0]))
    return [*day, command("insights", other, *case)]


def _as_json(
    ask: InsightsAsk, asked: Asked, found: Sequence[Insight], undreamt: Sequence[str], remarks: Sequence[str]
) -> dict[str, object]:
    """A pattern with its rows, or the overview with the sentences of each."""
    first = found[0]
    head: dict[str, object] = {
        "what": ask.what,
        "user_id": ask.user_id,
        "case": ask.case,
        "start": asked.window.start.isoformat(),
        "end": asked.window.end.isoformat(),
        "zone": asked.calendar.zone.key,
        "moments": first.moments,
        "seconds": first.seconds,
        "days": first.days,
        "undreamt_days": list(undreamt),
        "remarks": list(remarks),
    }
    if ask.what is None:
        return {**head, "insights": {each.what: _statements(each) for each in found}}
    return {**head, "by": first.by, "statements": _statements(first), "rows": plain_rows(first.rows)}


def _statements(insight: Insight) -> list[dict[str, object]]:
    return [{"text": each.text, "n": each.n, "moment_ids": each.moment_ids} for each in insight.statements]


def _as_csv(ask: InsightsAsk, found: Sequence[Insight]) -> str:
    if ask.what is not None:
        rows = plain_rows(found[0].rows)
        listed = [{n: list(v) if isinstance(v, tuple) else v for n, v in row.items()} for row in rows]
        return csv_of([str(each) for each in found[0].rows.columns], listed)
    columns = ["what", "statement", "n", "moment_ids"]
    told = [
        dict(zip(columns, (insight.what, each.text, each.n, list(each.moment_ids)), strict=True))
        for insight in found
        for each in insight.statements
    ]
    return csv_of(columns, told)


def _require_writable(file: Path) -> None:
    """Refuse a place where no picture can be, and a file that is none."""
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise InputError(
            f"No picture can be written to {str(file)!r}: give a file in a folder that is there."
        )
    if file.exists() and b"<svg" not in file.read_bytes()[:300]:
        raise InputError(
            f"{str(file)!r} is there already and is no SVG. Nothing was written; name another file."
        )


def _write(file: Path, picture: str) -> None:
    partial = file.with_name(f".{file.name}.part")
    partial.write_text(picture, encoding="utf-8")
    partial.replace(file)
