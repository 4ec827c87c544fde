"""How does what a source says become stored activity?"""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from rem_dagster.errors import InputError
from rem_dagster.ingest.clocks import Clocks
from rem_dagster.ingest.document_landing import DocumentLanding
from rem_dagster.ingest.documents import document_of
from rem_dagster.ingest.exclude import Exclusions, without_private
from rem_dagster.ingest.foreign import items_of
from rem_dagster.ingest.implicit import add_implicit_sessions
from rem_dagster.ingest.linking.claims import may_point
from rem_dagster.ingest.linking.linking import link_imported
from rem_dagster.ingest.moves import Moves
from rem_dagster.ingest.order import Peers
from rem_dagster.ingest.report import ImportReport, Tally
from rem_dagster.ingest.row_landing import RowEntry, RowLanding
from rem_dagster.ingest.rows import Origin, Row, Thing, message_row, sealed, session_row
from rem_dagster.ingest.syncs import note_sync
from rem_dagster.ingest.times import LocalDays, Placed
from rem_dagster.ingest.tombstones import Tombstones, conversation
from rem_dagster.ingest.withdrawing import Withdrawals
from rem_dagster.model.activity import Activity, MessageItem, ResourceItem, SessionItem
from rem_dagster.model.own_output import LOST_END, has_lost_end, is_own_output, without_managed
from rem_dagster.model.window import calendar_of
from rem_dagster.settings import Home, lower_first_day
from rem_dagster.sources.source import IncrementalSource, Problem, Source, Told, Withdrawn
from rem_dagster.store.database import Store
from rem_dagster.store.maintain import tidy
from rem_dagster.store.room import give_back, keep_little
from rem_dagster.store.tables import MESSAGES, RESOURCES, SESSIONS
from rem_dagster.store.text import refresh_text

Progress = Callable[[int], None]
"""Called now and then with the number of items read so far."""
PROGRESS_EVERY = 100
"""Items; the first so many are told one by one, as of some sources each takes a minute."""
OWN_OUTPUT = "is what rem wrote itself"
TOO_LARGE = "is too large to be kept with each part of so long a text"
MOVED = "lies at another path now and stays the same note"
WRITTEN = ("sessions", "messages", "resources", "edges", "links_state", "syncs", "postings", "docs")
"""The tables that an import writes."""


def import_source(
    home: Home,
    store: Store,
    source: Source,
    *,
    user_id: str,
    now: datetime,
    progress: Progress | None = None,
    watermark: str | None = None,
    mark: str | None = None,
) -> ImportReport:
    """Store every item of a source that is new or changed, and report on all of them.

    Killed anywhere, the next import of the same source ends with the same tables.

    Args:
        user_id: the user of items that name none.
        watermark: the source's fingerprint before it was read, for `sync` to remember.
        mark: where an earlier read of an incremental source ended: it is read from there on.

    Raises:
        SourceError: the source cannot be read to its end; batches that were written stay.
        StoreError: the store cannot be written; batches that were written stay.
    """
    work = Importing(home, store, source, user_id=user_id, now=now)
    goes_on = source if isinstance(source, IncrementalSource) else None
    report = work.run(items_of(source, mark), progress)
    note_sync(
        store,
        Origin(source.kind, source.place, user_id),
        report,
        now=now,
        last_item_at=work.last_item_at,
        watermark=goes_on.mark if goes_on else watermark,
    )
    return report


def land(
    home: Home, store: Store, source: Source, *, user_id: str, now: datetime, peers: Peers
) -> ImportReport:
    """As `import_source`, for items that are given rather than pulled: no sync is remembered.

    Args:
        peers: the messages that are stored already at the instants of the given ones.
    """
    work = Importing(home, store, source, user_id=user_id, now=now, peers=peers, is_given=True)
    return work.run(source.read(), None)


