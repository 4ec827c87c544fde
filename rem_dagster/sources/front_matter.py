"""What does the YAML at the top of a note say?"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

import yaml

from rem_dagster.errors import InputError
from rem_dagster.sources.text import replace_surrogates
from rem_dagster.sources.times import SaidTime, parse_time

BLOCK = re.compile(r"\A---[ \t]*\n(.*?)(?:^---|^\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
CREATED = ("created", "date", "created_at", "created-at", "date created", "creation_date", "date-created")
UPDATED = ("updated", "modified", "updated_at", "last_modified", "date modified", "lastmod", "date-modified")
TAGS = ("tags", "tag", "keywords")
ALIASES = ("aliases", "alias")
MOST_NESTED = 100
"""Brackets in brackets; what the YAML library needs for them grows with their square."""
IDS = ("id", "uid", "uuid")
READ = frozenset((*CREATED, *UPDATED, *TAGS, *ALIASES, "title"))
PAGE_PROPERTY = re.compile(r"[ \t]*(?:- )?([\w.-]+):: ?(.*)\n?")
"""Logseq's way to say something of a page, in the lines of its first block."""
BLOCK_MARK = re.compile(r"^[ \t]*(?:id|collapsed):: .*\n?", re.MULTILINE)
"""What Logseq writes below a block for itself."""
BRACKET = re.compile(r"[\[\]{}]")
FENCED = re.compile(r"^(```|~~~).*?(?:^\1|\Z)", re.DOTALL | re.MULTILINE)
CODE_SPAN = re.compile(r"`[^`\n]*`")
INLINE_TAG = re.compile(r"(?:^|(?<=[\s(,;]))#([^\W\d_][\w/-]*|\d+[\w/-]*[^\W\d][\w/-]*)")
"""A tag has a letter somewhere, so that `#123` stays an issue number."""


@dataclass(frozen=True)
class FrontMatter:
    """What a note says of itself before its text."""

    values: Mapping[str, object] = field(default_factory=dict)
    """By lower-case name."""
    error: str | None = None
    """Why its YAML could not be read."""

    @property
    def title(self) -> str | None:
        """The title, if it is text."""
        title = self.values.get("title")
        return title.strip() or None if isinstance(title, str) else None

    @property
    def id(self) -> str | None:
        """The name that the note has wherever it lies, if it is plain text or a number."""
        for name in IDS:
            value = self.values.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                return replace_surrogates(str(value).strip())
        return None

    @property
    def tags(self) -> list[str]:
        """The tags as they stand."""
        return [each.removeprefix("#") for name in TAGS for each in _texts(self.values.get(name))]

    @property
    def aliases(self) -> list[str]:
        """Other names of the note."""
        return [each for name in ALIASES for each in _texts(self.values.get(name), separators="")]

    @property
    def properties(self) -> dict[str, object]:
        """The other values that are single or plain lists; nested ones could be of any size."""
        plain = {name: _plain(value) for name, value in self.values.items() if name not in READ}
        return {name: value for name, value in plain.items() if value is not None}

    def time_among(self, names: Iterable[str]) -> SaidTime | None:
        """The first of the named times that is one.

        Raises:
            InputError: a value is there and none is a time.
        """
        problem: InputError | None = None
        for name in names:
            value = self.values.get(name)
            if value is None or value == "":
                continue
            try:
                return parse_time(value.strip("[] ") if isinstance(value, str) else value)
            except InputError as error:
                problem = problem or error
        if problem:
            raise problem
        return None


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """The front matter and the text after it.

    What only looks like front matter, or cannot be read, stays in the text: nothing is lost.
    """
    found = BLOCK.match(text)
    if not found:
        return FrontMatter(), text
    if _is_nested_deeply(found[1]):
        return FrontMatter(error=f"has more than {MOST_NESTED} brackets in brackets"), text
    try:
        values = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        return FrontMatter(error=str(getattr(error, "problem", None) or "is not YAML")), text
    except (ValueError, RecursionError, OverflowError) as error:
        return FrontMatter(error=str(error)), text  # a date such as 2024-13-45, or nesting without end
    if not isinstance(values, dict | None):
        return FrontMatter(), text  # a line across the page, with prose below it
    named = {replace_surrogates(str(name)).strip().lower(): each for name, each in (values or {}).items()}
    return FrontMatter(named), text[found.end() :]


def _is_nested_deeply(text: str) -> bool:
    if text.count("[") + text.count("{") <= MOST_NESTED:
        return False
    depths = accumulate(1 if each[0] in "[{" else -1 for each in BRACKET.finditer(text))
    return max(depths) > MOST_NESTED


def split_page_properties(front: FrontMatter, body: str) -> tuple[FrontMatter, str]:
    """The front matter with what Logseq's `key:: value` lines at the top say, and the text without marks.

    The lines stay in the text; links and tags in them are read from there.
    """
    told: dict[str, object] = {}
    at = len(body) - len(body.lstrip("\n"))
    while found := PAGE_PROPERTY.match(body, at):
        value = found[2].strip()
        name = found[1].lower()
        if value and name not in ("id", "collapsed"):
            listed = [each.strip().removeprefix("#").strip("[]") for each in value.split(",")]
            told[name] = listed if name in (*TAGS, *ALIASES) else value
        at = found.end()
    body = BLOCK_MARK.sub("", body) if ":: " in body else body
    return (FrontMatter({**told, **front.values}, front.error) if told else front), body


def normal_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags in lower case, hyphenated, NFC, each once and sorted."""
    normal = (unicodedata.normalize("NFC", "-".join(tag.lower().split())).strip("/-") for tag in tags)
    return tuple(sorted({tag for tag in normal if tag}))


def inline_tags(body: str) -> list[str]:
    """The `#tags` of a text that do not stand in code."""
    if "#" not in body:
        return []
    return INLINE_TAG.findall(CODE_SPAN.sub("", FENCED.sub("", body)))


def _texts(value: object, separators: str = r"[,\s]+") -> list[str]:
    if isinstance(value, str):
        parts = re.split(separators, value) if separators else [value]
        return [replace_surrogates(part.strip()) for part in parts if part.strip()]
    if isinstance(value, list):
        return [replace_surrogates(str(each)) for each in value if isinstance(each, str | int | float | date)]
    return []


def _plain(value: object) -> object:
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float | date):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, str | int | float | date) for each in value):
        return [replace_surrogates(str(each)) for each in value]
    return None
