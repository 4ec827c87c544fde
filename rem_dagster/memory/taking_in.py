"""How does a Python program bring something in?"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rem_dagster.memory.opened import Opened
from rem_dagster.model.message import ToolCall
from rem_dagster.model.words import Category, Role, Trust

if TYPE_CHECKING:
    from rem_dagster.ingest.explaining import Explanation
    from rem_dagster.ingest.report import ImportReport
    from rem_dagster.sources.source import Source


class TakesIn(Opened):
    """Storing messages and documents, and importing sources."""

    def add_message(
        self,
        content: str,
        *,
        session: str,
        role: Role = "user",
        author: str | None = None,
        created_at: datetime | None = None,
        native_id: str | None = None,
        user_id: str | None = None,
        tool_calls: Sequence[ToolCall] = (),
        trust: Trust = "own",
        metadata: Mapping[str, object] | None = None,
    ) -> str:
        """Store one message and return its id; the same one again changes nothing.

        Args:
            session: the caller's own id of the conversation.
            created_at: when it was said, now by default; without a zone a local time of the home.
            native_id: the caller's own id; by default from session, time, role and content.
            trust: `third_party` for what neither the user nor an assistant in answer to them said.

        Raises:
            InputError: a value cannot be stored; nothing was changed.
        """
        from rem_dagster.ingest.adding import add_message

        return add_message(
            self.home,
            self.store,
            user_id=self._writer(user_id),
            session_id=session,
            role=role,
            content=content,
            now=datetime.now(UTC),
            created_at=created_at,
            native_id=native_id,
            author=author,
            tool_calls=tool_calls,
            trust=trust,
            metadata=metadata,
        )

    def add_resource(
        self,
        name: str,
        content: str,
        *,
        category: Category = "note",
        created_at: datetime | None = None,
        updated_at: datetime | None = None,
        native_id: str | None = None,
        uri: str | None = None,
        tags: Sequence[str] = (),
        user_id: str | None = None,
        trust: Trust = "own",
        metadata: Mapping[str, object] | None = None,
    ) -> str:
        """Store one note, document or commit and return its document's id.

        Args:
            created_at: when it was written, now by default; without a zone a local time of the home.
            updated_at: when given, an edit goes to its own day and leaves earlier days as they are.
            native_id: the caller's own id; by default from name, time and content.
            trust: `third_party` for what others than the user wrote.

        Raises:
            InputError: a value cannot be stored; nothing was changed.
        """
        from rem_dagster.ingest.adding import add_resource

        return add_resource(
            self.home,
            self.store,
            user_id=self._writer(user_id),
            name=name,
            content=content,
            now=datetime.now(UTC),
            category=category,
            created_at=created_at,
            updated_at=updated_at,
            native_id=native_id,
            uri=uri,
            tags=tags,
            trust=trust,
            metadata=metadata,
        )

    def import_path(
        self,
        path: str | Path,
        *,
        kind: str | None = None,
        user_id: str | None = None,
        account: str | None = None,
        me: Sequence[str] = (),
        options: Mapping[str, object] | None = None,
    ) -> "ImportReport":
        """Import a file, a folder or what lies at an address; without a kind it is recognised.

        Args:
            kind: one of those that `rem import --help` lists, or another package's.
            account: tells two sources of one kind apart whose own ids mean different things.
            me: names, addresses and ids that mean the user, beside those of the settings.
            options: the kind's own, such as `{"emails": ["ana@example.org"]}` for git.

        Raises:
            InputError: there is nothing at the path, it is of no known kind, or an option is wrong.
            SourceError: it cannot be read.
        """
        from rem_dagster.ingest.importing import import_source

        user = self._writer(user_id)
        source = self._source(path, kind, user, account=account, me=me, options=options)
        return import_source(self.home, self.store, source, user_id=user, now=datetime.now(UTC))

    def explain(
        self,
        path: str | Path,
        *,
        kind: str | None = None,
        user_id: str | None = None,
        account: str | None = None,
        me: Sequence[str] = (),
        options: Mapping[str, object] | None = None,
    ) -> "Explanation":
        """What `import_path` would bring in and what not; all of it is read and nothing is written.

        Raises:
            InputError, SourceError: as `import_path`.
        """
        from rem_dagster.ingest.explaining import explain_source

        user = self._writer(user_id)
        source = self._source(path, kind, user, account=account, me=me, options=options)
        return explain_source(self.home, source, user_id=user, now=datetime.now(UTC))

    def _source(
        self,
        path: str | Path,
        kind: str | None,
        user_id: str,
        *,
        account: str | None,
        me: Sequence[str],
        options: Mapping[str, object] | None,
    ) -> "Source":
        from rem_dagster.ingest.recognise import kind_at, make_source

        return make_source(
            kind or kind_at(path),
            path,
            home=self.home.with_me(me),
            account=account,
            user_id=user_id,
            options=options,
        )
