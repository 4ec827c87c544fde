"""How is one moment written into the columns of a page?

14:00  ● Work       Built the graph; the build waited on the disk
3 h 30              #graph-build #recall
                    ✓ Builder merged  ✓ Build 214 s to 51 s
                    “Two hours. It was fsync the whole time.”
                      chat with Claude, 16:12
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from zoneinfo import ZoneInfo

from rich.text import Text

from rem_dagster.interfaces.cli.cited import Cited
from rem_dagster.interfaces.cli.kinds import WORD_CELLS, kind_of
from rem_dagster.interfaces.cli.words import clean, clock, fit, lasting, one_line, pack, padded, wrap
from rem_dagster.model.moment import Evidence, Moment
from rem_dagster.recall.linked import Linked, Links

TIME_CELLS = 7
INDENT = TIME_CELLS + 2 + WORD_CELLS + 1
SOFT = "dim"
LONGEST_QUOTE = 110
"""Characters of a quote that stands for a moment."""
MOST_QUOTE_LINES = 3
MOST_LINKS = 4
"""Of a moment each way."""
MOSTLY = 0.7
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Drawing:
    """How moments are written."""

    zone: ZoneInfo
    width: int
    cited: Mapping[str, Cited]
    all_quotes: bool = False
    """Every quote, rather than the one that says most."""
    summaries: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    """Moment's id -> by what it is named, on a line of its own."""
    links: Mapping[str, Links] = field(default_factory=dict)
    """Item's id -> what it links to, and what links to it."""

    @property
    def room(self) -> int:
        """Cells beside the columns of time and type."""
        return max(self.width - INDENT, 8)


def moment_lines(moment: Moment, drawing: Drawing) -> list[Text]:
    """The lines of one moment."""
    kind = kind_of(moment.moment_type)
    title, *more = wrap(moment.name, drawing.room) or ["(no title)"]
    first = Text.assemble(
        f"{_time(moment, drawing):<{TIME_CELLS}}",
        (kind.shape, kind.colour),
        " ",
        padded(kind.word, WORD_CELLS),
        " ",
        (title, "bold"),
    )
    rest = [Text(line, "bold") for line in more] + _details(moment, drawing)
    left = (
        ["sure"]
        if moment.is_prediction
        else [lasting(moment.end_time - moment.start_time), _clock_there(moment, drawing)]
    )
    words = [each for each in left if each]
    beside = zip_longest(words, rest, fillvalue=None)
    return [first, *(_beside(each or "", line or Text()) for each, line in beside)]


def _time(moment: Moment, drawing: Drawing) -> str:
    """When it began; how sure it is in place of that where it is still to come."""
    if moment.is_prediction:
        return "?" if moment.confidence is None else f"{moment.confidence:.0%}"
    return clock(moment.start_time, drawing.zone)


def best_quote(moment: Moment) -> Evidence | None:
    """The quote that adds most: one that shows a feeling, else the first short one; none that repeats."""
    said = [each for each in moment.evidence if not _repeats(each.quote, moment)]
    feeling = [each for each in said if feelings_in(each.quote, moment)]
    short = [each for each in said if len(each.quote) <= LONGEST_QUOTE]
    return next(iter((*feeling, *short, *said)), None)


def feelings_in(quote: str, moment: Moment) -> list[str]:
    """The moment's feelings whose very word is in a quote."""
    return [tag for tag in moment.emotion_tags if tag[:6] in quote.lower()]


def _repeats(quote: str, moment: Moment) -> bool:
    """Whether the title and outcomes say most of a quote already."""
    words = set(_WORD.findall(quote.lower()))
    said = set(_WORD.findall(" ".join((moment.name, *moment.outcomes)).lower()))
    return len(words & said) >= MOSTLY * len(words)


def _beside(left: str, line: Text) -> Text:
    whole = Text.assemble((f"{left:<{INDENT}}", SOFT), line)
    whole.rstrip()
    return whole


def _details(moment: Moment, drawing: Drawing) -> list[Text]:
    lines = [Text(one_line([f"#{tag}" for tag in moment.tags], drawing.room), SOFT)] if moment.tags else []
    if label := drawing.labels.get(moment.id):
        lines.insert(0, Text(label, SOFT))
    if drawing.summaries:
        lines += [Text(line) for line in wrap(moment.summary, drawing.room)]
    outcomes = [f"✓ {each}" for each in moment.outcomes if each.lower() not in moment.name.lower()]
    lines += [Text(line) for line in pack(outcomes, drawing.room, hang="  ")]
    quotes = moment.evidence if drawing.all_quotes else filter(None, [best_quote(moment)])
    shown: set[str] = set()
    for quote in quotes:
        feelings = feelings_in(quote.quote, moment)
        shown.update(feelings)
        lines += _quote(quote, feelings, drawing)
    if rest := [tag for tag in moment.emotion_tags if tag not in shown]:
        lines += [Text(line) for line in wrap(f"felt {', '.join(rest)}", drawing.room)]
    return [*lines, *_links(moment, drawing)]


def _links(moment: Moment, drawing: Drawing) -> list[Text]:
    """What the moment's sources link to, and what links to them."""
    cited = dict.fromkeys(quote.source_id for quote in moment.evidence)
    held = [drawing.links[each] for each in cited if each in drawing.links]
    to = {end.id: end for links in held for end in links.to if end.id not in cited}
    back = {end.id: end for links in held for end in links.linked_from if end.id not in cited}
    told = [(word, ends) for word, ends in (("links to", to), ("linked from", back)) if ends]
    return [
        Text(line, SOFT)
        for word, ends in told
        for line in wrap(f"{word} {_listed([*ends.values()])}", drawing.room)
    ]


def _listed(ends: Sequence[Linked]) -> str:
    names = [clean(f"{each.what} “{each.name}”" if each.table else each.name) for each in ends[:MOST_LINKS]]
    more = [f"{len(ends) - MOST_LINKS} more"] if len(ends) > MOST_LINKS else []
    return ", ".join([*names, *more])


def _quote(quote: Evidence, feelings: list[str], drawing: Drawing) -> list[Text]:
    felt = f"{', '.join(feelings)}: " if feelings else ""
    most = None if drawing.all_quotes else MOST_QUOTE_LINES
    lines = [Text(line, "italic") for line in wrap(f"{felt}“{quote.quote}”", drawing.room, most_lines=most)]
    source = drawing.cited.get(quote.source_id)
    name = source.named(drawing.zone) if source else "its source is no longer here"
    return [*lines, Text("  " + _named(name, drawing.room - 2), SOFT)]


def _named(name: str, width: int) -> str:
    """A source's name with its time of day, which is never cut off."""
    what, _, at = name.rpartition(", ")
    fitting = fit(what, width - len(at) - 2)
    if fitting != what and what.endswith("”"):
        fitting = fit(what, width - len(at) - 3) + "”"
    return f"{fitting}, {at}" if what else fit(name, width)


def _clock_there(moment: Moment, drawing: Drawing) -> str:
    """The time of day where the moment's first quoted source was written; empty where clocks agree."""
    sources = (drawing.cited.get(quote.source_id) for quote in moment.evidence)
    first = next((each for each in sources if each is not None), None)
    there = first.clock_there(moment.start_time, drawing.zone) if first else None
    return f"{there} there" if there else ""
