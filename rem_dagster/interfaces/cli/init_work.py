"""How is what a person chose brought in, dreamt and shown?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DayResult, DreamPlan, dream
from rem_dagster.dreaming.stale import find_days
from rem_dagster.ingest.discovery.found import FoundSource
from rem_dagster.ingest.discovery.machine import Machine, look_around
from rem_dagster.ingest.kept import KeptPlace, is_kept, keep
from rem_dagster.ingest.sync import SourceReport, pull_source
from rem_dagster.interfaces.cli.discovered import Offer, home_path, offers_of
from rem_dagster.interfaces.cli.failure import keeping
from rem_dagster.interfaces.cli.looking import Look, latest_day, look_at_day
from rem_dagster.interfaces.cli.opening import Opened, open_existing
from rem_dagster.interfaces.cli.options import Given
from rem_dagster.interfaces.cli.output import note, page_width, progress, show
from rem_dagster.interfaces.cli.page import day_text
from rem_dagster.interfaces.cli.pulling import pull_line
from rem_dagster.interfaces.cli.words import counted, days_from_to
from rem_dagster.settings import Home, SourceSettings, imagine_home, user_places

DAYS_DREAMT = 7


@dataclass(frozen=True)
class Found:
    """What there is to choose from."""

    home: Home
    """As it is, or would be made."""
    is_new_home: bool
    machine: Machine
    offers: list[Offer]

    @property
    def free(self) -> list[FoundSource]:
        """What can be chosen."""
        return [each.source for each in self.offers if each.number is not None]


@dataclass(frozen=True)
class Brought:
    """What was done."""

    pulls: tuple[SourceReport, ...]
    dreamt: tuple[DayResult, ...]
    shown: date | None
    """The day that is worth reading first; None where nothing was dreamt."""


def look_for(given: Given) -> Found:
    """What lies on this machine, and what of it the home knows already; nothing is written."""
    home = imagine_home(given.home, flags={"user": given.user, "timezone": given.timezone})
    is_new = not (home.path / "home.json").exists()
    machine = look_around(user_places(), now=datetime.now(UTC))
    imported = set() if is_new else _imported(open_existing(given))
    known = [
        is_kept(home, each.kind, str(each.path))
        or (each.is_once and (each.kind, str(each.path.resolve())) in imported)
        for each in machine.sources
    ]
    return Found(home, is_new, machine, offers_of(machine.sources, known))


def bring_in(
    opened: Opened, sources: Sequence[FoundSource], *, me: Sequence[str], may_dream: bool
) -> Brought:
    """Name the sources in `config.toml`, import them, and dream the last days offline."""
    kept = [each for each in sources if not each.is_once]
    user = opened.home.settings.user if opened.home.origins.get("user") == "flag" else None
    places = [KeptPlace(each.kind, str(each.path), user=user, options=each.options) for each in kept]
    opened = replace(opened, home=keep(opened.home, places, me=me))
    note(f"Wrote {opened.home.path / 'config.toml'}: {counted(len(kept), 'source')} to be kept fresh.")
    pulls = tuple(_pull(opened, each) for each in sources)
    if not may_dream or opened.is_empty:
        return Brought(pulls, (), None)
    look = Look(opened, opened.home.settings.user)
    dreamt = tuple(_dream(look))
    return Brought(pulls, dreamt, _day_to_show(look, dreamt))


def show_brought(opened: Opened, brought: Brought) -> None:
    """Show the day, and what may come next."""
    look = Look(opened, opened.home.settings.user)
    if brought.shown is not None:
        show(day_text(replace(look_at_day(look, brought.shown), next_commands=()), page_width()))
    left = _left(look)
    show(f"Next: {opened.command('dream')}" + (f"     the other {counted(left, 'day')}" if left else ""))
    show(f"      {opened.command('show', 'week')}")
    show(f"      {opened.command('sync')}     what is new since")


def _imported(opened: Opened) -> set[tuple[str, str]]:
    """Kinds and places that were imported whole."""
    if not opened.has_tables:
        return set()
    rows = opened.store.read("syncs", ["source", "account", "error"]).to_pylist()
    return {(row["source"], row["account"]) for row in rows if row["error"] is None}


def _pull(opened: Opened, source: FoundSource) -> SourceReport:
    """Import one source as a sync does, so that the next sync goes on from there."""
    entry = SourceSettings.model_validate(
        {"kind": source.kind, "path": home_path(source.path), **source.options}
    )
    kept = "What was read is stored, and config.toml names the sources: `rem sync` brings in the rest."
    with keeping(kept), progress(f"{source.kind} {source.path.name}", None) as bar:
        pulled = pull_source(
            opened.home,
            opened.store,
            entry,
            now=opened.now,
            progress=lambda items: bar.update(bar.task_ids[0], completed=items),
        )
    note(pull_line(pulled))
    return pulled


def _dream(look: Look) -> list[DayResult]:
    """Dream the last seven days; where they hold nothing, the seven up to the last that holds something."""
    opened = look.opened
    last = latest_day(look)
    if last is None:
        return []
    first = opened.today - timedelta(days=DAYS_DREAMT - 1)
    first, last = (first, opened.today) if last >= first else (last - timedelta(days=DAYS_DREAMT - 1), last)
    kept = "Finished days are kept; `rem dream` goes on with the others."
    with keeping(kept), progress("Dreaming", DAYS_DREAMT) as bar:
        plan = DreamPlan(
            first,
            last,
            user_ids=[look.user_id],
            on_days=lambda done: bar.advance(bar.task_ids[0], len(done)),
        )
        report = dream(opened.home, opened.store, OfflineEngine(), plan)
        refresh_across(opened.home, opened.store)
    if report.dreamt:
        made = counted(sum(each.moments for each in report.days), "moment")
        days = [date.fromisoformat(each.day) for each in report.dreamt]
        note(f"Dreamt {days_from_to(min(days), max(days))}: {made}, offline, $0.00")
    return list(report.days)


def _day_to_show(look: Look, dreamt: Sequence[DayResult]) -> date | None:
    """Yesterday where it holds something, else the latest day that was dreamt."""
    days = {date.fromisoformat(each.day) for each in dreamt if each.moments}
    yesterday = look.opened.today - timedelta(days=1)
    return yesterday if yesterday in days else max(days, default=None)


def _left(look: Look) -> int:
    states = find_days(look.opened.store, user_ids=[look.user_id], last_day=look.opened.today)
    return sum(state.needs_dream for state in states)
