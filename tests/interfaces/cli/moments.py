"""Fixed moments and pages, for tests of how they are drawn."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rem_dagster.interfaces.cli.cited import Cited
from rem_dagster.interfaces.cli.page import PageView
from rem_dagster.model.dream import Dream, QuarantinedClaim
from rem_dagster.model.moment import Evidence, Moment
from rem_dagster.model.summary import Summary
from rem_dagster.model.window import Window
from rem_dagster.recall.timeline import DayCounts, DayPage

DAY = date(2026, 11, 18)
MIDNIGHT = datetime(2026, 11, 18, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")


def at(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return MIDNIGHT + timedelta(hours=hour, minutes=minute)


def moment(
    name: str,
    start: str = "09:00",
    end: str = "10:00",
    *,
    kind: str = "work_session",
    tags: tuple[str, ...] = (),
    outcomes: tuple[str, ...] = (),
    emotions: tuple[str, ...] = (),
    quotes: tuple[tuple[str, str], ...] = (),
    summary: str = "",
) -> Moment:
    return Moment(
        id=f"{start}/{name}",
        user_id="ann",
        partition_key=DAY.isoformat(),
        name=name,
        summary=summary,
        start_time=at(start),
        end_time=at(end),
        created_at=at(end),
        moment_type=kind,
        tags=tags,
        outcomes=outcomes,
        emotion_tags=emotions,  # type: ignore[arg-type]  # tests give words of the closed list
        evidence=tuple(Evidence(source_id=source, quote=quote) for source, quote in quotes),
        dream_id="d",
    )


def ledger(status: str = "complete", *, items: int = 64, **values: object) -> Dream:
    return Dream.model_validate(
        {
            "id": "l",
            "user_id": "ann",
            "partition_key": DAY.isoformat(),
            "status": status,
            "input_digest": "x",
            "input_hash": "x",
            "recipe": "r",
            "engine": "offline",
            "agentlet": "a",
            "agentlet_version": "1",
            "counts": {"items": items},
            "dream_id": "d",
            "dreamt_at": MIDNIGHT + timedelta(days=1, hours=3, minutes=4),
            **values,
        }
    )


def page(
    *moments: Moment,
    summary: str | None = None,
    dream: Dream | None = None,
    items: int = 64,
    cited: dict[str, Cited] | None = None,
    **view: object,
) -> PageView:
    made = None
    if summary is not None:
        made = Summary(
            id="s",
            user_id="ann",
            period="day",
            partition_key=DAY.isoformat(),
            name="A day",
            content=summary,
            start_time=MIDNIGHT,
            end_time=at("23:00"),
            created_at=at("23:00"),
            input_hash="x",
            recipe="r",
        )
    window = Window(MIDNIGHT, MIDNIGHT + timedelta(days=1))
    held = DayPage("ann", DAY, window, tuple(moments), made, DayCounts(messages=items), dream)
    return PageView(held, LISBON, cited or {}, **view)  # type: ignore[arg-type]  # fields by name


def held_back(text: str, reason: str) -> QuarantinedClaim:
    return QuarantinedClaim(kind="moment", text=text, reason=reason)
