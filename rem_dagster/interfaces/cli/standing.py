"""How does a home stand: what it holds, from where, and which days are out of date?"""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rem_dagster.dreaming.draft.choice import choose_engine, spares_model_days
from rem_dagster.dreaming.recipes import RecipeDays, recipes_of
from rem_dagster.dreaming.stale import DayState, Freshness, find_days
from rem_dagster.dreaming.terms import recipe_of
from rem_dagster.errors import SettingsError
from rem_dagster.interfaces.cli.corrected import Corrected, corrected_of, corrected_words
from rem_dagster.interfaces.cli.embedded import Vectors, vectors_of, vectors_words
from rem_dagster.interfaces.cli.making_shown import (
    failed_words,
    failures,
    held_back,
    held_back_words,
    recipe_words,
    recipes_as_json,
)
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.pulled import SourceLine, source_lines, sources_of
from rem_dagster.interfaces.cli.running import Running, running_as_json, running_of, running_words
from rem_dagster.interfaces.cli.words import clean, counted, fit, fit_end, unbroken, wrap
from rem_dagster.llm.opening import Asking
from rem_dagster.s3 import S3Folder
from rem_dagster.settings import Home, stray_api_key
from rem_dagster.store.database import Store

WORDS: Mapping[Freshness, str] = {
    "current": "up to date",
    "undreamt": "never dreamt",
    "stale": "changed since they were dreamt",
    "unfinished": "stopped while being written",
    "failed": "failed",
    "spared": "out of date, of a model, and none is chosen",
    "another_version": "made by another version",
}
LABEL_CELLS = 9
UNITS = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Standing:
    """All that `rem status` says."""

    home: Path
    zone: ZoneInfo
    engine: str
    hints: Sequence[str]
    bytes_held: int
    """Of the home's directory, or of what lies beside and among its tables where those are on S3."""
    states: Sequence[DayState]
    moments: int
    recipes: Sequence[RecipeDays]
    vectors: Vectors | None
    """None where no embedding model is installed."""
    sources: Sequence[SourceLine]
    corrected: Corrected
    running: Running
    now: datetime
    next_commands: Sequence[tuple[str, str]]

    @property
    def users(self) -> Mapping[str, list[DayState]]:
        """Each user's days."""
        held: dict[str, list[DayState]] = {}
        for state in self.states:
            held.setdefault(state.user_id, []).append(state)
        return dict(sorted(held.items()))

    @property
    def by_state(self) -> Mapping[Freshness, int]:
        """How many days are in which state."""
        counted = Counter(state.freshness for state in self.states)
        return {name: counted[name] for name in WORDS if counted[name]}

    @property
    def items(self) -> int:
        """Messages and resources of all users."""
        return sum(state.input.items for state in self.states)


def standing_of(opened: Opened) -> Standing:
    """How a home stands now."""
    home, store = opened.home, opened.store
    engine, recipe, hints = _engine(opened)
    spare = spares_model_days(home)
    states = find_days(store, recipe=recipe, spare_model_days=spare) if opened.has_tables else []
    return Standing(
        home=home.path,
        zone=opened.zone,
        engine=engine,
        hints=hints,
        bytes_held=_bytes_of(home, store),
        states=states,
        moments=store.count("moments") if opened.has_tables else 0,
        recipes=recipes_of((state.row for state in states if state.row), chosen=recipe),
        vectors=vectors_of(opened),
        sources=sources_of(opened),
        corrected=corrected_of(opened, states),
        running=running_of(opened),
        now=opened.now,
        next_commands=_next(opened, states),
    )


def standing_sentence(standing: Standing) -> str:
    """A home in one sentence."""
    if not standing.states:
        return f"The home {standing.home} is empty so far."
    days = {state.partition_key for state in standing.states}
    users = standing.users
    whose = f" of {counted(len(users), 'user')}" if len(users) > 1 else ""
    return (
        f"The home {standing.home} holds {counted(standing.items, 'item')} on "
        f"{counted(len(days), 'day')}{whose}; {counted(_to_dream(standing.states), 'day')} to dream."
    )


