"""What does a field of somebody's JSON hold, when it may hold anything?"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rem_dagster.errors import InputError
from rem_dagster.sources.times import EPOCH, SaidTime, parse_time

Fields = Mapping[str, object]


def text_in(fields: Fields, *names: str) -> str | None:
    """The first of some fields that holds text which is more than space."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return None


def fields_in(fields: Fields, name: str) -> Fields:
    """The object in a field; an empty one when it holds none."""
    return as_fields(fields.get(name))


def as_fields(value: object) -> Fields:
    """A value as an object; an empty one when it is none."""
    return value if isinstance(value, dict) else {}


def list_in(fields: Fields, name: str) -> Sequence[object]:
    """The list in a field; an empty one when it holds none."""
    value = fields.get(name)
    return value if isinstance(value, list) else ()


def objects_in(fields: Fields, name: str) -> Sequence[Fields]:
    """The objects of the list in a field; what else is in the list is passed over."""
    return [each for each in list_in(fields, name) if isinstance(each, dict)]


def time_in(fields: Fields, *names: str) -> datetime | None:
    """The first of some fields that is an instant; neither a local time nor a date alone is one.

    One of 1970 is a zero or a small number that stands for nothing.
    """
    for name in names:
        try:
            said: SaidTime | None = parse_time(fields.get(name))
        except InputError:
            continue
        if said and said.at.tzinfo is not None and said.at.year != EPOCH.year:
            return said.at
    return None
