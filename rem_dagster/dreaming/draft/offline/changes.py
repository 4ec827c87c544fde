"""What does a commit change, in words?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rem_dagster.dreaming.draft.offline.words_verbs import gerund_of, is_past, past_of
from rem_dagster.model.day import DayItem

_PREFIX = re.compile(
    r"^(feat|fix|docs?|chore|test|tests|refactor|perf|style|build|ci|revert)(?:\([^)]{1,40}\))?!?:\s+",
    re.IGNORECASE,
)
MOST_READ, LONGEST_SUBJECT = 20_000, 300
"""Characters of a commit and of its first line that are read."""
_GIT = re.compile(r"^git commit -a?m\s*[\"']?")
_REFERENCES = re.compile(
    r"[\s,;.-]*\(?(?:\b(?:closes?|closed|fix(?:es|ed)?|refs?|see|for|towards|resolves?|part of|re|in)\b"
    r":?\s*)?"
    r"(?:[\w./-]*#\d+(?:\s*(?:,|and|&)\s*)?)+\)?[\s.]*$",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+[\w./-]*(#\d+)", re.IGNORECASE)
_VERSION = r"v?(\d+(?:\.\d+)+(?:[-.]?(?:a|b|rc|alpha|beta|dev|post)\.?\d*)?)"
_RELEASE = (
    re.compile(
        rf"^(?:releas(?:e|ed|ing)|version|tag|publish(?:ed)?|ship(?:ped)?)\s+(?:\w+[ -])?{_VERSION}\b", re.I
    ),
    re.compile(
        rf"^(?:bump(?:ed)?|set|update)\s+(?:the\s+)?version(?:\s+(?:number|to"
        rf"|from\s+\S+\s+to))*\s+{_VERSION}",
        re.I,
    ),
    re.compile(rf"^{_VERSION}(?:\s+release)?[.!]?$", re.I),
    re.compile(rf"^(?:chore\(release\)|release):\s+\S*?{_VERSION}", re.I),
)
_NOTES = re.compile(
    rf"\b(?:release notes|changelog)\b.*?{_VERSION}|^{_VERSION}\s+(?:release notes|changelog)", re.I
)
_NOUNS = frozenset(
    [
        "set",
        "read",
        "output",
        "index",
        "cache",
        "list",
        "filter",
        "test",
        "log",
        "map",
        "order",
        "format",
        "display",
        "compute",
        "process",
        "return",
        "search",
        "sort",
        "store",
        "query",
        "build",
        "release",
    ]
)
_AFTER_NOUNS = frozenset("for of notes is case cases".split())  # noqa: SIM905
_WITH_FOR = frozenset("check prepare wait look search allow account think".split())  # noqa: SIM905
_OBJECT = re.compile(r"\s*(?:it|them|the|a|an|that|this|their|its)\b")
_CHORES = re.compile(
    r"^(?:applied |apply |ran |run |re-?ran )?(?:black|prettier|ruff|isort|cog|lint)\b"
    r"|^(?:fix(?:ed)? )?typos?\b|^merge\b"
    r"|^update(?:d)? readme|^bump\b|^wip\b|^\.|readme\.md$|^(?:fix(?:ed)?"
    r"|mend(?:ed)?) (?:broken )?links?\b|whitespace",
    re.I,
)


@dataclass(frozen=True)
class Change:
    """One commit."""

    handle: str
    project: str
    subject: str
    """The first line without type prefix, references and full stop."""
    body: str
    release: str | None
    """The version that this commit releases."""
    notes_for: str | None
    """The version whose release notes this commit writes."""
    closes: str | None
    """The first issue that it says to close, such as `#41`."""
    weight: float
    """How much of the work it is: files, explanation, no chore."""

    @property
    def told(self) -> str:
        """The subject in the past tense where its verb is known."""
        return in_past(self.subject)

    @property
    def is_done(self) -> bool:
        """Whether the subject starts with a verb, so that it tells what was done."""
        first = self.subject.split(" ", 1)[0].lower()
        return self.told != self.subject or (first.endswith("ed") and len(first) > 4)


def change_of(item: DayItem) -> Change:
    """The change that a commit item describes."""
    first, _, body = item.text[:MOST_READ].strip().partition("\n")
    first = first[:LONGEST_SUBJECT]
    subject = clean_subject(first) or clean_subject((item.name or "")[:LONGEST_SUBJECT]) or "Untitled change"
    return Change(
        handle=item.handle,
        project=project_of(item),
        subject=subject,
        body=body.strip(),
        release=_release(first.strip()),
        notes_for=next((v for v in _groups(_NOTES.search(first))), None),
        closes=found.group(1) if (found := _CLOSES.search(item.text[:4000])) else None,
        weight=_weight(item, subject, body),
    )


def released_in(changes: Sequence[Change]) -> list[str]:
    """ "datasette 0.64.1" and its like; later versions of one project without repeating its name."""
    seen: dict[str, list[str]] = {}
    for change in changes:
        if change.release and change.release not in seen.setdefault(change.project, []):
            seen[change.project].append(change.release)
    return [
        f"{project} {version}" if n == 0 else version
        for project, all_ in seen.items()
        for n, version in enumerate(all_)
    ]


def project_of(item: DayItem) -> str:
    """The short name of the repository: the last part of its path or address."""
    name = str(item.metadata.get("repo") or item.thread).rstrip("/")
    return name.rsplit("/", 1)[-1].removesuffix(".git") or name


def clean_subject(line: str) -> str:
    """A subject line without type prefix, references to issues and final stop.

    >>> clean_subject("fix(cli): Fixed bug with spaces, closes #238")
    'Fixed bug with spaces'
    """
    line = _PREFIX.sub("", _GIT.sub("", " ".join(line.split())))
    for _ in range(3):
        line = _REFERENCES.sub("", line)
    line = line.strip().rstrip(".;,: ")
    return line.removesuffix('"').strip() if line.count('"') % 2 else line


def inside_a_line(told: str) -> str:
    """A told subject as it stands within a sentence: a verb in front loses its capital, a name keeps it."""
    first = told.split(" ", 1)[0]
    return told[:1].lower() + told[1:] if is_past(first.lower()) and first[1:].islower() else told


def in_past(subject: str) -> str:
    """The subject with its leading verb in the past; unchanged where the verb is not known.

    >>> in_past("Add a builder"), in_past("readline support")
    ('Added a builder', 'readline support')
    """
    first, space, rest = subject.partition(" ")
    if rest and first.lower() in ("never", "fail"):
        return _behaviour(first.lower(), rest) or subject
    past = (past_of(first.lower()) or _unknown_past(first, rest)) if rest else None
    if past is None or _is_noun_phrase(first, rest):
        return subject
    return f"{past.capitalize()}{space}{_second_verb(rest)}"


def without_verb(line: str) -> str:
    """A subject line without the verb in front: what was changed."""
    first, _, rest = _PREFIX.sub("", line).partition(" ")
    is_verb = past_of(first.lower()) is not None or is_past(first.lower())
    return rest if rest and is_verb and not _is_noun_phrase(first, rest) else line


def _unknown_past(first: str, rest: str) -> str | None:
    """The regular past of a word that can only be a verb: "Widget" is none, "Unravel the" is one."""
    is_verb = re.match(r"(?:the|a|an|every|each) \w", rest) and re.fullmatch(
        r"[A-Z][a-z]{3,}(?<!s)(?<!ed)(?<!ing)(?<!y)", first
    )
    return f"{first.lower().removesuffix('e')}ed" if is_verb else None


def _behaviour(first: str, rest: str) -> str | None:
    """What the program does from now on: "Never print x", "Fail early when x"."""
    verb, _, object_ = rest.partition(" ")
    if first == "never":
        gerund = gerund_of(verb.lower())
        return f"Stopped {gerund} {object_}" if gerund and object_ else None
    found = re.match(r"((?:the|a|an) [\w-]+) (?=when|if|on|for)", rest)
    return f"Made {found.group(1)} fail {rest[found.end() :]}" if found else f"Made it fail {rest}"


def _second_verb(rest: str) -> str:
    """ "fix x and add y": the second verb follows the first into the past where both are certain."""
    for found in re.finditer(r"(?:,| and|, and| &) ([a-z]+) (?=\S)", rest):
        past = past_of(found.group(1))
        certain = found.group(1) not in _NOUNS or _OBJECT.match(rest[found.end() :])
        if (
            past is not None
            and certain
            and not re.search(r"\b(?:to|that|can|will|which|not)\b", rest[: found.start()])
        ):
            return f"{rest[: found.start(1)]}{past}{rest[found.end(1) :]}"
    return rest


def _is_noun_phrase(first: str, rest: str) -> bool:
    """Whether a word that can be a verb starts a noun phrase here ("Test for ...", "Release notes")."""
    follower = rest.split(" ", 1)[0].lower()
    return follower in _AFTER_NOUNS and first.lower() not in _WITH_FOR


def _release(line: str) -> str | None:
    for pattern in _RELEASE:
        for version in _groups(pattern.search(line)):
            return version
    return None


def _groups(found: re.Match[str] | None) -> list[str]:
    return [group for group in found.groups() if group] if found else []


def _weight(item: DayItem, subject: str, body: str) -> float:
    if _CHORES.search(subject) or len(subject) < 6:
        return 0.2
    files = item.metadata.get("files")
    touched = len(files) if isinstance(files, list) else 1
    return 1.0 + min(touched, 8) * 0.15 + min(len(body), 600) / 400