def standing_lines(standing: Standing, width: int) -> list[str]:
    """The whole standing, one fact a line."""
    size = size_words(standing.bytes_held)
    lines = [
        f"Home     {fit_end(str(standing.home), width - LABEL_CELLS)}",
        f"         {size} · days of {standing.zone.key} · engine: {standing.engine}",
    ]
    for user, states in standing.users.items():
        first, last = (states[place].partition_key for place in (0, -1))
        items = sum(state.input.items for state in states)
        held = f"{counted(items, 'item')} on {counted(len(states), 'day')}, {first} to {last}"
        lines.append(f"User     {clean(user)}: {held}")
    if standing.states:
        lines.append(f"Moments  {standing.moments:,}")
        lines.append(f"Vectors  {vectors_words(standing.vectors)}")
    days = [f"{count:,} {WORDS[state]}" for state, count in standing.by_state.items()]
    lines += _labelled("Days", days)
    lines += _labelled("Failed", failed_words(standing.states, width - LABEL_CELLS))
    lines += _labelled("Made by", recipe_words(standing.recipes))
    lines += _labelled("Held", held_back_words(standing.states))
    lines += _labelled("Yours", corrected_words(standing.corrected))
    told = [
        line for each in standing.sources for line in source_lines(each, standing.zone, width - LABEL_CELLS)
    ]
    lines += _labelled("Sources", told)
    if standing.states:
        for label, fact in running_words(standing.running, standing.now, standing.zone):
            lines += _labelled(label, wrap(fact, width - LABEL_CELLS))
    lines += standing.hints
    room = width - LABEL_CELLS
    lines = [line[:LABEL_CELLS] + fit(line[LABEL_CELLS:], room) for line in lines]
    commands = unbroken((command for command, _ in standing.next_commands), room, gap="   ")
    return [
        *lines,
        *(f"{'Next:' if number == 0 else '':<{LABEL_CELLS}}{line}" for number, line in enumerate(commands)),
    ]


def standing_as_json(standing: Standing) -> dict[str, object]:
    """The standing for programs."""
    return {
        "home": str(standing.home),
        "timezone": standing.zone.key,
        "engine": standing.engine,
        "bytes": standing.bytes_held,
        "items": standing.items,
        "moments": standing.moments,
        "recipes": recipes_as_json(standing.recipes),
        "held_back": held_back(standing.states),
        "failed": failures(standing.states),
        "corrections": vars(standing.corrected),
        "vectors": vars(standing.vectors) if standing.vectors else None,
        "users": {
            user: {
                "items": sum(state.input.items for state in states),
                "days": len(states),
                "first_day": states[0].partition_key,
                "last_day": states[-1].partition_key,
            }
            for user, states in standing.users.items()
        },
        "days": {name: standing.by_state.get(name, 0) for name in WORDS},
        "sources": [vars(source) for source in standing.sources],
        **running_as_json(standing.running),
        "next": [command for command, _ in standing.next_commands],
    }


def size_words(size: int) -> str:
    """A number of bytes as people say it."""
    number = float(size)
    for unit in UNITS:
        if number < 1000 or unit == UNITS[-1]:
            return f"{number:.0f} {unit}" if number >= 10 or unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1000
    raise AssertionError("the last unit takes all")


def _engine(opened: Opened) -> tuple[str, str | None, list[str]]:
    """The engine's name, its recipe, and what is to be said about it."""
    llm = opened.home.settings.llm
    try:
        engine = choose_engine(opened.home, Asking(needs_key=False))
    except SettingsError as error:
        return str(llm), None, [str(error)]
    recipe = recipe_of(opened.home, engine)
    said = "Hint     OPENAI_API_KEY is set; it is used only where a model is chosen by name."
    return engine.recipe.engine, recipe, [said] if stray_api_key() and not llm else []


def _labelled(label: str, facts: Sequence[str]) -> list[str]:
    """A line for each fact, the first with a label."""
    return [f"{label if number == 0 else '':<{LABEL_CELLS}}{fact}" for number, fact in enumerate(facts)]


def _to_dream(states: Sequence[DayState]) -> int:
    return len({state.partition_key for state in states if state.needs_dream})


def _next(opened: Opened, states: Sequence[DayState]) -> list[tuple[str, str]]:
    if not states:
        return [
            (opened.command("import", "PATH"), "bring in notes, a git repository, or JSONL"),
            ("rem demo", "see a fortnight dreamt and shown, in seconds"),
        ]
    is_here = any(state.user_id == opened.home.settings.user for state in states)
    command = opened.command if is_here else opened.command_of_all
    read = [
        (command(*_whose(opened, states), "show"), "read the latest day"),
        (command(*_whose(opened, states), "web"), "read in a browser"),
    ]
    if days := _to_dream(states):
        failed = sum(state.freshness == "failed" for state in states)
        again = f", {failed} of which failed" if failed else ""
        return [(command("dream"), f"dream {counted(days, 'day')}{again}"), *read]
    last = max(state.partition_key for state in states)
    return [*read, (command(*_whose(opened, states), "show", "week", "of", last), "look back on its week")]


def _whose(opened: Opened, states: Sequence[DayState]) -> list[str]:
    """The option that a command for one user wants, where several are there and none was named."""
    users = {state.user_id for state in states}
    if len(users) == 1 or opened.home.settings.user in users:
        return []
    return ["--user", max(states, key=lambda state: (state.partition_key, state.user_id)).user_id]


def _bytes_of(home: Home, store: Store) -> int:
    if store.is_local:
        return _bytes_in(home.path)
    return sum(each.size for each in S3Folder(store.uri, store.storage_options).objects())


def _bytes_in(place: Path) -> int:
    """Bytes of all files below a directory; what vanishes meanwhile does not count."""
    total = 0
    for folder, _, names in os.walk(place):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size
            except OSError:
                continue
    return total
