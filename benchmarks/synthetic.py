"""What does a home of so many messages of one user look like, made of nothing but a seed?

Lengths have a median of 20 words and a long tail, words follow Zipf's law, names are capitalised, sessions
hold 20 to 60 messages. Per 1,000 messages there are about 140 chunks of resources and 15 moments.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rem_dagster.model.ids import derive_id
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.tables import TABLES
from rem_dagster.store.text import refresh_text

USER = "one"
LAST = date(2025, 12, 28)
"""A Sunday: the last day with activity."""
YEARS = {10_000: 1, 100_000: 3, 1_000_000: 10}
AT_ONCE = 100_000
"""Messages of one commit."""
_SMALL = (
    "the I to and a of it in is that we for on was my you with but at this so have be not are they from as "
    "or what there me just about will can up out if had been all one do when then more by no some how them "
    "now like than today need think because over next still could should really would work time did get"
)
_NAMES = "Ana Bruno Carla Dinis Elsa Filipe Graça Hugo Inês Jorge Katya Luís Marta Nuno Olga Pedro Rita Tomás"
_TAGS = "graph index disk merge review release loader recall latency cache infra planning travel health music"
SMALL, NAMES, TAGS = _SMALL.split(), _NAMES.split(), _TAGS.split()
EMOTIONS = ("focused", "productive", "frustrated", "satisfied", "curious")
TYPES = ("work_session", "learning", "planning", "communication", "reflection")
_CONSONANTS, _VOWELS = list("bcdfghjklmnprstvwz"), list("aeiou")
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Language:
    """Words in the order of their frequency, and a draw from them."""

    pick: np.random.Generator
    words: npt.NDArray[np.object_] = field(init=False)

    def __post_init__(self) -> None:
        made: dict[str, None] = dict.fromkeys(SMALL)
        while len(made) < 30_000:
            size = int(self.pick.integers(2, 5))
            letters = zip(self.pick.choice(_CONSONANTS, size), self.pick.choice(_VOWELS, size), strict=True)
            made["".join(first + second for first, second in letters)] = None
        words = list(made)
        words[120 : 120 + 7 * len(NAMES) : 7] = NAMES
        words[125 : 125 + 9 * len(TAGS) : 9] = TAGS
        object.__setattr__(self, "words", np.array(words, object))

    @cached_property
    def _shares(self) -> npt.NDArray[np.float64]:
        weights = 1 / (np.arange(len(self.words)) + 3.0)
        return np.cumsum(weights / weights.sum())

    def texts(self, lengths: Ints) -> list[str]:
        """One text of so many words each; a tenth of them are questions."""
        drawn = self.words[np.searchsorted(self._shares, self.pick.random(int(lengths.sum())))]
        ends = np.cumsum(lengths)
        asks = self.pick.random(len(lengths)) < 0.1
        parts = zip(ends - lengths, ends, asks, strict=True)
        return [_sentence(" ".join(drawn[start:end])) + "?."[not ask] for start, end, ask in parts]

    def lengths(self, count: int, median: float) -> Ints:
        """Lengths in words, log-normal."""
        drawn = self.pick.lognormal(np.log(median), 0.8, count)
        return np.clip(drawn, 1, 40 * median).astype(np.int64)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Session:
    """A conversation: its number, its first message's number and time, and how many messages it has."""

    number: int
    first: int
    size: int
    start: datetime

    @property
    def day(self) -> str:
        """The local day, in UTC."""
        return self.start.date().isoformat()


def make_home(folder: Path, messages: int) -> tuple[Home, Store]:
    """The home of so many messages below a folder; it is made where it is not there."""
    place = folder / f"{messages}"
    ready = folder / f"{messages}.ready"
    home = open_home(place, create=True, flags={"timezone": "UTC", "user": USER})
    store = Store(home.tables_uri)
    if not ready.exists():
        store.create()
        _fill(store, messages)
        refresh_text(store)
        for table in TABLES:
            store.optimize(table, keep=timedelta(seconds=1))
        ready.touch()
    return home, store


