"""Which tools were called, when, in which order, and how often did one fail?

A call failed where its result says so: in its metadata, or by how it begins. A call of which no result
is there is neither seen to work nor to fail.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rem_dagster.recall.insights.asked import Asked
from rem_dagster.recall.insights.figures import WHOLE, each_row, rows_of
from rem_dagster.recall.insights.found import Insight, Statement, said
from rem_dagster.recall.insights.pieces import cut, day_from, milliseconds
from rem_dagster.recall.insights.read import Lived
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, is_in, within

if TYPE_CHECKING:
    import pandas

COLUMNS = ("of", "name", "period", "calls", "sessions", "results", "failed", "moment_ids", "session_ids")
CALL_COLUMNS = ("id", "session_id", "role", "created_at", "seq", "tool_calls", "metadata")
CALLS_AND_RESULTS = "role = 'tool' OR array_length(tool_calls) > 0"
BEGINNING = 400
"""Characters of a result in which it says that it failed."""
MOST_SAID, MOST_PAIRS, MOST_SESSIONS = 3, 20, 20
_FAILED = re.compile(
    r"\s*(?:\W{0,3}(?:error|fatal|panic|traceback|exception|command failed|permission denied)\b"
    r"|<tool_use_error>|(?:\w+\.)*\w*(?:Error|Exception):|.{0,80}\bcommand not found\b)"
    r"|(?:.|\n)*\bexit(?:ed)?(?: with)?(?: code| status)?:? [1-9]",
    re.IGNORECASE,
)
Message = Mapping[str, Any]


@dataclass
class Call:
    """One call of a tool."""

    tool: str
    call_id: str
    session_id: str
    at: int
    """Milliseconds since 1970, UTC."""
    has_result: bool = False
    is_failed: bool = False


def find_tools(lived: Lived, store: Store) -> Insight:
    """Calls by tool, period, hour, pair in a row within a session, and session."""
    by = lived.asked.division("tools")
    calls = _calls(_messages(store, lived.asked, lived.sessions))
    frame = _frame(lived, calls)
    parts = [
        _counted(frame.assign(order=0, period=WHOLE), ["tool"], of="tool"),
        _counted(lived.with_period(frame, by), ["tool"], of="tool"),
        _counted(lived.with_period(frame, "hour"), ["tool"], of="hour"),
        _pairs(frame).head(MOST_PAIRS),
        _by_session(frame).head(MOST_SESSIONS),
    ]
    said_of = _statements(parts, frame)
    rows = rows_of(parts, COLUMNS)
    day = day_from(frame["day"].iloc[-1]).isoformat() if len(frame) else None
    return Insight("tools", by, rows, said_of, len(lived.moments), lived.seconds, lived.days, day)


def says_failed(content: str, metadata: str | None) -> bool:
    """Whether the result of a call tells of a failure."""
    known = json.loads(metadata or "{}")
    marks = {**(known.get("extra") or {}), **known} if isinstance(known, dict) else {}
    for name in ("is_error", "isError"):
        if isinstance(marks.get(name), bool):
            return bool(marks[name])
    return _FAILED.match(content[:BEGINNING]) is not None


def _messages(store: Store, asked: Asked, sessions: frozenset[str] | None) -> list[Message]:
    """Messages of the window that call tools or hold a result, in order; results with their text."""
    where = all_of(
        equals("user_id", asked.user_id),
        within("created_at", asked.window),
        is_in("session_id", sessions) if sessions is not None else None,
        CALLS_AND_RESULTS,
    )
    rows: list[Message] = store.read("messages", [*CALL_COLUMNS, "content"], where).to_pylist()
    return sorted(rows, key=lambda row: (row["session_id"], row["created_at"], row["seq"], row["id"]))


def _calls(messages: Sequence[Message]) -> list[Call]:
    """The calls, each with what its result says: the one that names it, else the next in its session."""
    calls: list[Call] = []
    waiting: defaultdict[str, list[Call]] = defaultdict(list)
    for row in messages:
        session, at = row["session_id"], milliseconds(row["created_at"])
        made = [Call(each["name"], each["id"] or "", session, at) for each in row["tool_calls"] or ()]
        calls += made
        waiting[session] += made
        if row["role"] == "tool" and (call := _answered(row, waiting[session])):
            call.has_result = True
            call.is_failed = says_failed(row["content"], row["metadata"])
    return calls


def _answered(row: Message, waiting: list[Call]) -> Call | None:
    known = json.loads(row["metadata"] or "{}")
    marks = {**(known.get("extra") or {}), **known} if isinstance(known, dict) else {}
    named = marks.get("tool_call_id") or marks.get("tool_use_id")
    place = next((at for at, call in enumerate(waiting) if named and call.call_id == named), 0)
    return waiting.pop(place) if waiting else None


def _frame(lived: Lived, calls: Sequence[Call]) -> "pandas.DataFrame":
    """A row a call, in order, with its local day and hour and the moments that hold it."""
    import pandas

    made = pandas.DataFrame(
        [(each.tool, each.session_id, each.at, each.at, each.has_result, each.is_failed) for each in calls],
        columns=["tool", "session_id", "start", "end", "results", "failed"],
    ).astype({"start": "int64", "end": "int64", "results": "int64", "failed": "int64"})
    pieces = cut(made, lived.asked.calendar)
    made = made.assign(**{name: pieces[name].to_numpy() for name in ("day", "weekday", "hour")})
    sessions = lived.exploded("session_ids").rename(columns={"value": "session_id", "moment": "place"})
    bounds = lived.moments[["start", "end"]].rename(columns={"start": "from", "end": "to"})
    held = made.reset_index(names="call").merge(sessions, on="session_id")
    held = held.merge(bounds, left_on="place", right_index=True)
    held = held[(held["from"] <= held["start"]) & (held["start"] <= held["to"])]
    places = held.groupby("call")["place"].agg(list)
    ids = [lived.ids_of(places.get(call, [])) for call in range(len(made))]
    return made.assign(moment_ids=pandas.Series(ids, index=made.index, dtype=object))


def _counted(frame: "pandas.DataFrame", by: list[str], of: str) -> "pandas.DataFrame":
    """Calls of each group of each period: the commonest first."""
    if frame.empty:
        return frame
    found = _sums(frame, ["order", "period", *by]).rename(columns={by[-1]: "name"})
    order = ["order", "calls", "name"]
    return found.sort_values(order, ascending=[True, False, True], kind="stable").assign(of=of)


def _pairs(frame: "pandas.DataFrame") -> "pandas.DataFrame":
    """How often one call followed another within a session: `read > edit`."""
    import pandas

    rows = []
    for _, of_session in frame.groupby("session_id", sort=False):
        each = of_session.to_dict("records")
        rows += [{**after, "pair": f"{before['tool']} > {after['tool']}"} for before, after in pairwise(each)]
    if not rows:
        return frame.head(0)
    found = _sums(pandas.DataFrame(rows), ["pair"]).rename(columns={"pair": "name"})
    found = found.sort_values(["calls", "name"], ascending=[False, True], kind="stable")
    return found.assign(of="pair", period=WHOLE)


def _by_session(frame: "pandas.DataFrame") -> "pandas.DataFrame":
    if frame.empty:
        return frame
    found = _sums(frame.assign(name=frame["session_id"]), ["name"])
    found = found.sort_values(["calls", "name"], ascending=[False, True], kind="stable")
    return found.assign(of="session", period=WHOLE)


def _sums(frame: "pandas.DataFrame", by: list[str]) -> "pandas.DataFrame":
    def together(values: "pandas.Series[Any]") -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for ids in values for one in ids))

    return (
        frame.groupby(by, sort=True)
        .agg(
            calls=("tool", "size"),
            sessions=("session_id", "nunique"),
            results=("results", "sum"),
            failed=("failed", "sum"),
            moment_ids=("moment_ids", together),
            session_ids=("session_id", lambda values: tuple(dict.fromkeys(values))),
        )
        .reset_index()
    )


def _statements(parts: "Sequence[pandas.DataFrame]", frame: "pandas.DataFrame") -> tuple[Statement, ...]:
    tools, _, _, pairs, _ = parts
    count = len(frame)
    if not count:
        return (Statement("No message of this time calls a tool.", 0),)
    ids = tuple(dict.fromkeys(one for each in frame["moment_ids"] for one in each))
    named = [f"{row.label} {row.calls:,}" for row in each_row(tools.head(MOST_SAID))]
    sessions = said(int(frame["session_id"].nunique()), "session")
    statements = [Statement(f"{said(count, 'call')} in {sessions}: {', '.join(named)}.", count, ids, True)]
    results, failed = int(frame["results"].sum()), int(frame["failed"].sum())
    if results:
        text = f"{failed:,} of {said(results, 'result')} tell of a failure."
        statements.append(Statement(text, results, ids))
    if len(pairs) and int(pairs["calls"].max()) > 1:
        named = [f"{row.label} {row.calls:,}" for row in each_row(pairs.head(MOST_SAID))]
        statements.append(Statement(f"In a row: {', '.join(named)}.", int(pairs["calls"].sum()), ids, True))
    return tuple(statements)
