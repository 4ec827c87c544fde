"""How many days in a row was something done, and how long not?

days      ▪▪▪·▪▪····▪▪▪▪▪▪│ today
          3   2     6 = longest, and current; the gap of 4 is the longest

A day counts where a moment touches it. A streak is current where it lasts until today or yesterday.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rem_dagster.errors import InputError
from rem_dagster.recall.insights.asked import Asked
from rem_dagster.recall.insights.found import Insight, Statement, day_said, said
from rem_dagster.recall.insights.pieces import day_from
from rem_dagster.recall.insights.read import Lived
from rem_dagster.recall.kinds import in_order, word_of

if TYPE_CHECKING:
    import pandas

COLUMNS = (
    *("of", "name", "days", "longest", "longest_from", "longest_to", "is_cut_off", "current", "current_from"),
    *("gap", "gap_from", "gap_to", "moments", "moment_ids"),
)
WRITING, EXERCISE = "writing", "exercise"
TAGS_OF: Mapping[str, frozenset[str]] = {
    WRITING: frozenset(
        {"writing", "essay", "draft", "blog", "blog-post", "article", "poem", "novel", "journal"}
    ),
    EXERCISE: frozenset(
        {
            *("exercise", "running", "run", "gym", "workout", "training", "yoga", "swimming", "cycling"),
            *("hiking", "climbing", "half-marathon", "marathon", "football", "tennis", "pilates", "rowing"),
        }
    ),
}
"""Activities that are no type by themselves: by their tags, or by a type of the user's own of that name."""
FIRST = ("any", "work_session", "learning", WRITING, EXERCISE)
WORDS = {"any": "Anything", WRITING: "Writing", EXERCISE: "Exercise"}
MOST_SAID = 4


@dataclass(frozen=True)
class Run:
    """Days in a row, as ordinals; both are in it."""

    first: int
    last: int

    @property
    def days(self) -> int:
        return self.last - self.first + 1


def find_streaks(lived: Lived) -> Insight:
    """Runs of days of anything, of each type of moment, of writing and of exercise."""
    import pandas

    if lived.asked.by is not None:
        lived.asked.division("streaks")
        raise InputError("A streak has no --by.")
    activities = _activities(lived)
    rows = [_row(lived.asked, name, pieces, lived) for name, pieces in activities.items() if len(pieces)]
    frame = pandas.DataFrame(rows, columns=list(COLUMNS))
    said_of = tuple(_statement(row) for row in rows if row["name"] == "any" or _is_told(row))
    day = str(rows[0]["longest_to"]) if rows else None
    return Insight(
        "streaks", None, frame, said_of[:MOST_SAID], len(lived.moments), lived.seconds, lived.days, day
    )


def activity_word(name: str) -> str:
    """An activity in a word or two."""
    return WORDS.get(name) or word_of(name)


def runs_of(days: Sequence[int]) -> list[Run]:
    """The runs that some ordinals of days make, in order."""
    runs: list[Run] = []
    for day in sorted(set(days)):
        if runs and day == runs[-1].last + 1:
            runs[-1] = Run(runs[-1].first, day)
        else:
            runs.append(Run(day, day))
    return runs


def _activities(lived: Lived) -> dict[str, "pandas.DataFrame"]:
    pieces = lived.pieces
    types = in_order(set(pieces["type"]))
    found = {"any": pieces, **{name: pieces[pieces["type"] == name] for name in types}}
    tags = lived.exploded("tags")
    for name, words in TAGS_OF.items():
        tagged = pieces["moment"].isin(tags["moment"][tags["value"].isin(words)])
        found[name] = pieces[tagged | (pieces["type"] == name)]
    return {name: found[name] for name in dict.fromkeys((*FIRST, *found)) if name in found}


def _row(asked: Asked, name: str, pieces: "pandas.DataFrame", lived: Lived) -> dict[str, object]:
    runs = runs_of(pieces["day"].tolist())
    longest = max(runs, key=lambda run: (run.days, run.last))
    first, last, today = (day.toordinal() for day in (asked.first_day, asked.last_day, asked.today))
    current = runs[-1] if last >= today - 1 and runs[-1].last >= today - 1 else None
    gap = _longest_gap(runs, min(last, today - 1))  # today is not over
    inside = pieces["day"].between(longest.first, longest.last)
    return {
        "of": "activity",
        "name": name,
        "days": sum(run.days for run in runs),
        "longest": longest.days,
        "longest_from": day_from(longest.first),
        "longest_to": day_from(longest.last),
        "is_cut_off": not asked.is_all and (longest.first == first or longest.last == last < today - 1),
        "current": current.days if current else 0,
        "current_from": day_from(current.first) if current else None,
        "gap": gap.days if gap else 0,
        "gap_from": day_from(gap.first) if gap else None,
        "gap_to": day_from(gap.last) if gap else None,
        "moments": int(pieces["moment"].nunique()),
        "moment_ids": lived.ids_of(pieces["moment"][inside].tolist()),
    }


def _longest_gap(runs: Sequence[Run], last: int) -> Run | None:
    """The days between two runs, or behind the last one, that are most."""
    follows = [*(run.first for run in runs[1:]), max(last, runs[-1].last) + 1]
    gaps = [
        Run(run.last + 1, after - 1) for run, after in zip(runs, follows, strict=True) if after > run.last + 1
    ]
    return max(gaps, key=lambda gap: (gap.days, gap.last), default=None)


def _is_told(row: Mapping[str, object]) -> bool:
    return int(str(row["longest"])) > 1


def _dates(row: Mapping[str, object]) -> str:
    first, last = row["longest_from"], row["longest_to"]
    assert isinstance(first, date)
    assert isinstance(last, date)
    return f"{day_said(first)} to {day_said(last)}"


def _statement(row: Mapping[str, object]) -> Statement:
    longest, current = int(str(row["longest"])), int(str(row["current"]))
    more = ", or more: it reaches the edge of the time asked for" if row["is_cut_off"] else ""
    text = (
        f"{activity_word(str(row['name']))}: {said(int(str(row['days'])), 'day')}; at most "
        f"{said(longest, 'day')} in a row, {_dates(row)}{more}"
    )
    text += f"; now {said(current, 'day')}." if current else "; none now."
    ids = row["moment_ids"]
    assert isinstance(ids, tuple)
    return Statement(text, int(str(row["days"])), ids, True)
