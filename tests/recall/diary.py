"""A small diary of stored rows, and questions put to it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rem_dagster.model.ids import derive_id
from rem_dagster.model.window import Calendar
from rem_dagster.recall.ask.answer import Answer
from rem_dagster.recall.ask.asking import Asked, Means, ask
from rem_dagster.store.database import Store
from rem_dagster.store.text import refresh_text
from tests.lives import link
from tests.stored import edge, mention, message, moment, put, resource, session, summary

MONDAY = datetime(2025, 10, 13, tzinfo=UTC)
NOW = datetime(2025, 10, 22, 15, 30, tzinfo=UTC)
CALENDAR = Calendar(ZoneInfo("UTC"), week_starts_on=0)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant so many days after the Monday of the diary's week."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def told(name: str, when: datetime, *, quotes: Sequence[tuple[str, str]] = (), **more: Any) -> dict[str, Any]:
    """A moment; `quotes` are (message id, words)."""
    plain = {key: more.pop(key) for key in ("hours", "user", "summary", "tags", "emotions") if key in more}
    row = moment(name, at=when, **plain)
    row |= {"evidence": [{"source_id": source, "quote": quote} for source, quote in quotes], **more}
    words = [name, row["summary"], *row["tags"], *more.get("people", ()), *more.get("outcomes", ())]
    return row | {"search_text": "\n".join([*words, *(quote for _, quote in quotes)])}


def related(one: str, other: str, when: datetime) -> dict[str, Any]:
    """The edge between two entities that a moment names."""
    ends = (derive_id("ann", name.lower()) for name in (one, other))
    return edge(*ends, "related_to") | {"partition_key": when.date().isoformat(), "weight": 1.0}


def fill_diary(store: Store) -> None:
    """A week of Ann's, and a day of Bob's that is none of her business."""
    said = [
        message("The trip to Porto was too short, the ferry was the best part.", at=at(0, 9), author="Ana"),
        message("I booked the train for the trip.", at=at(0, 9, 5), author="Ann"),
        message("The DiskANN builder lost edges, I found the lost update.", at=at(1, 14), author="Ann"),
        message("The landlord raised the rent.", at=at(2, 10), author="Priya", session="s2"),
        message("Bob's password for the vault is walrus.", at=at(1, 9), user="bob", author="Bob"),
    ]
    ids = put(store, "messages", *said)
    put(store, "sessions", session("s1") | {"case_id": "T-1", "title": "Standup"})
    put(store, "sessions", session("s2") | {"case_id": "T-2"}, session("s1", user="bob"))
    put(store, "resources", resource("Reading list", "A paper on Vamana graphs and alpha.", at=at(3, 8)))
    s1, s2 = (derive_id("ann", "jsonl", "", name) for name in ("s1", "s2"))
    moments = [
        told(
            "Talk about Porto",
            at(0, 9),
            summary="Ana and Ann talked about the trip to Porto.",
            people=["Ana"],
            moment_type="communication",
            session_ids=[s1],
            quotes=[(ids[0], "the ferry was the best part")],
            metadata='{"source_ids": ["' + ids[0] + '", "' + ids[1] + '"]}',
        ),
        told(
            "Found the lost update",
            at(1, 14),
            hours=3.5,
            summary="The DiskANN builder lost edges.",
            tags=["diskann", "graphd"],
            outcomes=["Fixed the lost update"],
            emotions=["relieved"],
            session_ids=[s1],
            quotes=[(ids[2], "I found the lost update")],
            intentions=[{"text": "Tomorrow I will run the full DiskANN set.", "source_ids": [ids[2]]}],
        ),
        told("Checked the builder", at(1, 16), hours=2.5, summary="Ran graphd again.", tags=["graphd"]),
        told(
            "DiskANN DiskANN reading",
            at(0, 11),
            summary="Read the DiskANN paper. DiskANN prunes.",
            tags=["diskann"],
            moment_type="learning",
        ),
        told(
            "Rent",
            at(2, 10),
            summary="Priya told of the rent.",
            people=["Priya"],
            emotions=["worried"],
            session_ids=[s2],
            quotes=[(ids[3], "The landlord raised the rent.")],
        ),
        told("Vault", at(1, 9), user="bob", summary="Bob set the vault password walrus.", people=["Bob"]),
    ]
    put(store, "moments", *moments)
    put(
        store,
        "mentions",
        mention("DiskANN", at=at(1, 14)) | {"moment_ids": [moments[1]["id"], moments[3]["id"]]},
        mention("graphd", at=at(1, 14)) | {"moment_ids": [moments[1]["id"], moments[2]["id"]]},
        mention("Ana", at=at(0, 9)) | {"kind": "person", "moment_ids": [moments[0]["id"]]},
        mention("Priya", at=at(2, 10)) | {"kind": "person", "moment_ids": [moments[4]["id"]]},
        mention("walrus", at=at(1, 9), user="bob") | {"moment_ids": [moments[5]["id"]]},
    )
    put(store, "edges", related("DiskANN", "graphd", at(1, 14)))
    week = "Found the lost update on Tuesday. 6 h of work."
    put(store, "summaries", summary(week, at=at(0, 0), end=at(7, 0), period="week"))
    refresh_text(store)


def diary_in(place: Path, empty_tables: Path) -> Store:
    """A store of its own that holds the diary."""
    link(empty_tables, place)
    store = Store(str(place))
    fill_diary(store)
    return store


def ask_ann(store: Store, question: str, means: Means | None = None, **more: Any) -> Answer:
    """Ann's answer on the Wednesday after the diary's week."""
    return ask(Asked(store, more.pop("user", "ann"), question, CALENDAR, NOW, **more), means)
