"""What do homes hold that began empty and took the same steps? It is made once, and linked from then on.

A step is known by all that it is given and by the steps before it. A home that anything else wrote to
takes its further steps for real, and so does one whose engine or store is a test's own.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar

from rem_dagster.dreaming import dream as dreaming
from rem_dagster.dreaming import rollup
from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, DreamReport
from rem_dagster.dreaming.rollup import RollupReport
from rem_dagster.model.ids import digest_text
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.dreaming.engines import ScriptedEngine

Made = TypeVar("Made")
REWRITTEN = "latest_version_hint.json"
"""The one file of a Lance table that changes under its name."""


@dataclass
class Lives:
    """Where homes stand that took known steps, and what each step made."""

    place: Path | None = None
    """A directory that the tests of this process have for themselves."""
    standing: dict[Path, tuple[str, dict[str, object]]] = field(default_factory=dict)
    """By home, the digest of its steps, and its files after them."""
    made: dict[str, object] = field(default_factory=dict)

    def empty_tables(self) -> Path:
        """A directory with every table, all empty: made once, as linking takes a tenth of the time."""
        assert self.place is not None
        place = self.place / "empty"
        if not place.exists():
            Store(str(place)).create()
        return place

    def begin(self, home: Home) -> Store:
        """The store of a new home, with every table empty."""
        link(self.empty_tables(), Path(home.tables_uri))
        self.standing[home.path] = ("", _standing(home.path))
        return Store(home.tables_uri)

    def step(
        self, home: Home, store: Store, given: Sequence[object] | None, make: Callable[[], Made]
    ) -> Made:
        """What `make` returns; the home holds what `make` writes.

        Args:
            given: all that `make` works with besides the home; None where that cannot be told.
        """
        before, files = self.standing.pop(home.path, ("", {}))
        if self.place is None or given is None or type(store) is not Store or files != _standing(home.path):
            return make()
        steps = digest_text(before, repr((home.file, home.settings, *given)))
        kept = self.place / steps
        if steps in self.made:
            follow(kept, home.path)
        else:
            self.made[steps] = deepcopy(make())
            link(home.path, kept)
        self.standing[home.path] = (steps, _standing(home.path))
        return deepcopy(self.made[steps])  # type: ignore[return-value]  # the steps tell what was made


LIVES = Lives()


def dream(home: Home, store: Store, engine: Engine, plan: DreamPlan) -> DreamReport:
    """As the package's `dream`."""
    asked = engine.asked if isinstance(engine, ScriptedEngine) else []

    def make() -> tuple[DreamReport, list[tuple[str, list[str]]]]:
        already = len(asked)
        report = dreaming.dream(home, store, engine, plan)
        new = asked[already:]
        del asked[already:]
        return report, new

    report, new = LIVES.step(home, store, _given(engine, plan), make)
    asked += new
    return report


def roll_up(home: Home, store: Store, **options: Any) -> RollupReport:
    """As the package's `roll_up`."""
    return LIVES.step(home, store, ["roll up", options], lambda: rollup.roll_up(home, store, **options))


def _given(engine: Engine, plan: DreamPlan) -> list[object] | None:
    usual = DreamPlan()
    if (plan.on_days, plan.on_made, plan.terms) != (usual.on_days, usual.on_made, None):
        return None
    if type(engine) is OfflineEngine and vars(engine) == vars(OfflineEngine()):
        return ["dream", "offline", plan]
    if type(engine) is not ScriptedEngine or not isinstance(engine.script, FunctionType):
        return None
    inner = [cell.cell_contents for cell in engine.script.__closure__ or ()]
    if not all(isinstance(each, str | tuple) for each in inner):
        return None
    code = engine.script.__code__
    return ["dream", code.co_filename, code.co_firstlineno, inner, engine.version, engine.can_mend, plan]


def link(source: Path, target: Path) -> None:
    """The same files once more: links to what tables never change, copies of all else, no locks."""
    known = len(str(source))
    for folder, _, names in os.walk(source):
        place = f"{target}{folder[known:]}"
        os.makedirs(place, mode=os.stat(folder).st_mode & 0o777, exist_ok=True)
        for name in names:
            _bring(f"{folder}/{name}", f"{place}/{name}")


def follow(kept: Path, place: Path) -> None:
    """Make a home hold what another does that took the same steps and one more, though it may be open."""
    before, after = _standing(place), _standing(kept)
    for name in before.keys() - after.keys():
        os.unlink(place / name) if (place / name).is_file() else shutil.rmtree(place / name)
    for name, held in after.items():
        if before.get(name) == held:
            continue
        if (kept / name).is_dir():
            _follow_table(kept / name, place / name)
        else:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(kept / name, place / name)


def _follow_table(kept: Path, place: Path) -> None:
    wanted, held = _files(kept), _files(place)
    for name in held - wanted:
        os.unlink(f"{place}{name}")
    for name in wanted - held:
        os.makedirs(os.path.dirname(f"{place}{name}"), exist_ok=True)
        _bring(f"{kept}{name}", f"{place}{name}")
    for name in wanted & held:
        if name.endswith(REWRITTEN):
            os.unlink(f"{place}{name}")
            _bring(f"{kept}{name}", f"{place}{name}")


def _bring(source: str, target: str) -> None:
    if target.endswith(".lock"):
        return
    if ".lance/" in target:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def _files(table: Path) -> set[str]:
    known = len(str(table))
    return {f"{folder[known:]}/{name}" for folder, _, names in os.walk(table) for name in names}


def _standing(place: Path) -> dict[str, object]:
    """The versions of each table by its path, and what is in all other files but locks."""
    found: dict[str, object] = {}
    known = len(str(place)) + 1
    for folder, folders, names in os.walk(place):
        for table in [each for each in folders if each.endswith(".lance")]:
            found[f"{folder}/{table}"[known:]] = sorted(os.listdir(f"{folder}/{table}/_versions"))
        folders[:] = [each for each in folders if not each.endswith(".lance")]
        for name in names:
            if not name.endswith(".lock"):
                found[f"{folder}/{name}"[known:]] = Path(folder, name).read_bytes()
    return found
