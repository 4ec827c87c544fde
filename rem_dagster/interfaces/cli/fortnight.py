"""How do the bundled three weeks become the fortnight before today?

    bundled    Mon ············ Sun Mon ············ Sun Mon ············ Sun
    moved                 Mon ············ Sun Mon ············ Sun Mon ···│today
    kept                        └──────────── fourteen days ──────────────┘

They are moved by whole weeks, as their texts name weekdays, so that yesterday lies in the third. Times of
day stay as they are; what they are in UTC is found anew, for the clocks may have changed in between.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

LIFE = Path(__file__).parent / "demo_life"
FIRST_DAY = date(2025, 9, 29)
WEEK = timedelta(days=7)
HOME_ZONE = ZoneInfo("Europe/Lisbon")
AWAY_ZONE = ZoneInfo("America/Toronto")
TIMES = ("created_at", "ended_at", "active_start_time", "active_end_time")
_CREATED = re.compile(r"(?m)^created: (\S+)$")


def shift_for(today: date) -> timedelta:
    """Whole weeks by which the three weeks are moved: yesterday is then in the third."""
    into_third_week = today - timedelta(days=1) - (FIRST_DAY + 2 * WEEK)
    return into_third_week // WEEK * WEEK


def write_fortnight(folder: Path, today: date) -> None:
    """Write what lies in the fourteen days before today: `activity.jsonl` and `notes/*.md`."""
    shift = shift_for(today)
    notes = folder / "notes"
    notes.mkdir(parents=True, exist_ok=True)
    lines = (LIFE / "activity.jsonl").read_text(encoding="utf-8").splitlines()
    moved = [json.dumps(line, ensure_ascii=False) for line in _moved_lines(lines, shift, today)]
    (folder / "activity.jsonl").write_text("\n".join(moved) + "\n", encoding="utf-8")
    for path in sorted((LIFE / "notes").glob("*.md")):
        text, created = _moved_note(path.read_text(encoding="utf-8"), shift)
        if _is_kept(created, today):
            (notes / path.name).write_text(text, encoding="utf-8")


def moved_time(text: str, shift: timedelta) -> datetime:
    """A bundled time, moved: the same time of day in the zone where it was written."""
    told = datetime.fromisoformat(text)
    offset = told.utcoffset() or timedelta()
    zone = AWAY_ZONE if offset < timedelta() else HOME_ZONE
    return (told.replace(tzinfo=None) + shift).replace(tzinfo=zone)


def _moved_lines(lines: list[str], shift: timedelta, today: date) -> Iterator[dict[str, object]]:
    for line in lines:
        item: dict[str, object] = json.loads(line)
        moved = {name: moved_time(str(item[name]), shift) for name in TIMES if item.get(name)}
        if all(_is_kept(time, today) for time in moved.values()):
            yield {**item, **{name: time.isoformat() for name, time in moved.items()}}


def _moved_note(text: str, shift: timedelta) -> tuple[str, datetime]:
    match = _CREATED.search(text)
    assert match is not None, "a bundled note says when it was created"
    created = moved_time(match[1], shift)
    return text.replace(match[0], f"created: {created.isoformat()}", 1), created


def _is_kept(time: datetime, today: date) -> bool:
    return today - 2 * WEEK <= time.astimezone(HOME_ZONE).date() < today
