"""How is a day written into a note?

    <!-- rem:begin day=2026-11-18 user=3f2a9c1b -->
    ## Wednesday 18 November 2026
    The day's summary.

    ### A moment's title                             an edit renames it
    <!-- rem:moment ID NAME.TYPE.TIMES.SUMMARY.REST  -->
    14:00–17:30 · Work · felt curious · \\#build     an edit of times or type changes these
    Its summary.                                     an edit rewords it
    - ✓ what came of it                              not to be edited
    > “a quote”, with its source
    <!-- rem:moments HEAD ID ID ... -->              whose section is gone is hidden
    <!-- rem:end -->

What stands in capitals are short digests of the lines as they were written: by them an edit is known,
wherever the file was moved to.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from rem_dagster.model.ids import digest_text
from rem_dagster.model.moment import Moment
from rem_dagster.model.own_output import END
from rem_dagster.recall.journal.escaping import escaped
from rem_dagster.recall.journal.sources import SourceItem
from rem_dagster.recall.journal.words import clock, long_day
from rem_dagster.recall.kinds import word_of

NOTHING = "Nothing is recorded of this day."
BETWEEN = " · "
DIGEST = 6
"""Hexadecimal digits: enough to see that one line of a note was edited."""
WHOSE = 8


@dataclass(frozen=True)
class DayText:
    """What a note says of one day."""

    day: date
    moments: tuple[Moment, ...]
    """In order; predictions are not among them."""
    summary: str | None = None


@dataclass(frozen=True)
class Writing:
    """What days are written with."""

    user_id: str
    zone: ZoneInfo
    sources: Mapping[str, SourceItem]
    """What moments quote, by id."""

    @property
    def whose(self) -> str:
        """What tells this user's blocks from those of others, without their name."""
        return whose(self.user_id)


@dataclass(frozen=True)
class Section:
    """The lines of a moment, as they stand in a note."""

    moment_id: str
    name: str
    times: str
    kind: str
    summary: str
    felt: str
    """What follows the type on its line."""
    rest: str
    """All below the summary."""

    @property
    def digests(self) -> tuple[str, ...]:
        """Of name, type, times, summary, and all else."""
        return tuple(map(digest, (self.name, self.kind, self.times, self.summary, self.felt + self.rest)))

    @property
    def text(self) -> str:
        """The section."""
        line = BETWEEN.join(filter(None, (self.times, self.kind, self.felt)))
        mark = f"<!-- rem:moment {self.moment_id} {'.'.join(self.digests)} -->"
        return "\n\n".join(filter(None, (f"### {self.name}\n{mark}\n{line}", self.summary, self.rest)))


def whose(user_id: str) -> str:
    """What tells one user's blocks from those of others."""
    return digest_text("vault", user_id)[:WHOSE]


def block_of(day: DayText, writing: Writing) -> str:
    """The whole block, with `\\n` at the end of each of its lines."""
    head = head_of(day)
    sections = [section_of(moment, writing) for moment in day.moments]
    ids = " ".join(each.moment_id for each in sections)
    begin = f"<!-- rem:begin day={day.day.isoformat()} user={writing.whose} -->"
    ends = f"<!-- rem:moments {' '.join(filter(None, (digest(head), ids)))} -->\n{END}\n"
    return "\n\n".join([f"{begin}\n{head}", *(each.text for each in sections), ends])


def head_of(day: DayText) -> str:
    """What stands before the moments."""
    said = escaped(day.summary or "") or ("" if day.moments else NOTHING)
    return "\n\n".join(filter(None, (f"## {long_day(day.day)}", said)))


def section_of(moment: Moment, writing: Writing) -> Section:
    """A moment as it is written."""
    felt = [f"felt {', '.join(moment.emotion_tags)}"] if moment.emotion_tags else []
    tags = " ".join(f"\\#{escaped(tag)}" for tag in moment.tags)
    outcomes = "\n".join(f"- ✓ {escaped(each)}" for each in moment.outcomes)
    quotes = [_quote(each.source_id, each.quote, writing) for each in moment.evidence]
    return Section(
        moment_id=moment.id,
        name=name_of(moment),
        times=times_of(moment, writing.zone),
        kind=escaped(word_of(moment.moment_type)),
        summary=escaped(moment.summary),
        felt=BETWEEN.join(filter(None, (*felt, tags))),
        rest="\n\n".join(filter(None, (outcomes, *dict.fromkeys(quotes)))),
    )


def name_of(moment: Moment) -> str:
    """A moment's title as it is written."""
    return escaped(moment.name) or "(no title)"


def times_of(moment: Moment, zone: ZoneInfo) -> str:
    """`14:00–17:30`, or `14:00` where it is one minute."""
    start, end = clock(moment.start_time, zone), clock(moment.end_time, zone)
    return start if start == end else f"{start}–{end}"


def digest(text: str) -> str:
    """A few digits of a text; white space at the ends of lines and empty lines do not count."""
    lines = "\n".join(kept for line in text.splitlines() if (kept := line.rstrip()))
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST]


def _quote(source_id: str, quote: str, writing: Writing) -> str:
    source = writing.sources.get(source_id)
    named = f"  \n> {escaped(source.named(writing.zone))}" if source else ""
    return f"> “{escaped(quote)}”{named}"
