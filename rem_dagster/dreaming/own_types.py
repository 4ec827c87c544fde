"""Which types of moments has a home beside the built-in ones, and how do they come and go?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rem_dagster.errors import InputError
from rem_dagster.model.near import meant
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES, OPT_IN_MOMENT_TYPES
from rem_dagster.settings import Home, change_moment_types

NAME_LENGTH = 40
DESCRIPTION_LENGTH = 200
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
Standing = Literal["built_in", "own", "opted_in", "available"]
"""`available` may be opted in to; the others are types of the home."""


@dataclass(frozen=True)
class MomentType:
    """A type, and whether a home has it."""

    name: str
    description: str
    standing: Standing


def all_types(home: Home) -> list[MomentType]:
    """The built-in types, the user's own, those opted in to, and those that could be."""
    held = home.file.moment_types
    built_in = [MomentType(name, said, "built_in") for name, said in BUILT_IN_MOMENT_TYPES.items()]
    own = [MomentType(name, held[name], "own") for name in held if name not in OPT_IN_MOMENT_TYPES]
    chosen = [MomentType(name, held[name], "opted_in") for name in OPT_IN_MOMENT_TYPES if name in held]
    others = [
        MomentType(name, said, "available") for name, said in OPT_IN_MOMENT_TYPES.items() if name not in held
    ]
    return [*built_in, *own, *chosen, *others]


def register_type(home: Home, name: str, description: str | None = None) -> Home:
    """The home with one more type of moments; with another description where it has the type.

    Args:
        description: what makes a moment one of this type; None for a type that has its own and is
            there to opt in to.

    Raises:
        InputError: the name or the description cannot be used.
        HomeBusyError: another process held the home's file.
    """
    wanted = {_usable_name(name): _usable_description(name, description)}
    return change_moment_types(home, lambda held: {**held, **wanted})


def remove_type(home: Home, name: str) -> Home:
    """The home without a type; days that were made with it stay as they are.

    Raises:
        InputError: the home has no such type of its own, or it is built in.
        HomeBusyError: another process held the home's file.
    """
    if name in BUILT_IN_MOMENT_TYPES:
        raise InputError(f"{name!r} is built in and cannot be removed. Nothing was changed.")

    def without(held: Mapping[str, str]) -> Mapping[str, str]:
        if name not in held:
            raise InputError(_not_there(name, held))
        return {each: said for each, said in held.items() if each != name}

    return change_moment_types(home, without)


def _usable_name(name: str) -> str:
    if name in BUILT_IN_MOMENT_TYPES:
        raise InputError(
            f"{name!r} is built in already. Nothing was changed. `rem types list` shows them all."
        )
    if len(name) > NAME_LENGTH or not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} cannot name a type of moments: a name has at most {NAME_LENGTH} lower-case letters "
            "and digits, with _ between words, and begins with a letter, such as 'family_time'. "
            "Nothing was changed."
        )
    return name


def _usable_description(name: str, description: str | None) -> str:
    own = OPT_IN_MOMENT_TYPES.get(name)
    if own is not None:
        if description is not None and description.strip() != own:
            raise InputError(
                f"{name!r} has a description of its own, which code relies on. Nothing was changed. "
                f"Leave --description out, or choose another name."
            )
        return own
    said = (description or "").strip()
    if not said:
        raise InputError(
            f"The type {name!r} needs a description: both engines choose by it. Nothing was changed. "
            f"Give one with --description, in the words that you would use on such an occasion."
        )
    if len(said) > DESCRIPTION_LENGTH or not said.isprintable():
        raise InputError(
            f"The description of {name!r} must be one line of at most {DESCRIPTION_LENGTH} characters, got "
            f"{len(said)} that begin with {said[:40]!r}. Nothing was changed."
        )
    return said


def _not_there(name: str, held: Mapping[str, str]) -> str:
    has = f"it has {', '.join(held)}" if held else "it has none beside the built-in ones"
    hint = meant(name, held)
    return f"This home has no type {name!r} that could be removed; {has}.{hint} Nothing was changed."
