"""What of a home goes on by itself: pauses, the next night, what is spent, and who is silent?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rem_dagster.ingest.exclude import pause_at
from rem_dagster.ingest.forgetting.scope import is_pending
from rem_dagster.ingest.habits import Silence, silences
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.words import clean, clock, counted, short_day
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.audit import spent_in_month


@dataclass(frozen=True)
class Running:
    """What goes on without anybody asking for it."""

    paused_until: datetime | None
    next_night: datetime
    """When the days before are dreamt, where `rem up` or a timer runs."""
    spent_usd: float
    """This month, for models."""
    cap_usd: float | None
    asks_models: bool
    silences: Sequence[Silence]
    is_forgetting: bool = False
    """Whether a forgetting was begun and not completed."""


def running_of(opened: Opened) -> Running:
    """What goes on in a home now."""
    home = opened.home
    pause = pause_at(home.file.pauses, opened.now)
    month = opened.now.astimezone(opened.zone).date()
    return Running(
        paused_until=pause.end if pause else None,
        next_night=next_night(opened),
        spent_usd=spent_in_month(answers_of(home), month, opened.zone),
        cap_usd=home.settings.monthly_cap_usd,
        asks_models=bool(home.settings.llm or home.settings.embedding_model),
        silences=silences(opened.store, opened.today) if opened.has_tables else (),
        is_forgetting=is_pending(home),
    )


def next_night(opened: Opened) -> datetime:
    """When the nightly dream is due next: its hour, or the start of the day where that is later."""
    at = max(opened.home.settings.dagster.nightly_at, opened.calendar.day_starts_at)
    local = opened.now.astimezone(opened.zone)
    due, _ = opened.calendar.instant_of(datetime.combine(local.date(), at))
    if due > opened.now:
        return due
    return opened.calendar.instant_of(datetime.combine(local.date() + timedelta(days=1), at))[0]


def running_words(running: Running, opened_at: datetime, zone: ZoneInfo) -> list[tuple[str, str]]:
    """Label and fact of each thing that is worth a line."""
    lines = []
    if running.is_forgetting:
        lines.append(("Forget", "was begun and stopped; `rem forget --yes` completes it"))
    if running.paused_until:
        lines.append(
            ("Paused", f"until {_at(running.paused_until, opened_at, zone)}; `rem pause off` ends it")
        )
    lines += [("Silent", silence_words(each)) for each in running.silences]
    lines.append(("Night", f"{_at(running.next_night, opened_at, zone)}, while `rem up` or a timer runs"))
    if running.asks_models or running.spent_usd:
        cap = "no limit" if running.cap_usd is None else f"of {running.cap_usd:.2f}"
        lines.append(("Spent", f"{running.spent_usd:.2f} USD this month, {cap}"))
    return lines


def silence_words(silence: Silence) -> str:
    """A kind of source that has fallen silent, in a sentence."""
    usual = f"seldom more than {counted(silence.usual_days, 'day')} before"
    return f"{clean(silence.kind)} for {counted(silence.days, 'day')}, since {silence.last_day}; {usual}"


def running_as_json(running: Running) -> dict[str, object]:
    """What goes on, for programs."""
    return {
        "paused_until": running.paused_until.isoformat() if running.paused_until else None,
        "next_night": running.next_night.isoformat(),
        "spent_usd": running.spent_usd,
        "monthly_cap_usd": running.cap_usd,
        "forgetting_unfinished": running.is_forgetting,
        "silent": [vars(each) for each in running.silences],
    }


def _at(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    day = "" if local.date() == now.astimezone(zone).date() else f"{short_day(local.date())} "
    return f"{day}{clock(local, zone)}"
