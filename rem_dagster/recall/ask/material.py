"""What does a home hold that bears on a question?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from rem_dagster.llm.embedder import Embedder
from rem_dagster.model.moment import Moment, happened
from rem_dagster.model.window import Window
from rem_dagster.recall.allowed import OF_CASES
from rem_dagster.recall.ask.answer import SourceTable
from rem_dagster.recall.ask.plan import Plan
from rem_dagster.recall.ask.strength import TermWeights, terms_of, weights_of
from rem_dagster.recall.search import Hit, SearchTable, search
from rem_dagster.recall.timeline import timeline
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals
from rem_dagster.store.records import record_of

DEEP = 200
"""Hits that are looked at to find the latest, or to count."""
NEAR = 30
LAST_WITHIN = (timedelta(days=14), timedelta(days=90), timedelta(days=730))
"""Spans back from now in which the latest moment is looked for, the nearest first."""
STRANGERS = 0.5
_known: "WeakKeyDictionary[Store, dict[str, tuple[tuple[int, ...], dict[str, str]]]]" = WeakKeyDictionary()
SOURCES: tuple[SearchTable, ...] = ("messages", "resources")


@dataclass(frozen=True)
class Source:
    """A message or resource that was found, or that a moment quotes."""

    id: str
    table: SourceTable
    text: str
    at: datetime
    author: str | None = None
    name: str | None = None
    """The title of its session; of a resource its own."""
    session_id: str | None = None
    role: str | None = None
    is_by_others: bool = False
    """Whether it is third-party text: neither the user's own words nor an answer to them."""

    @property
    def where(self) -> str:
        """What it is, as a person would call it: `chat “Standup”`."""
        kind = "note" if self.table == "resources" else "chat"
        return f"{kind} “{self.name}”" if self.name else f"a {kind}"


@dataclass(frozen=True)
class Found:
    """A moment or source that was found, and how much of the question it holds."""

    share: float
    """Of the weight of the question's terms, from 0 to 1."""
    rank: float
    """The search's own score; of things that a window gave 0."""
    held: frozenset[str]
    moment: Moment | None = None
    source: Source | None = None

    @property
    def at(self) -> datetime:
        """When it began."""
        thing = self.moment or self.source
        assert thing is not None
        return thing.start_time if isinstance(thing, Moment) else thing.at


@dataclass(frozen=True)
class Material:
    """All that was found, the best first."""

    moments: Sequence[Found] = ()
    sources: Sequence[Found] = ()
    weights: TermWeights = field(default_factory=lambda: TermWeights({}))

    @property
    def best(self) -> float:
        """The greatest share of the question that one moment with its sources, or one source, holds."""
        return max((each.share for each in (*self.moments, *self.sources)), default=0.0)


@dataclass(frozen=True)
class Scope:
    """Whose activity is looked at, and which part of it."""

    store: Store
    user_id: str
    case_id: str | None = None
    """None is every session, and what belongs to none."""
    sessions: frozenset[str] | None = None
    """Of the case."""
    embedder: Callable[[], Embedder | None] = field(default=lambda: None)
    """Gives what turns a question into a vector; None from it leaves vectors out."""

    def moments(self, moments: Iterable[Moment]) -> list[Moment]:
        """Those of the case that happened."""
        inside = happened(moments)
        if self.sessions is None:
            return inside
        return [each for each in inside if not self.sessions.isdisjoint(each.session_ids)]


def moments_in(scope: Scope, window: Window, plan: Plan) -> list[Moment]:
    """The moments of a window in their order, of the types that the plan names."""
    found = scope.moments(timeline(scope.store, window, user_id=scope.user_id))
    return [each for each in found if not plan.moment_types or each.moment_type in plan.moment_types]


def material_for(scope: Scope, plan: Plan, *, window: Window | None, is_deep: bool = False) -> Material:
    """What bears on a plan's topic and people, best first."""
    weights = weights_of(
        scope.store, plan.terms, user_id=scope.user_id, names=terms_of(" ".join(plan.people))
    )
    limit = DEEP if is_deep else NEAR
    sources = [
        found
        for table in SOURCES
        for found in _sources(scope, plan, weights, table, window=window, limit=limit)
    ]
    hits = _hits(scope, plan, "moments", window, limit)
    held: dict[str, frozenset[str]] = {}
    for each in sources:
        assert each.source is not None
        held[each.source.id] = each.held
    moments = _moments(scope, hits, plan, weights, held)
    return Material(
        sorted(moments, key=lambda each: (-round(each.share, 3), -each.rank)),
        sorted(sources, key=lambda each: (-round(each.share, 3), -each.rank)),
        weights,
    )


def latest_material(scope: Scope, plan: Plan, *, window: Window | None, now: datetime) -> Sequence[Material]:
    """What bears on a plan in longer and longer spans before now; a window that is named is the only one."""
    if window is not None:
        return [material_for(scope, plan, window=window, is_deep=True)]
    spans = [Window(now - span, now) for span in LAST_WITHIN]
    return _Lazily(scope, plan, [*spans, None])


class _Lazily(Sequence[Material]):
    """Looks into a span when it is asked for."""

    def __init__(self, scope: Scope, plan: Plan, windows: Sequence[Window | None]) -> None:
        self._scope, self._plan, self._windows = scope, plan, windows

    def __len__(self) -> int:
        return len(self._windows)

    def __getitem__(self, place: int) -> Material:  # type: ignore[override]  # never sliced
        return material_for(self._scope, self._plan, window=self._windows[place], is_deep=True)


