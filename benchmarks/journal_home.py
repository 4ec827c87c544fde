"""What does a home of ten years of one person's days look like, made of nothing but a seed?

    python benchmarks/journal_home.py FOLDER [--years 10] [--messages 100000] [--moments 15000]

Drafts are made here and go through the dream's own steps from then on, so that ids, edges, mentions,
summaries and the ledger are what a dream leaves; only no engine looks at the texts. Weeks, months and
links follow.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.journal_words import (
    FEELINGS,
    OUTCOMES,
    PLANS,
    REPLIES,
    TALK,
    TITLES,
    TYPE_SHARES,
    TYPES,
    World,
)
from rem_dagster.dreaming.collect import collect
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.link import link_day
from rem_dagster.dreaming.links import link_across
from rem_dagster.dreaming.persist import DreamtDay, persist
from rem_dagster.dreaming.resolve import resolve_mentions, resolve_moments
from rem_dagster.dreaming.rollup import roll_up
from rem_dagster.dreaming.summarize import make_summary, summary_from_moments
from rem_dagster.dreaming.terms import recipe_of
from rem_dagster.model.day import Day
from rem_dagster.model.draft import Draft, DraftEmotion, DraftMoment, DraftQuote, DraftStatement
from rem_dagster.model.dream import Dream
from rem_dagster.model.ids import content_hash, derive_id
from rem_dagster.model.window import calendar_of
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.digest import day_digests
from rem_dagster.store.tables import TABLES
from rem_dagster.store.text import refresh_text

USER, ZONE, LAST = "one", "Europe/Lisbon", date(2026, 11, 18)
QUIET_WEEKDAYS, QUIET_WEEKENDS = 0.12, 0.45
"""Shares of days with nothing recorded."""
DAYS_AT_ONCE = 300


@dataclass(frozen=True)
class Size:
    """How much there is of a home."""

    years: int = 10
    messages: int = 100_000
    moments: int = 15_000


@dataclass(frozen=True)
class Episode:
    """What one moment is made of: a conversation on a topic, with what was written beside it."""

    number: int
    at: datetime
    topics: tuple[str, ...]
    people: tuple[str, ...]
    kind: str
    texts: tuple[str, ...]
    notes: tuple[str, ...]
    outcome: str | None
    plan: str | None
    feeling: tuple[str, str] | None
    """A tag, and the sentence that shows it."""

    @property
    def thread(self) -> str:
        """The id of its conversation."""
        return derive_id(USER, "bench", "", f"e{self.number}")

    @property
    def pace(self) -> int:
        """Minutes from one message to the next."""
        return 3 + self.number % 6

    @property
    def day(self) -> str:
        """Its local day."""
        return self.at.date().isoformat()


def make_home(folder: Path, size: Size) -> tuple[Home, Store]:
    """The home of a size below a folder; it is made where it is not there."""
    name = f"{size.years}-{size.messages}-{size.moments}"
    home = open_home(folder / name, create=True, flags={"timezone": ZONE, "user": USER})
    store = Store(home.tables_uri)
    ready = folder / f"{name}.ready"
    if not ready.exists():
        store.create()
        _fill(home, store, size)
        ready.touch()
    return home, store


def _fill(home: Home, store: Store, size: Size) -> None:
    pick = np.random.default_rng(11)
    days = round(size.years * 365.25)
    episodes = list(_episodes(World(pick, days), size, days))
    _write_raw(store, episodes)
    _write_dreams(home, store, episodes)
    roll_up(home, store)
    link_across(home, store)
    refresh_text(store)
    for table in TABLES:
        store.optimize(table, keep=timedelta(seconds=1))


def _episodes(world: World, size: Size, days: int) -> Iterator[Episode]:
    pick, zero = world.pick, LAST - timedelta(days=days - 1)
    quiet = np.array([(zero + timedelta(days=n)).weekday() > 4 for n in range(days)])
    is_on = pick.random(days) >= np.where(quiet, QUIET_WEEKENDS, QUIET_WEEKDAYS)
    is_on[-1] = True
    on = np.flatnonzero(is_on)
    each = 1 + pick.multinomial(size.moments - len(on), np.full(len(on), 1 / len(on)))
    sizes = iter(
        2 + pick.multinomial(size.messages - 2 * size.moments, np.full(size.moments, 1 / size.moments))
    )
    number = 0
    for day, count in zip(on.tolist(), each.tolist(), strict=True):
        starts = np.sort(pick.choice(np.arange(8 * 4, 20 * 4 + 2), min(count, 50), replace=False)) * 15
        for start in starts.tolist():
            at = datetime.combine(zero + timedelta(days=day), datetime.min.time(), ZoneInfo(ZONE))
            yield _episode(world, number, at + timedelta(minutes=start), day, int(next(sizes)))
            number += 1


def _episode(world: World, number: int, at: datetime, day: int, size: int) -> Episode:
    pick = world.pick
    topics = world.on(world.topics, day, int(pick.integers(1, 4)))
    people = world.on(world.people, day, int(pick.integers(1, 3)))
    topic, person = topics[0], people[0]
    texts = [world.talk(REPLIES if n % 3 == 2 else TALK, topic, person) for n in range(size)]
    outcome, plan = (
        world.say(shapes[int(pick.integers(len(shapes)))], topic, person) if pick.random() < share else None
        for shapes, share in ((OUTCOMES, 0.5), (PLANS, 0.2))
    )
    tag = list(FEELINGS)[int(pick.integers(len(FEELINGS)))] if pick.random() < 0.15 else None
    feeling = (tag, world.say(FEELINGS[tag], topic, person)) if tag else None
    texts[0] = " ".join(filter(None, (texts[0], feeling and feeling[1])))
    texts[-1] = " ".join(filter(None, (texts[-1], outcome, plan)))
    return Episode(
        number,
        at,
        tuple(topics),
        tuple(people) if pick.random() < 0.6 else (),
        str(pick.choice(TYPES, p=TYPE_SHARES)),
        tuple(texts),
        tuple(world.talk(TALK, topic, person, most=15) for _ in range(int(pick.poisson(0.8)))),
        outcome,
        plan,
        feeling,
    )


def _write_raw(store: Store, episodes: Sequence[Episode]) -> None:
    rows: dict[str, list[dict[str, Any]]] = {"sessions": [], "messages": [], "resources": []}
    for each in episodes:
        owned = {"user_id": USER, "source": "bench", "partition_key": each.day, "trust": "own"}
        owned["time_confidence"] = "exact"
        rows["sessions"].append(
            {**owned, "native_id": f"e{each.number}", "title": each.topics[0], "created_at": each.at}
        )
        rows["messages"] += [
            {
                **owned,
                "native_id": f"e{each.number}/{seq}",
                "session_id": each.thread,
                "seq": seq,
                "role": "assistant" if seq % 3 == 2 else "user",
                "content": text,
                "created_at": each.at + timedelta(minutes=each.pace * seq),
            }
            for seq, text in enumerate(each.texts)
        ]
        rows["resources"] += [_note(owned, each, place, text) for place, text in enumerate(each.notes)]
    for table, held in rows.items():
        known = TABLES[table].schema.names
        for row in held:
            row["id"] = derive_id(USER, "bench", "", row["native_id"])
            row["created_at"] = row["created_at"].astimezone(UTC)
            row["content_hash"] = content_hash(table, row)
        store.upsert(
            table, rows_of(TABLES[table], [{k: v for k, v in row.items() if k in known} for row in held])
        )


def _note(owned: dict[str, str], episode: Episode, place: int, text: str) -> dict[str, Any]:
    native = f"e{episode.number}/n{place}"
    document = derive_id(USER, "bench", "", native, "document")
    return {
        **owned,
        "native_id": native,
        "document_id": document,
        "slice_key": f"{document}/{episode.day}",
        "chunk_ordinal": 0,
        "name": f"{episode.topics[0]} {episode.day}",
        "content": text,
        "category": ("note", "commit", "document")[place % 3],
        "tags": [episode.topics[0]],
        "created_at": episode.at + timedelta(minutes=1 + place),
    }


def _write_dreams(home: Home, store: Store, episodes: Sequence[Episode]) -> None:
    by_thread = {each.thread: each for each in episodes}
    by_note = {
        derive_id(USER, "bench", "", f"e{each.number}/n{place}"): each
        for each in episodes
        for place in range(len(each.notes))
    }
    digests = day_digests(store)
    keys = sorted(digests, key=lambda key: key[1])
    recipe, world = recipe_of(home, OfflineEngine()), World(np.random.default_rng(12), 1)
    for first in range(0, len(keys), DAYS_AT_ONCE):
        chunk = keys[first : first + DAYS_AT_ONCE]
        days = collect(store, calendar_of(home), chunk, digests)
        persist(store, [_dreamt(day, _draft(day, {**by_thread, **by_note}, world), recipe) for day in days])


def _draft(day: Day, episodes: dict[str, Episode], world: World) -> Draft:
    held: dict[int, tuple[Episode, list[str], list[str]]] = {}
    for item in day.items:
        episode = episodes[item.thread if item.kind == "message" else item.source_id]
        _, handles, said = held.setdefault(episode.number, (episode, [], []))
        handles.append(item.handle)
        said += [item.handle] if item.kind == "message" else []
    return Draft(moments=tuple(_moment(*each, world) for each in held.values()))


def _moment(episode: Episode, handles: list[str], said: list[str], world: World) -> DraftMoment:
    topic, person = episode.topics[0], (episode.people or ("somebody",))[0]
    first, last = said[0], said[-1]
    told = [text.split(". ")[0][:160] for text in episode.texts]
    statements = [DraftStatement(text=told[0], handles=(first,))]
    return DraftMoment(
        name=world.say(TITLES[episode.number % len(TITLES)], topic, person)[:70],
        summary=" ".join(f"{each.rstrip('.?')}." for each in told[:2]),
        moment_type=episode.kind,
        tags=tuple(each.lower() for each in episode.topics),
        emotions=(DraftEmotion(tag=episode.feeling[0], handle=first, quote=episode.feeling[1]),)
        if episode.feeling
        else (),
        people=episode.people,
        outcomes=(episode.outcome,) if episode.outcome else (),
        handles=tuple(handles),
        evidence=tuple(
            DraftQuote(handle=handle, quote=quote) for handle, quote in zip(said[:2], told[:2], strict=False)
        ),
        facts=tuple(statements),
        intentions=(DraftStatement(text=episode.plan, handles=(last,)),) if episode.plan else (),
    )


def _dreamt(day: Day, draft: Draft, recipe: str) -> DreamtDay:
    dream_id = derive_id(USER, day.partition_key, day.input_hash, recipe)
    moments = resolve_moments([draft], day, dream_id)
    mentions = resolve_mentions([draft], moments, day, dream_id)
    edges = link_day([draft], moments, mentions, day, dream_id)
    content = summary_from_moments(moments)
    counts = {
        "items": len(day.items),
        "moments": len(moments),
        "entities": len(mentions),
        "edges": len(edges),
    }
    row = Dream(
        id=derive_id(USER, day.partition_key, "dream"),
        user_id=USER,
        partition_key=day.partition_key,
        status="complete",
        input_digest=day.input_digest,
        input_hash=day.input_hash,
        recipe=recipe,
        engine="offline",
        agentlet="moment-generator",
        agentlet_version="1.0.0",
        counts={**counts, "summaries": 1},
        coverage=1.0,
        dream_id=dream_id,
        dreamt_at=datetime.combine(day.day + timedelta(days=1), datetime.min.time(), UTC),
        duration_seconds=0.1,
    )
    return DreamtDay(
        row, moments, mentions, edges, make_summary(content, moments, day, dream_id=dream_id, recipe=recipe)
    )


def main() -> None:
    """Make a home and say what it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="where homes are kept")
    for name, value in vars(Size()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    began, used = time.perf_counter(), time.process_time()
    home, store = make_home(options.folder, Size(options.years, options.messages, options.moments))
    took, cpu = time.perf_counter() - began, time.process_time() - used
    print(f"{home.path}, made in {took:.0f} s ({cpu:.0f} s of CPU)")
    for table in TABLES:
        print(f"  {table:<12} {store.count(table):>9,}")


if __name__ == "__main__":
    main()