class Importing:
    """One import under way."""

    def __init__(
        self,
        home: Home,
        store: Store,
        source: Source,
        *,
        user_id: str,
        now: datetime,
        peers: Peers | None = None,
        is_given: bool = False,
    ) -> None:
        keep_little()
        self.home, self.store, self.source, self.now = home, store, source, now
        self.origin = Origin(source.kind, source.account, user_id)
        self.days = LocalDays(calendar_of(home))
        self.tally = Tally(f"{source.kind} {source.place}")
        self.sessions = RowLanding(store, SESSIONS, self.tally, now)
        self.messages = RowLanding(store, MESSAGES, self.tally, now)
        self.documents = DocumentLanding(store, RESOURCES, self.tally, now)
        self.peers = peers or Peers()
        self.is_given, self.may_point = is_given, False
        self.moves = Moves(store, self.origin, source)
        self.withdrawals = Withdrawals(store, self.origin, self.tally)
        self.forgotten = Tombstones(home, store)
        self.exclusions = Exclusions(home, source.place)
        self.clocks = Clocks(now)
        self.named_sessions: dict[str, Row] = {}
        self.last_item_at: datetime | None = None

    def run(self, items: Iterable[Told], progress: Progress | None) -> ImportReport:
        """Read to the end, and write all that follows from it."""
        for number, each in enumerate(items, start=1):
            if isinstance(each, Problem):
                self.tally.add_problem(each)
            elif isinstance(each, Withdrawn):
                self.withdrawals.add(each)
            else:
                self.take(each)
            if progress and (number < PROGRESS_EVERY or number % PROGRESS_EVERY == 0):
                progress(number)
        if remark := self.clocks.remark_at_end(self.tally.source):
            self.tally.add_problem(remark)
        return self.finish()

    def take(self, item: Activity) -> None:
        """Take one item in; one that cannot be stored is a problem of the report."""
        where = f"{self.tally.source} {item.native_id!r}"
        if self._is_forgotten(item):
            self.tally.add_problem(Problem(where, None, "was forgotten", "skipped"))
            return
        given, item = item, _without_managed(item)
        if given is not item and not isinstance(given, SessionItem) and has_lost_end(given.content):
            self.tally.add_problem(Problem(where, None, LOST_END, "notice"))
        if _is_ours(given, item):
            self.tally.add_problem(Problem(where, None, OWN_OUTPUT, "skipped"))
            return
        try:
            excluded = self.exclusions.reason(item)
        except InputError as error:
            self.tally.add_problem(Problem(where, "created_at", str(error)))
            return
        if excluded:
            self.tally.add_problem(Problem(where, None, excluded, "skipped"))
            return
        kept = _without_private(item)
        if kept is not item:
            reason = "what is marked <private> was left out"
            self.tally.add_problem(Problem(where, None, reason, "notice" if kept else "skipped"))
        if kept is None:
            return
        try:
            self.land(kept)
        except InputError as error:
            self.tally.add_problem(Problem(where, "created_at", str(error)))

    def _is_forgotten(self, item: Activity) -> bool:
        """Whether it was, or the conversation that it belongs to was as a whole."""
        if self.origin.id_of(item.user_id, _thing(item), item.native_id) in self.forgotten:
            return True
        if not isinstance(item, MessageItem):
            return False
        session_id = self.origin.id_of(item.user_id, "session", item.session_native_id)
        return conversation(session_id) in self.forgotten

    def finish(self) -> ImportReport:
        """Write all that waits, and what follows from it."""
        self.land_rest()
        self.moves.finish()
        add_implicit_sessions(self.store, self.named_sessions, days=self.days, tally=self.tally, now=self.now)
        self._let_go()
        refresh_text(self.store, tables=("messages", "resources"))
        report = self.tally.report()
        self._link(report)
        if report.days:
            tidy(self.store, WRITTEN)
        if report.first_day:
            lower_first_day(self.home, date.fromisoformat(report.first_day))
        return report

    def land_rest(self) -> None:
        """Write all items that wait, and remove what their source takes back."""
        for landing in (self.sessions, self.messages, self.documents):
            landing.finish()
        self.withdrawals.finish()

    def _let_go(self) -> None:
        """Drop what was kept of each item: the text index needs the room."""
        for landing in (self.sessions, self.messages, self.documents):
            landing.let_go()
        self.named_sessions, self.peers = {}, Peers()
        give_back()

    def _link(self, report: ImportReport) -> None:
        """Make the edges of what changed; a read of a whole source sees to what was left undone, too.

        A message that points to nothing changes no edge: linking would be a quarter of the time to add it.
        """
        if not self.is_given:
            moved = {(self.origin.user_id, day) for day in self.moves.days}
            link_imported(self.home, self.store, also=moved)
        elif report.days and (self.may_point or report.updated):
            link_imported(
                self.home,
                self.store,
                first_day=report.days[0],
                last_day=report.days[-1],
                user_ids=[self.origin.user_id],
            )

    def land(self, item: Activity) -> None:
        """Put an item on its way into its table.

        Raises:
            InputError: it cannot be stored.
        """
        if isinstance(item, SessionItem):
            row = session_row(item, self.origin, self.days)
            self.saw(item, Placed(row["created_at"], row["partition_key"], item.time_confidence))
            self.sessions.add(RowEntry(row), item.updated_at)
        elif isinstance(item, MessageItem):
            self.may_point = self.may_point or may_point(item.content, item.metadata)
            self._land_message(item)
        else:
            self.may_point = True
            self._land_document(item)

    def _land_message(self, item: MessageItem) -> None:
        row = message_row(item, self.origin, self.days)
        self.saw(item, Placed(row["created_at"], row["partition_key"], row["time_confidence"]))
        counted = self.peers.place(row["id"], row["session_id"], row["created_at"])
        row["seq"] = counted if item.place is None else item.place
        self.named_sessions.setdefault(
            row["session_id"],
            {
                "user_id": row["user_id"],
                "source": row["source"],
                "native_id": item.session_native_id,
            },
        )
        self.messages.add(RowEntry(sealed("messages", row)), item.updated_at)

    def _land_document(self, item: ResourceItem) -> None:
        item, is_moved = self.moves.followed(item)
        if is_moved:
            where = f"{self.tally.source} {item.metadata['path']!r}"
            self.tally.add_problem(Problem(where, None, MOVED, "notice", item.native_id))
        document = document_of(item, self.origin, self.days)
        if document.is_too_large:
            where = f"{self.tally.source} {item.native_id!r}"
            self.tally.add_problem(Problem(where, "metadata", TOO_LARGE))
            return
        self.saw(item, document.created)
        self.documents.add(document, item.updated_at)

    def saw(self, item: Activity, placed: Placed) -> None:
        """Note an item that can be stored, and when it was."""
        self.tally.saw(item, placed)
        if remark := self.clocks.remark(item, placed, f"{self.tally.source} {item.native_id!r}"):
            self.tally.add_problem(remark)
        if self.last_item_at is None or placed.at > self.last_item_at:
            self.last_item_at = placed.at