def sources_by_id(scope: Scope, ids: Iterable[str]) -> dict[str, Source]:
    """Messages and resources by their ids; those that are gone or somebody else's are not there."""
    wanted = set(ids)
    if not wanted:
        return {}
    columns = ["id", "user_id", "content", "created_at", "author", "session_id", "role", "trust"]
    rows = scope.store.read_in("messages", "id", wanted, columns).to_pylist()
    messages = [row for row in rows if row["user_id"] == scope.user_id]
    titles = _titles(scope, {row["session_id"] for row in messages})
    found = {
        row["id"]: Source(
            id=row["id"],
            table="messages",
            text=row["content"],
            at=row["created_at"],
            author=row["author"],
            name=titles.get(row["session_id"]),
            session_id=row["session_id"],
            role=row["role"],
            is_by_others=row["trust"] == "third_party",
        )
        for row in messages
    }
    rest = wanted - found.keys()
    if rest:
        columns = ["id", "user_id", "content", "created_at", "name", "trust"]
        rows = scope.store.read_in("resources", "id", rest, columns).to_pylist()
        found |= {
            row["id"]: Source(
                *(row["id"], "resources", row["content"], row["created_at"]),
                name=row["name"],
                is_by_others=row["trust"] == "third_party",
            )
            for row in rows
            if row["user_id"] == scope.user_id
        }
    return found


def cited_ids(moment: Moment) -> list[str]:
    """Every message and resource that a moment rests on."""
    named = moment.metadata.get("source_ids")
    ids = [str(each) for each in named] if isinstance(named, list) else []
    quoted = [quote.source_id for quote in moment.evidence]
    stated = [each for fact in (*moment.facts, *moment.intentions) for each in fact.source_ids]
    return list(dict.fromkeys((*quoted, *stated, *ids)))


def _hits(scope: Scope, plan: Plan, table: SearchTable, window: Window | None, limit: int) -> list[Hit]:
    if not plan.terms or (scope.case_id is not None and table not in OF_CASES):
        return []
    return search(
        *(scope.store, plan.words),
        table=table,
        user_id=scope.user_id,
        window=window,
        case_id=scope.case_id,
        limit=limit,
        embedder=scope.embedder,
    )


def _sources(
    scope: Scope, plan: Plan, weights: TermWeights, table: SearchTable, *, window: Window | None, limit: int
) -> list[Found]:
    hits = _hits(scope, plan, table, window, limit)
    rows = sources_by_id(scope, [hit.id for hit in hits])
    found = []
    for hit in hits:
        source = rows.get(hit.id)
        if source is None:
            continue
        held = weights.held(terms_of(" ".join(filter(None, (source.author, source.name, source.text)))))
        found.append(Found(_share(plan, weights, held), hit.score, held, source=source))
    return found


def _moments(
    scope: Scope,
    hits: Sequence[Hit],
    plan: Plan,
    weights: TermWeights,
    of_sources: Mapping[str, frozenset[str]],
) -> list[Found]:
    rows = scope.store.read_in("moments", "id", [hit.id for hit in hits]).to_pylist() if hits else []
    ranks = {hit.id: hit.score for hit in hits}
    read = [record_of(Moment, row) for row in rows if row["user_id"] == scope.user_id]
    found = []
    for moment in scope.moments(read):
        if plan.moment_types and moment.moment_type not in plan.moment_types:
            continue
        own = weights.held(terms_of("\n".join((moment.search_text, *moment.people))))
        through = [of_sources[each] for each in cited_ids(moment) if each in of_sources]
        held = own.union(*through)
        found.append(Found(_share(plan, weights, held), ranks[moment.id], held, moment=moment))
    return found


def _share(plan: Plan, weights: TermWeights, held: frozenset[str]) -> float:
    """The share of a question; halved where it names people and none of them is there."""
    people = terms_of(" ".join(plan.people))
    return weights.share(held) * (1.0 if not people or held & people else STRANGERS)


def _titles(scope: Scope, sessions: set[str]) -> dict[str, str | None]:
    if not sessions:
        return {}
    rows = scope.store.read_in("sessions", "id", sessions, ["id", "title"]).to_pylist()
    return {row["id"]: row["title"] for row in rows}


def without_weak(found: Sequence[Found], least: float) -> list[Found]:
    """Those that hold at least such a share of the question."""
    return [each for each in found if each.share >= least]


def names_known(store: Store, user_id: str) -> dict[str, str]:
    """People whom the home knows of one user: lower case spelling -> name.

    From the people that moments and messages name; one of one letter only is left out. Kept in a process
    that asks again, until one of the tables changes.
    """
    versions = tuple(store.dataset(table).version for table in ("mentions", "docs"))
    held = _known.setdefault(store, {})
    kept = held.get(user_id)
    if kept is None or kept[0] != versions:
        kept = held[user_id] = versions, _names_known(store, user_id)
    return kept[1]


def _names_known(store: Store, user_id: str) -> dict[str, str]:
    of_user = equals("user_id", user_id)
    rows = store.read(
        "mentions", ["name", "surface_forms"], all_of(of_user, equals("kind", "person"))
    ).to_pylist()
    docs = store.read("docs", ["author_names"], all_of(of_user, equals("`table`", "messages"))).to_pylist()
    known = {name: name for row in docs for name in row["author_names"] or () if name}
    for row in rows:
        known |= dict.fromkeys((*(row["surface_forms"] or ()), row["name"]), row["name"])
    return {spelling.lower(): name for spelling, name in known.items() if len(spelling) > 1}
