"""How does one message or document come in through the Python API?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pydantic import ValidationError

from rem_dagster.errors import InputError
from rem_dagster.ingest.importing import land
from rem_dagster.ingest.order import Peers
from rem_dagster.ingest.rows import Origin
from rem_dagster.ingest.times import LocalDays
from rem_dagster.model.activity import Activity, MessageItem, ResourceItem
from rem_dagster.model.ids import derive_id
from rem_dagster.model.message import ToolCall
from rem_dagster.model.window import calendar_of
from rem_dagster.model.words import Category, Role, Trust
from rem_dagster.settings import Home
from rem_dagster.sources.source import Problem, shown
from rem_dagster.sources.text import clean_value
from rem_dagster.sources.times import offset_minutes
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals

KIND, ACCOUNT = "api", ""
Item = TypeVar("Item", MessageItem, ResourceItem)


def add_message(
    home: Home,
    store: Store,
    *,
    user_id: str,
    session_id: str,
    role: Role,
    content: str,
    now: datetime,
    created_at: datetime | None = None,
    native_id: str | None = None,
    author: str | None = None,
    trust: Trust = "own",
    tool_calls: Sequence[ToolCall] = (),
    metadata: Mapping[str, object] | None = None,
) -> str:
    """Store one message and return its id.

    Args:
        session_id: the caller's own name of the conversation.
        created_at: by default `now`; without a zone it is a local time of the home.
        native_id: the caller's own id; by default it follows from session, time, role and content.

    Raises:
        InputError: a value cannot be stored; nothing was changed.
    """
    at = _instant(created_at) or now
    values = {
        "native_id": native_id or derive_id(session_id, role, at.isoformat(), str(clean_value(content))),
        "session_native_id": session_id,
        "role": role,
        "author": author,
        "content": content,
        "tool_calls": [call.model_dump() for call in tool_calls],
        "trust": trust,
        "metadata": metadata or {},
    }
    item = _validated(MessageItem, {**values, **_shared(user_id, at)})
    origin = Origin(KIND, ACCOUNT, user_id)
    peers = _peers_of(store, origin.id_of(user_id, "session", session_id), LocalDays(calendar_of(home)), item)
    _add(home, store, item, now=now, peers=peers)
    return origin.id_of(user_id, "message", item.native_id)


def add_resource(
    home: Home,
    store: Store,
    *,
    user_id: str,
    name: str,
    content: str,
    now: datetime,
    category: Category = "note",
    created_at: datetime | None = None,
    updated_at: datetime | None = None,
    native_id: str | None = None,
    uri: str | None = None,
    tags: Sequence[str] = (),
    trust: Trust = "own",
    metadata: Mapping[str, object] | None = None,
) -> str:
    """Store one document and return its `document_id`, which all its chunks share.

    Args:
        created_at: by default `now`; without a zone it is a local time of the home.
        updated_at: when given, an edit goes to its own day and leaves earlier days as they are;
            otherwise the document replaces what was stored of it.
        native_id: the caller's own id; by default it follows from name, time and content.

    Raises:
        InputError: a value cannot be stored; nothing was changed.
    """
    at = _instant(created_at) or now
    values = {
        "native_id": native_id or derive_id(name, at.isoformat(), str(clean_value(content))),
        "name": name,
        "content": content,
        "category": category,
        "updated_at": updated_at,
        "uri": uri,
        "tags": tuple(tags),
        "trust": trust,
        "metadata": metadata or {},
    }
    item = _validated(ResourceItem, {**values, **_shared(user_id, at)})
    _add(home, store, item, now=now, peers=Peers())
    return Origin(KIND, ACCOUNT, user_id).id_of(user_id, "document", item.native_id)


@dataclass(frozen=True)
class _Given:
    """A source of one item."""

    item: Activity
    kind: str = KIND
    account: str = ACCOUNT
    place: str = KIND

    def fingerprint(self) -> None:
        """None: it is read once."""

    def read(self) -> Iterator[Activity | Problem]:
        yield self.item


def _add(home: Home, store: Store, item: Activity, *, now: datetime, peers: Peers) -> None:
    user_id = item.user_id or home.settings.user
    report = land(home, store, _Given(item), user_id=user_id, now=now, peers=peers)
    if report.failed or report.skipped:
        raise InputError(f"Could not add {item.native_id!r}: {report.problems[0]}. Nothing was changed.")


def _instant(given: datetime | None) -> datetime | None:
    if given is None or isinstance(given, datetime):
        return given
    raise InputError(
        f"Could not add created_at = {shown(given)}: it is no datetime.datetime; "
        "datetime.fromisoformat('2025-10-14T09:30') makes one of text. Nothing was changed."
    )


def _shared(user_id: str, at: datetime) -> dict[str, object]:
    return {"user_id": user_id, "created_at": at, "utc_offset_minutes": offset_minutes(at)}


def _validated(model: type[Item], values: Mapping[str, object]) -> Item:
    try:
        return model.model_validate(clean_value(dict(values)))
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        field = ".".join(map(str, problem["loc"]))
        raise InputError(
            f"Could not add {field} = {shown(problem['input'])}: {problem['msg']}. Nothing was changed."
        ) from error


def _peers_of(store: Store, session_id: str, days: LocalDays, item: MessageItem) -> Peers:
    """The stored messages of the session, each at its place among those of the same instant."""
    at = days.instant_of(item.created_at)
    columns = ["id", "seq", "created_at"]
    rows = store.read("messages", columns, equals("session_id", session_id)).to_pylist()
    peers = Peers()
    for row in sorted(rows, key=lambda row: (row["seq"], row["id"])):
        if row["created_at"] == at:
            peers.place(row["id"], session_id, row["created_at"])
    return peers
