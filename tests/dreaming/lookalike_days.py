"""Look-alikes as rows: what an import and a dream would have left of their lines, one user for each pair."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rem_dagster.dreaming.wording import normal_name
from rem_dagster.model.ids import derive_id
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.tables import DREAMS, MENTIONS, MESSAGES, MOMENTS, RESOURCES
from tests.dreaming.lookalikes import Pair
from tests.stored import message, resource

KINDS = {
    "p": "person",
    "t": "tool",
    "r": "project",
    "o": "organization",
    "l": "place",
    "h": "thing",
    None: "topic",
}
FIRST = datetime(2025, 10, 1, 9, tzinfo=UTC)
_LINE = re.compile(r"(\d+) (\w+)(?:/([^:]+))?: (.+)")
_MARK = re.compile(r"\[([^\]|]+)(?:\|(\w))?\]")
_AUTHOR = re.compile(r"(.+) <(.+)>")
Rows = list[dict[str, Any]]


def put_pairs(store: Store, pairs: Sequence[Pair]) -> None:
    """Leave what is known of each pair as a user's days; the user is the pair's number."""
    rows: defaultdict[str, Rows] = defaultdict(list)
    for number, pair in enumerate(pairs):
        _add(rows, user_of(number), pair.lines)
    specs = {"messages": MESSAGES, "resources": RESOURCES, "moments": MOMENTS}
    specs |= {"mentions": MENTIONS, "dreams": DREAMS}
    for table, spec in specs.items():
        store.upsert(table, rows_of(spec, rows[table]))


def user_of(number: int) -> str:
    """The user whose activity a pair's is."""
    return f"pair-{number:03}"


def entity(user: str, name: str) -> str:
    """The id that a dream gives to an entity."""
    return derive_id(user, "entity", normal_name(name))


def _add(rows: defaultdict[str, Rows], user: str, lines: Sequence[str]) -> None:
    told: defaultdict[tuple[str, str], list[tuple[dict[str, Any], dict[str, str]]]] = defaultdict(list)
    for place, line in enumerate(lines):
        table, row, names = _item(user, line, place)
        rows[table].append(row)
        told[row["partition_key"], row.get("session_id") or "git"].append((row, names))
    for day in sorted({day for day, _ in told}):
        of_day = {session: held for (each, session), held in told.items() if each == day}
        _add_dream(rows, user, day, of_day)


def _item(user: str, line: str, place: int) -> tuple[str, dict[str, Any], dict[str, str]]:
    match = _LINE.fullmatch(line)
    assert match, line
    day, session, author, marked = match.groups()
    at = FIRST + timedelta(days=int(day), minutes=place)
    names = {found[1]: KINDS[found[2]] for found in _MARK.finditer(marked)}
    text = _MARK.sub(lambda found: found[1], marked)
    written = _AUTHOR.fullmatch(author or "")
    if written:
        names[written[1]] = "person"
    metadata = json.dumps({"author": written[1], "email": written[2]} if written else {})
    if session == "git":
        made = resource(f"{line[:40]}", text, at=at, user=user, category="commit")
        return "resources", {**made, "metadata": metadata}, names
    made = message(text, at=at, user=user, session=session, author=written[1] if written else None)
    return "messages", {**made, "metadata": metadata}, names


def _add_dream(
    rows: defaultdict[str, Rows],
    user: str,
    day: str,
    told: dict[str, list[tuple[dict[str, Any], dict[str, str]]]],
) -> None:
    owned = {"user_id": user, "partition_key": day, "slice_key": f"{user}/{day}", "dream_id": "d"}
    kinds: dict[str, str] = {}
    forms: dict[str, str] = {}
    sources: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
    moments: defaultdict[str, list[str]] = defaultdict(list)
    for session, held in told.items():
        first = held[0][0]
        moment = {
            **owned,
            "id": derive_id(user, day, "moment", session),
            "name": first["content"],
            "summary": first["content"],
            "start_time": first["created_at"],
            "end_time": first["created_at"],
            "moment_type": "other",
            "session_ids": [session] if session != "git" else [],
        }
        rows["moments"].append(moment)
        for row, names in held:
            for name, kind in names.items():
                key = normal_name(name)
                kinds.setdefault(key, kind)
                forms.setdefault(key, name)
                sources[key][row["id"]] = row["created_at"]
                if moment["id"] not in moments[key]:
                    moments[key].append(moment["id"])
    rows["mentions"] += [
        {
            **owned,
            "id": derive_id(user, day, "mention", key),
            "entity_id": entity(user, name),
            "name": name,
            "kind": kinds[key],
            "surface_forms": [name],
            "source_ids": list(sources[key]),
            "moment_ids": moments[key],
            "count": len(sources[key]),
            "first_time": min(sources[key].values()),
            "last_time": max(sources[key].values()),
        }
        for key, name in forms.items()
    ]
    counts = Counter(moments=len(told), entities=len(forms))
    rows["dreams"].append(
        {
            "id": derive_id(user, day, "dream"),
            "user_id": user,
            "partition_key": day,
            "status": "complete",
            "counts": json.dumps(counts),
            "dream_id": derive_id(user, day, "dream"),
        }
    )
