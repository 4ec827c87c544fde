"""On which days, and in which hours, do some moments lie? Code counts, never a model."""

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from rem_dagster.model.moment import Moment


def by_day(moments: Iterable[Moment]) -> Mapping[date, list[Moment]]:
    """Moments by the home's local day, in their order."""
    days: dict[date, list[Moment]] = {}
    for each in moments:
        days.setdefault(date.fromisoformat(each.partition_key), []).append(each)
    return dict(sorted(days.items()))


def hour_blocks(moments: Iterable[Moment], zone: ZoneInfo, *, hours: int = 3) -> Mapping[int, list[Moment]]:
    """Moments by the local block of hours in which they began, the fullest first."""
    blocks: dict[int, list[Moment]] = {}
    for each in moments:
        blocks.setdefault(each.start_time.astimezone(zone).hour // hours * hours, []).append(each)
    return dict(sorted(blocks.items(), key=lambda item: (-len(item[1]), item[0])))
