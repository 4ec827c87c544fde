"""What does a morning's page say to programs, and which command comes after it?"""

from dataclasses import asdict
from datetime import date

from rem_dagster.errors import WindowError
from rem_dagster.interfaces.cli.as_json import moments_as_json
from rem_dagster.interfaces.cli.asked import asked_time, whole_days
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.recall.journal.standup import Standup, StandupDay


def morning_asked(text: str, opened: Opened) -> date:
    """The day whose morning is meant; today without words.

    Raises:
        WindowError: the words name no time, one to come, or more than a day.
    """
    if not text:
        return opened.today
    days = whole_days(asked_time(text, opened).window, opened)
    if days is None or days[0] != days[1]:
        raise WindowError(
            f"{text!r} is not one day, and `rem standup` tells of the morning of one. Nothing was changed. "
            "Name a day, such as `monday` or 2025-10-20."
        )
    return days[0]


def commands_after(standup: Standup, opened: Opened) -> list[str]:
    """What may come next: a dream where a day is not all told, else its page."""
    if not standup.days:
        return [opened.command("status")]
    if undreamt := standup.undreamt:
        first, last = undreamt[0].isoformat(), undreamt[-1].isoformat()
        return [opened.command("dream", *([first] if first == last else ["--start", first, "--end", last]))]
    named = [] if standup.day == opened.today else [standup.day.isoformat()]
    return [
        opened.command("standup", *named, "--markdown"),
        opened.command("show", standup.days[-1].day.isoformat()),
    ]


def standup_as_json(standup: Standup) -> dict[str, object]:
    """The whole page; instants are UTC."""
    last = standup.last_time
    return {
        "user_id": standup.user_id,
        "day": standup.day.isoformat(),
        "zone": standup.zone.key,
        "days": [_day_as_json(each) for each in standup.days],
        "outcomes": standup.outcomes,
        "open": [
            {**asdict(each), "is_for_today": standup.is_for_today(each)}
            for each in (*standup.own, *standup.of_others)
        ],
        "done": [asdict(each) for each in standup.closed],
        "faded": [asdict(each) for each in standup.faded],
        "today": [asdict(each) for each in standup.ahead],
        "predictions": moments_as_json(standup.predictions),
        "returning": [asdict(each) for each in standup.returning],
        "year_ago": moments_as_json([standup.year_ago])[0] if standup.year_ago else None,
        "last_time": {**asdict(last), "moment": moments_as_json([last.moment])[0]} if last else None,
    }


def _day_as_json(each: StandupDay) -> dict[str, object]:
    return {
        "day": each.day.isoformat(),
        "state": each.state,
        "items": each.items,
        "summary": each.summary,
        "moments": moments_as_json(each.moments),
    }