def _fill(store: Store, messages: int) -> None:
    pick = np.random.default_rng(7)
    language = Language(pick)
    sessions = _sessions(pick, messages)
    for batch in _batches(sessions):
        texts = language.texts(language.lengths(sum(each.size for each in batch), 20))
        store.upsert("sessions", _session_rows(batch))
        store.upsert("messages", _message_rows(pick, batch, texts))
        store.upsert("resources", _resource_rows(language, batch))
        days = _moment_rows(language, batch, texts)
        for table, rows in days.items():
            store.upsert(table, rows_of(TABLES[table], rows))


def _sessions(pick: np.random.Generator, messages: int) -> list[Session]:
    days = 365 * YEARS.get(messages, 3)
    sizes: list[int] = []
    left = messages
    while left:
        sizes.append(min(int(pick.integers(20, 61)), left))
        left -= sizes[-1]
    on = np.sort(pick.integers(0, days, len(sizes)))
    at = pick.integers(8 * 3600, 22 * 3600, len(sizes))
    first = np.cumsum([0, *sizes[:-1]])
    zero = datetime(LAST.year, LAST.month, LAST.day, tzinfo=UTC) - timedelta(days=days - 1)
    return [
        Session(
            number, int(first[number]), size, zero + timedelta(days=int(on[number]), seconds=int(at[number]))
        )
        for number, size in enumerate(sizes)
    ]


def _batches(sessions: list[Session]) -> Iterator[list[Session]]:
    batch: list[Session] = []
    for session in sessions:
        batch.append(session)
        if batch[-1].first + batch[-1].size - batch[0].first >= AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _table(name: str, columns: dict[str, object]) -> pa.Table:
    schema = TABLES[name].schema
    count = len(columns["id"])  # type: ignore[arg-type]
    alike = {"user_id": USER, "source": "bench", "trust": "own", "metadata": "{}", "time_confidence": "exact"}
    filled = {key: [value] * count for key, value in alike.items()} | columns
    return pa.table(
        [
            pa.array(filled[each.name], each.type) if each.name in filled else pa.nulls(count, each.type)
            for each in schema
        ],
        schema=schema,
    )


def _hashes(ids: list[str]) -> list[int]:
    return [int(each[:8], 16) << 24 ^ int(each[-8:], 16) for each in ids]


def _session_rows(batch: list[Session]) -> pa.Table:
    ids = [derive_id(USER, "session", each.number) for each in batch]
    return _table(
        "sessions",
        {
            "id": ids,
            "native_id": [f"s{each.number}" for each in batch],
            "created_at": [each.start for each in batch],
            "partition_key": [each.day for each in batch],
            "content_hash": _hashes(ids),
        },
    )


def _message_rows(pick: np.random.Generator, batch: list[Session], texts: list[str]) -> pa.Table:
    sizes = [each.size for each in batch]
    places = [(each, seq) for each in batch for seq in range(each.size)]
    ids = [derive_id(USER, "message", each.first + seq) for each, seq in places]
    gaps = np.repeat(pick.integers(20, 90, len(batch)), sizes)
    return _table(
        "messages",
        {
            "id": ids,
            "native_id": [f"m{each.first + seq}" for each, seq in places],
            "session_id": np.repeat([derive_id(USER, "session", each.number) for each in batch], sizes),
            "seq": [seq for _, seq in places],
            "role": ["assistant" if seq % 3 == 2 else "user" for _, seq in places],
            "author": [NAMES[(each.number + seq % 2) % len(NAMES)] for each, seq in places],
            "content": texts,
            "created_at": [
                each.start + timedelta(seconds=int(gap) * seq)
                for (each, seq), gap in zip(places, gaps, strict=True)
            ],
            "partition_key": np.repeat([each.day for each in batch], sizes),
            "content_hash": _hashes(ids),
        },
    )