def _thing(item: Activity) -> Thing:
    if isinstance(item, SessionItem):
        return "session"
    return "message" if isinstance(item, MessageItem) else "document"


def _is_ours(given: Activity, item: Activity) -> bool:
    """Whether all that an item says is what we wrote; `item` is without our blocks."""
    if isinstance(item, SessionItem):
        return False
    is_document = isinstance(item, ResourceItem) and is_own_output(item.metadata)
    return is_document or (item is not given and not item.content.strip())


def _without_managed(item: Activity) -> Activity:
    """The item without blocks that we wrote into it."""
    if isinstance(item, SessionItem):
        return item
    content = without_managed(item.content)
    return item if content == item.content else item.model_copy(update={"content": content})


def _without_private(item: Activity) -> Activity | None:
    """The item without its private parts; the item itself when it has none; None when nothing is left."""
    if isinstance(item, SessionItem):
        title = without_private(item.title or "")
        return item if title == (item.title or "") else item.model_copy(update={"title": title or None})
    content = without_private(item.content)
    name = without_private(item.name) if isinstance(item, ResourceItem) else None
    if content == item.content and name == getattr(item, "name", None):
        return item
    if not content.strip():
        return None
    changes = {"content": content} | ({"name": name or "private"} if name is not None else {})
    return item.model_copy(update=changes)
