"""Which sentences of a model do the sources that they cite bear out?

A sentence passes, or is left out with its reason.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Grounded = Callable[[str, str], str | None]
"""Why a claim does not come from a source's text, as far as code can tell; None where it may."""
_QUOTED = re.compile(r"“([^”]{2,})”|\"([^\"]{2,})\"|«([^»]{2,})»|„([^“”]{2,})[“”]")
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
_MARKS = re.compile(r"\s*\[(?:\w{1,6}(?:,\s*)?)+\]")
SAID = 120
"""Characters of a sentence that a reason repeats."""


@dataclass(frozen=True)
class Claimed:
    """A sentence as a model gave it."""

    text: str
    handles: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """What passed, and why the others did not."""

    passed: tuple[Claimed, ...]
    errors: tuple[str, ...]


def claimed_in(content: Mapping[str, object]) -> list[Claimed]:
    """The sentences of a model's answer; marks such as `[c1]` within them count as handles."""
    given = content.get("sentences")
    found = []
    for each in given if isinstance(given, list) else ():
        if isinstance(each, Mapping) and isinstance(each.get("text"), str):
            text = " ".join(each["text"].split())
            cites = each.get("cites")
            handles = [str(one).strip(" []") for one in cites] if isinstance(cites, list) else []
            handles += [one for mark in _MARKS.findall(text) for one in re.findall(r"\w+", mark)]
            found.append(Claimed(_MARKS.sub("", text).strip(), tuple(dict.fromkeys(filter(None, handles)))))
    return [each for each in found if each.text]


def check(
    claimed: Sequence[Claimed], sources: Mapping[str, str], grounded: Grounded, *, question: str = ""
) -> Checked:
    """The sentences that their sources bear out.

    Args:
        sources: the text of each handle, its head included.
        question: whose own figures a sentence may repeat.
    """
    passed, errors = [], []
    for each in claimed:
        reason = _reason_against(each, sources, grounded, question)
        if reason is None:
            passed.append(each)
        else:
            errors.append(f"{each.text[:SAID]!r}: {reason}")
    return Checked(tuple(passed), tuple(errors))


def _reason_against(
    claim: Claimed, sources: Mapping[str, str], grounded: Grounded, question: str
) -> str | None:
    if not claim.handles:
        return "it cites nothing"
    if unknown := [each for each in claim.handles if each not in sources]:
        return f"there is no source {', '.join(each[:20] for each in unknown[:3])}"
    cited = _flat("\n".join(sources[each] for each in claim.handles))
    for match in _QUOTED.finditer(claim.text):
        quote = next(filter(None, match.groups()))
        if _flat(quote).strip(" .,;:!?…") not in cited:
            return f"the words {quote[:60]!r} do not stand in what it cites"
    known = set(_FIGURE.findall(f"{cited} {question}"))
    if strange := [each for each in _FIGURE.findall(claim.text) if each not in known]:
        return f"the figure {strange[0]} is not in what it cites"
    return grounded(claim.text, cited)


def _flat(text: str) -> str:
    return " ".join(text.replace("’", "'").split())
