"""Which columns of somebody's own tables become which fields?

[[sources]]
kind = "sql"
path = "postgresql+psycopg2://rem:${DB_PASSWORD}@db.example.org/app"

[[sources.tables]]
becomes = "messages"
table = "chat_messages"
id = "id"
time = "sent_at"
updated_at = "updated_at"
session = "thread_id"
role = "sender_kind"
map.role = { human = "user", bot = "assistant" }
text = "body"
"""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator, model_validator

from rem_dagster.errors import InputError
from rem_dagster.sources.kind import SourceOptions
from rem_dagster.sources.source import shown

Unit = Literal["auto", "seconds", "milliseconds", "microseconds", "webkit", "mac"]
"""What a number of time counts: since 1970, but `webkit` microseconds since 1601 and `mac` seconds since
2001; `auto` tells the first three apart by their size."""
CONSTANT = re.compile(r"'(.*)'", re.DOTALL)
COLUMN = re.compile(r"\{([^{}]+)\}")
CONVERSATION_FIELDS = ("session", "role", "author", "title", "case", "user")
TEXT_FIELDS = (*CONVERSATION_FIELDS, "text", "name", "uri", "category", "tags", "trust")
MAX_MAPPING_BYTES = 1_000_000


class TableMapping(SourceOptions):
    """One table or query, and what its rows become.

    A field names a column, or holds `'a constant'` in quotes, or is a text with `{columns}` in it.
    """

    becomes: Literal["sessions", "messages", "resources"]
    table: str | None = None
    """A table or view, `schema.table` too; either this or `query`."""
    query: str | None = None
    """One SELECT."""
    where: str | None = None
    """A condition in the database's own words."""
    id: str | tuple[str, ...]
    """The column, or columns, that tell rows apart for ever."""
    time: str
    ended: str | None = None
    """Sessions and resources: when it ended."""
    unit: Unit = "auto"
    zone: str | None = None
    """Of times that have none; the home's when absent."""
    updated_at: str | None = None
    """When a row was last changed: with it only what is new is read."""
    grows_by: str | None = None
    """A number that only grows, of a table whose rows never change: the other way to read what is new."""
    order: str | None = None
    """A number by which messages of one instant stand."""
    session: str | None = None
    role: str | None = None
    author: str | None = None
    title: str | None = None
    case: str | None = None
    user: str | None = None
    text: str | None = None
    name: str | None = None
    uri: str | None = None
    category: str | None = None
    tags: str | None = None
    """Separated by commas or spaces, or a list."""
    trust: str | None = None
    metadata: tuple[str, ...] = ()
    """Columns that are kept beside."""
    map: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    """For a field, what its values stand for."""

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ZoneInfo(value)
            except Exception as error:  # zoneinfo raises five unrelated kinds for a bad name
                raise ValueError(f"{value!r} is no IANA time zone such as 'Europe/Lisbon'") from error
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> "TableMapping":
        if (self.table is None) == (self.query is None):
            raise ValueError("give either a table or a query")
        needed = {"messages": ("session", "text"), "resources": ("text",), "sessions": ()}[self.becomes]
        for name in needed:
            if getattr(self, name) is None:
                raise ValueError(f"{self.becomes} need {name!r}: a column, or 'a constant' in quotes")
        if unknown := set(self.map) - set(TEXT_FIELDS):
            raise ValueError(f"map is for {', '.join(TEXT_FIELDS)}; not for {', '.join(sorted(unknown))}")
        return self

    @property
    def label(self) -> str:
        """What it is called in reports."""
        return self.table or "query"

    @property
    def ids(self) -> tuple[str, ...]:
        """The columns that tell rows apart."""
        return (self.id,) if isinstance(self.id, str) else self.id

    def columns(self) -> tuple[str, ...]:
        """Every column that it needs, each once."""
        plain = [self.time, self.ended, self.updated_at, self.grows_by, self.order, *self.metadata]
        fields = [column for name in TEXT_FIELDS for column in columns_in(getattr(self, name))]
        return tuple(dict.fromkeys(each for each in (*self.ids, *plain, *fields) if each))


class SqlOptions(SourceOptions):
    """What to read of a database, and how."""

    tables: tuple[TableMapping, ...] = ()
    mapping: str | None = None
    """One that comes with rem (chrome, firefox, safari), or a TOML file with `[[tables]]`."""
    url: str | None = None
    """In a mapping file: the database's address, or a SQLite file beside it."""
    overlap_minutes: int = Field(default=10, ge=0)
    """How far back of what was seen a read begins: rows that were committed late come, too."""


def columns_in(field: str | None) -> tuple[str, ...]:
    """The columns that a field is made of."""
    if field is None or CONSTANT.fullmatch(field):
        return ()
    return tuple(COLUMN.findall(field)) if "{" in field else (field,)


def shipped_mappings() -> tuple[str, ...]:
    """The names of the mappings that come with rem."""
    folder = files("rem_dagster.sources") / "mappings"
    return tuple(
        sorted(each.name.removesuffix(".toml") for each in folder.iterdir() if each.name.endswith(".toml"))
    )


def read_mapping(name: str) -> SqlOptions:
    """A mapping that comes with rem, or one of a file.

    Raises:
        InputError: there is none, or it is wrong.
    """
    if name in shipped_mappings():
        text = (files("rem_dagster.sources") / "mappings" / f"{name}.toml").read_text(encoding="utf-8")
        return _parsed(name, text)
    path = Path(name).expanduser()
    try:
        if path.stat().st_size > MAX_MAPPING_BYTES:
            raise InputError(f"{name!r} is too large for a mapping. Nothing was changed.")
        return _parsed(name, path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"Could not read the mapping {name!r}: {getattr(error, 'strerror', None) or error}. Nothing was "
            f"changed. Name a TOML file, or one of {', '.join(shipped_mappings())}."
        ) from error


def _parsed(name: str, text: str) -> SqlOptions:
    try:
        return SqlOptions.model_validate(tomllib.loads(text))
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(map(str, problem["loc"]))
        what = problem["msg"].removeprefix("Value error, ")
        raise InputError(
            f"The mapping {name!r} is wrong at {place!r}: {what}, got {shown(problem['input'])}. "
            "Nothing was changed."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"The mapping {name!r} is not TOML: {error}. Nothing was changed.") from error
