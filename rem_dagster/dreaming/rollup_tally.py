"""What did the time of many weeks and months go to?

Time is covered once, however many moments lie over it:

    a    ├────────┤
    b         ├────────┤
         └── covered ──┘
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rem_dagster.model.moment import Moment

if TYPE_CHECKING:
    import pandas

MICROSECONDS = 1_000_000
BEFORE_ALL = -(2**62)
"""Earlier than every instant, in microseconds."""


@dataclass(frozen=True)
class Topic:
    """How much a tag was worked on."""

    seconds: int
    moments: int


@dataclass(frozen=True)
class Tally:
    """What several days amount to. Mappings run from most to least, ties by name."""

    moments: int
    seconds: int
    """Seconds that lie in at least one moment."""
    active_days: int
    """Days that have a moment."""
    by_type: Mapping[str, int] = field(default_factory=dict)
    """Seconds of each type of moment."""
    by_topic: Mapping[str, Topic] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    """In how many moments somebody is named."""


def tally_each(periods: Sequence[Sequence[Moment]]) -> list[Tally]:
    """The tally of each of many periods, counted together: none may be empty."""
    import pandas

    rows = [
        (
            place,
            moment.moment_type,
            _microseconds(moment, last=False),
            _microseconds(moment, last=True),
            moment.partition_key,
            list(dict.fromkeys(moment.tags)),
            list(dict.fromkeys(moment.people)),
        )
        for place, moments in enumerate(periods)
        for moment in moments
    ]
    frame = pandas.DataFrame(rows, columns=["period", "type", "start", "end", "day", "tag", "person"])
    whole = frame.groupby("period")
    moments, days = whole.size(), whole["day"].nunique()
    seconds = _covered(frame, ["period"])
    types = _nested(_covered(frame, ["period", "type"]))
    tagged = frame.explode("tag").dropna(subset=["tag"])
    tag_seconds = _nested(_covered(tagged, ["period", "tag"]))
    tag_moments = _nested(tagged.groupby(["period", "tag"]).size())
    named = frame.explode("person").dropna(subset=["person"])
    people = _nested(named.groupby(["period", "person"]).size())
    return [
        Tally(
            moments=int(moments[place]),
            seconds=int(seconds[place]),
            active_days=int(days[place]),
            by_type=_most_first(types.get(place, {})),
            by_topic={
                tag: Topic(tag_seconds[place][tag], count)
                for tag, count in sorted(
                    tag_moments.get(place, {}).items(),
                    key=lambda each: (-tag_seconds[place][each[0]], -each[1], each[0]),
                )
            },
            people=_most_first(people.get(place, {})),
        )
        for place in range(len(periods))
    ]


def _microseconds(moment: Moment, *, last: bool) -> int:
    return round((moment.end_time if last else moment.start_time).timestamp() * MICROSECONDS)


def _covered(frame: "pandas.DataFrame", by: list[str]) -> "pandas.Series[int]":
    """Whole seconds that each group's moments cover."""
    frame = frame.sort_values([*by, "start", "end"], kind="stable")
    frame = frame.assign(until=frame.groupby(by)["end"].cummax())
    frame["until"] = frame.groupby(by)["until"].shift(fill_value=BEFORE_ALL)
    frame["gained"] = (frame["end"] - frame[["start", "until"]].max(axis=1)).clip(lower=0)
    return frame.groupby(by)["gained"].sum() // MICROSECONDS


def _nested(series: "pandas.Series[int]") -> dict[int, dict[str, int]]:
    """A series over (period, name) as a mapping of mappings."""
    found: dict[int, dict[str, int]] = {}
    for key, value in zip(series.index.tolist(), series.tolist(), strict=True):
        found.setdefault(key[0], {})[key[1]] = value
    return found


def _most_first(values: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(values.items(), key=lambda each: (-each[1], each[0])))
