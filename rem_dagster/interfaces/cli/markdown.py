"""How does a day read as Markdown?"""

import re
from zoneinfo import ZoneInfo

from rem_dagster.interfaces.cli.kinds import kind_of
from rem_dagster.interfaces.cli.page import PageView
from rem_dagster.interfaces.cli.words import clean, clock, lasting, long_day
from rem_dagster.model.moment import Moment

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")


def markdown_of(view: PageView) -> str:
    """A day's page: date, summary, and a section for each moment with its quotes."""
    page = view.page
    blocks = [f"# {long_day(page.day)}", escaped(page.summary.content if page.summary else "")]
    for moment in (*page.moments, *page.predictions):
        blocks += _moment(moment, view)
    return "\n\n".join(filter(None, blocks)) + "\n"


def escaped(text: str) -> str:
    """A text on one line in which nothing is markup."""
    return _SPECIAL.sub(r"\\\1", clean(text))


def _moment(moment: Moment, view: PageView) -> list[str]:
    facts = [
        _times(moment, view.zone),
        kind_of(moment.moment_type).word,
        "" if moment.is_prediction else lasting(moment.end_time - moment.start_time),
        ", ".join(moment.emotion_tags),
        " ".join(f"\\#{escaped(tag)}" for tag in moment.tags),
    ]
    outcomes = "\n".join(f"- ✓ {escaped(each)}" for each in moment.outcomes)
    quotes = []
    for quote in moment.evidence:
        source = view.cited.get(quote.source_id)
        named = f"  \n> {escaped(source.named(view.zone))}" if source else ""
        quotes.append(f"> “{escaped(quote.quote)}”{named}")
    return [
        f"## {escaped(moment.name)}",
        " · ".join(filter(None, facts)),
        escaped(moment.summary),
        outcomes,
        *quotes,
    ]


def _times(moment: Moment, zone: ZoneInfo) -> str:
    if moment.is_prediction:
        sure = "" if moment.confidence is None else f", {moment.confidence:.0%} sure"
        return f"announced for {long_day(moment.start_time.astimezone(zone).date())}{sure}"
    start, end = clock(moment.start_time, zone), clock(moment.end_time, zone)
    return start if start == end else f"{start} to {end}"
