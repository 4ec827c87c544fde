"""What is one kind of source, and what is it told about the place that it reads?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from rem_dagster.sources.source import Source


class SourceOptions(BaseModel):
    """The options that a kind understands; a kind with some has its own model below this one.

    They come from `[[sources]]` in `config.toml`, or from the command line.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Place:
    """Where a source is, and what is known about whose it is."""

    where: str
    """A path, absolute for what lies on a disk, or an address such as `postgresql://host/name`."""
    account: str | None = None
    """Tells two sources of one kind apart; None leaves it to the kind."""
    me: tuple[str, ...] = ()
    """Names, e-mail addresses and ids that mean the person whose activity it is."""
    day_starts_at: time = time()
    """When a day begins for the person, as `day_starts_at` in the settings says."""
    means: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """What a source may not do itself and is given, such as `transcribe`, by name."""

    @property
    def path(self) -> Path:
        """The place as a path."""
        return Path(self.where)

    def is_me(self, *names: str | None) -> bool:
        """Whether one of some names, addresses or ids means the person whose activity it is."""
        mine = {each.casefold() for each in self.me}
        return any(name is not None and name.casefold() in mine for name in names)


@dataclass(frozen=True)
class SourceKind:
    """One kind of source."""

    name: str
    """As people type it: lower case, such as `chatgpt`."""
    about: str
    """What it reads, in a few words: `ChatGPT's export, a zip or the folder in it`."""
    recognise: Callable[[Path], str | None]
    """Why an existing path is of this kind, such as `it has .obsidian`; None when it is not. It looks at
    names and at most at some kilobytes, and does not raise."""
    make: Callable[[Place, Any], Source]
    """The source at a place, given the kind's options."""
    options: type[SourceOptions] = SourceOptions
    is_any_path: bool = False
    """Whether it takes what no other kind knows, so that it is asked last."""
    walks: bool = False
    """Whether it looks for what it reads in every folder below its place."""