def _resource_rows(language: Language, batch: list[Session]) -> pa.Table:
    """A document of so many chunks for every session, 15% of its messages."""
    counts = [each.size * 15 // 100 for each in batch]
    places = [(each, chunk) for each, count in zip(batch, counts, strict=True) for chunk in range(count)]
    ids = [derive_id(USER, "resource", each.number, chunk) for each, chunk in places]
    documents = [derive_id(USER, "document", each.number) for each, _ in places]
    names = language.texts(np.full(len(batch), 4))
    return _table(
        "resources",
        {
            "id": ids,
            "native_id": [f"d{each.number}" for each, _ in places],
            "document_id": documents,
            "chunk_ordinal": [chunk for _, chunk in places],
            "name": np.repeat(np.array(names, object), counts),
            "content": language.texts(language.lengths(len(places), 60)),
            "category": [("note", "document", "commit")[each.number % 3] for each, _ in places],
            "tags": [[TAGS[(each.number + more) % len(TAGS)] for more in range(2)] for each, _ in places],
            "created_at": [each.start for each, _ in places],
            "partition_key": [each.day for each, _ in places],
            "slice_key": [
                f"{document}/{each.day}" for document, (each, _) in zip(documents, places, strict=True)
            ],
            "content_hash": _hashes(ids),
        },
    )


def _moment_rows(
    language: Language, batch: list[Session], texts: list[str]
) -> dict[str, list[dict[str, object]]]:
    """Moments of three sessions in five, with three mentions and edges each, and a summary of each day."""
    found: dict[str, list[dict[str, object]]] = {"moments": [], "mentions": [], "edges": [], "summaries": []}
    told = [each for each in batch if each.number % 5 < 3]
    names = language.texts(np.full(len(told), 6))
    said = language.texts(np.full(len(told), 45))
    for session, name, summary in zip(told, names, said, strict=True):
        moment = _moment(session, name, summary, texts[session.first - batch[0].first :][:1])
        found["moments"].append(moment)
        for more in range(3):
            topic = TAGS[(session.number * 7 + more * more) % len(TAGS)]
            mention, edge = _mention(session, moment, topic, more)
            found["mentions"].append(mention)
            found["edges"].append(edge)
    days = {each.day: summary for each, summary in zip(told, said, strict=True)}
    found["summaries"] += [_summary(day, summary) for day, summary in days.items()]
    return found


def _day_row(day: str) -> dict[str, object]:
    return {
        "user_id": USER,
        "partition_key": day,
        "slice_key": f"{USER}/{day}",
        "dream_id": "d",
        "metadata": "{}",
    }


def _moment(session: Session, name: str, summary: str, said: list[str]) -> dict[str, object]:
    source = derive_id(USER, "message", session.first)
    end = session.start + timedelta(minutes=session.size)
    return {
        **_day_row(session.day),
        "id": derive_id(USER, "moment", session.number),
        "name": name.rstrip(".?"),
        "summary": summary,
        "start_time": session.start,
        "end_time": end,
        "created_at": end,
        "moment_type": TYPES[session.number % len(TYPES)],
        "tags": [TAGS[(session.number * 7 + more) % len(TAGS)] for more in range(3)],
        "emotion_tags": [EMOTIONS[session.number % len(EMOTIONS)]] if session.number % 2 else [],
        "people": [NAMES[session.number % len(NAMES)]],
        "outcomes": [],
        "resource_ids": [],
        "session_ids": [derive_id(USER, "session", session.number)],
        "evidence": [{"source_id": source, "quote": said[0][:80]}],
        "facts": [{"text": f"{NAMES[session.number % len(NAMES)]}: {name}", "source_ids": [source]}],
        "trust": "own",
        "search_text": f"{name} {summary}",
    }


def _mention(
    session: Session, moment: dict[str, object], topic: str, more: int
) -> tuple[dict[str, object], dict[str, object]]:
    entity = derive_id(USER, topic)
    mention = {
        **_day_row(session.day),
        "id": derive_id(USER, "mention", session.number, more),
        "entity_id": entity,
        "name": topic,
        "kind": "topic",
        "surface_forms": [topic],
        "moment_ids": [moment["id"]],
        "count": 1,
        "first_time": session.start,
        "last_time": session.start,
    }
    edge = {
        **_day_row(session.day),
        "id": derive_id(USER, "edge", session.number, more),
        "slice_key": f"{USER}/{session.day}/dream",
        "source_id": entity,
        "target_id": moment["id"],
        "edge_type": "mentioned_in",
        "weight": 1.0,
        "generated_by": "dream",
    }
    return mention, edge


def _summary(day: str, content: str) -> dict[str, object]:
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return {
        **_day_row(day),
        "id": derive_id(USER, "day", day),
        "slice_key": f"{USER}/day/{day}",
        "period": "day",
        "name": f"The day {day}",
        "content": content,
        "start_time": start,
        "end_time": start + timedelta(days=1),
        "created_at": start + timedelta(days=1),
        "moment_ids": [],
        "input_hash": "h",
        "recipe": "r",
    }
