"""Which moment, and which time of its day, did somebody mean on the command line?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from rem_dagster.errors import InputError, UnknownMomentError
from rem_dagster.interfaces.cli.asked import asked_time, whole_days
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.words import counted, long_day
from rem_dagster.model.moment import Moment
from rem_dagster.recall.clock_times import clock_time, on_the_dial
from rem_dagster.recall.timeline import day_page
from rem_dagster.store.filters import equals

SHORT_ID = 8
"""Letters of an id that people are shown."""
FEWEST_LETTERS = 4
YESTERDAY = "yesterday"


def labels_of(moments: Sequence[Moment]) -> dict[str, str]:
    """Id -> how a person can name each of a day's moments: `#3 7f3a9c12`."""
    return {each.id: f"#{place} {each.id[:SHORT_ID]}" for place, each in enumerate(moments, 1)}


def named_moment(text: str, opened: Opened, *, user_id: str) -> str:
    """The id of the moment that `yesterday#3`, an id or its beginning names.

    Raises:
        UnknownMomentError: there is none, or several.
        WindowError: the day is none.
    """
    if "#" in text:
        return _of_day(text, opened, user_id)
    columns = ["id", "name", "partition_key"]
    rows = opened.store.read("moments", columns, equals("user_id", user_id)).to_pylist()
    wanted = text.strip().lower()
    found = [row for row in rows if row["id"].startswith(wanted)] if len(wanted) >= FEWEST_LETTERS else []
    if len(found) == 1:
        return str(found[0]["id"])
    if found:
        raise UnknownMomentError(
            f"{text!r} is how {counted(len(found), 'moment')} begin. Nothing was changed. Give more letters "
            f"of the id: {', '.join(sorted(row['id'] for row in found)[:3])}."
        )
    raise UnknownMomentError(
        f"{text!r} names no moment of {user_id!r}. Nothing was changed. Write DAY#N, such as yesterday#3 for "
        "its third moment, or an id: `rem show DAY --ids` shows them."
    )


def named_day(text: str, opened: Opened) -> date:
    """The one local day that some words mean.

    Raises:
        WindowError: they name no time, or one that is still to come.
        InputError: they mean more or less than one day.
    """
    days = whole_days(asked_time(text, opened).window, opened)
    if days is None or days[0] != days[1]:
        raise InputError(f"{text!r} is not one day. Nothing was changed. Name one: yesterday, 2025-10-14.")
    return days[0]


@dataclass
class DayClock:
    """The clock of one day; what is odd about a time that it was asked for is in `remarks`."""

    opened: Opened
    day: date
    remarks: list[str] = field(default_factory=list)

    def at(self, text: str, *, is_end: bool = False) -> datetime:
        """The instant of a time such as 14:30, 2pm or 01:30+00:00; a whole date and time is taken as it is.

        Raises:
            InputError: it is no time of day.
        """
        if "T" in text or len(text) > len("12:30:00+00:00"):
            return self._of_iso(text)
        calendar = self.opened.calendar
        window = calendar.window_of(self.day)
        said = self._clock(text)
        if said.tzinfo is not None:
            instant = datetime.combine(self.day, said)
        else:
            instant = self._instant(datetime.combine(self.day, said), text)
        is_before = instant <= window.start if is_end else instant < window.start
        if not is_before:
            return instant.astimezone(UTC)
        self.remarks.clear()
        later = datetime.combine(self.day + timedelta(days=1), said)
        return (later if said.tzinfo else self._instant(later, text)).astimezone(UTC)

    def _instant(self, local: datetime, text: str) -> datetime:
        instant, problem = self.opened.calendar.instant_of(local)
        zone = self.opened.zone
        if problem == "fold":
            second = local.replace(tzinfo=zone, fold=1)
            offset = f"{second:%z}"
            self.remarks.append(
                f"The clock showed {text} twice on {long_day(self.day)}; the first is meant. For the second "
                f"write {local:%H:%M}{offset[:3]}:{offset[3:5]}."
            )
        elif problem == "gap":
            self.remarks.append(
                f"The clock never showed {text} on {long_day(self.day)}; {instant.astimezone(zone):%H:%M} is "
                "meant."
            )
        return instant

    def _of_iso(self, text: str) -> datetime:
        try:
            at = datetime.fromisoformat(text)
        except ValueError as error:
            raise _no_time(text) from error
        return self.opened.calendar.instant_of(at)[0] if at.tzinfo is None else at

    def _clock(self, text: str) -> time:
        try:
            return time.fromisoformat(text.strip())
        except ValueError:
            said = clock_time(on_the_dial(text.strip().lower()))
            if said is None:
                raise _no_time(text) from None
            return said.at


def _of_day(text: str, opened: Opened, user_id: str) -> str:
    named, _, number = text.rpartition("#")
    day = named_day(named.strip() or YESTERDAY, opened)
    page = day_page(opened.store, day, calendar=opened.calendar, user_id=user_id)
    moments = [*page.moments, *page.predictions]
    if number.strip().isdigit() and 1 <= int(number) <= len(moments):
        return moments[int(number) - 1].id
    held = counted(len(moments), "moment") if moments else "no moment"
    raise UnknownMomentError(
        f"{text!r} names no moment: {long_day(day)} has {held}. Nothing was changed. "
        f"`{opened.command('show', day.isoformat(), '--ids')}` shows what it has."
    )


def _no_time(text: str) -> InputError:
    return InputError(f"{text!r} is no time of day. Nothing was changed. Write 14:30, 9:05 or 2:30pm.")
