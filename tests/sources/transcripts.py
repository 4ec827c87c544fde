"""Transcripts of coding assistants, written line by line as the programs write them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from rem_dagster.model.activity import Activity, MessageItem, SessionItem
from rem_dagster.sources.source import Problem, Source

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SPACE = UUID("11111111-2222-3333-4444-555555555555")
CWD = "/home/ines/code/tides"
GIT = {"branch": "main", "commit_hash": "c0ffee0", "repository_url": "git@github.com:ines/tides.git"}


def name_of(*parts: object) -> str:
    return str(uuid5(SPACE, "/".join(map(str, parts))))


def uuid7(at: datetime, tail: int = 1) -> str:
    digits = f"{int(at.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-{tail:012x}"


class ClaudeLog:
    """One session's file; each line is a minute after the one before."""

    def __init__(self, session: str = "5e551014-0000-4000-8000-000000000001", at: datetime = START) -> None:
        self.session, self.at = session, at
        self.lines: list[dict[str, object]] = []
        self.last: str | None = None

    def add(self, kind: str, **fields: object) -> dict[str, object]:
        uuid = name_of(self.session, len(self.lines))
        line: dict[str, object] = {
            "parentUuid": self.last,
            "isSidechain": False,
            "userType": "external",
            "cwd": CWD,
            "sessionId": self.session,
            "version": "2.1.0",
            "gitBranch": "main",
            "type": kind,
            "uuid": uuid,
            "timestamp": self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            **fields,
        }
        self.lines.append(line)
        self.last = uuid
        self.at += timedelta(minutes=1)
        return line

    def user(self, content: object, **fields: object) -> dict[str, object]:
        return self.add("user", message={"role": "user", "content": content}, **fields)

    def assistant(self, *blocks: object, id: str | None = None, **fields: object) -> dict[str, object]:
        message = {
            "id": id or f"msg_{name_of(self.session, len(self.lines))[:12]}",
            "role": "assistant",
            "model": "claude-x",
            "content": [{"type": "text", "text": each} if isinstance(each, str) else each for each in blocks],
            "usage": {"input_tokens": 3},
        }
        return self.add("assistant", message=message, **fields)

    def result(self, call: str, content: object, **fields: object) -> dict[str, object]:
        block = {"type": "tool_result", "tool_use_id": call, "content": content}
        return self.user([block], **fields)

    def plain(self, **fields: object) -> dict[str, object]:
        """A line that is not of the conversation, without id and time."""
        self.lines.append(fields)
        return fields

    def write(self, root: Path, name: str | None = None, project: str = "-home-ines-code-tides") -> Path:
        place = root / "projects" / project / (name or f"{self.session}.jsonl")
        return write_lines(place, self.lines)


def call(call_id: str, name: str, **arguments: object) -> dict[str, object]:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


class CodexLog:
    """One rollout file; each line is a minute after the one before."""

    def __init__(self, session: str | None = None, at: datetime = START, **meta: object) -> None:
        self.session, self.at, self.lines = session or uuid7(at), at, list[dict[str, object]]()
        told = {
            "id": self.session,
            "timestamp": self.stamp,
            "cwd": CWD,
            "originator": "codex_cli_rs",
            "cli_version": "0.149.0",
            "source": "cli",
            "git": {
                "branch": "main",
                "commit_hash": "c0ffee0",
                "repository_url": "git@github.com:ines/tides.git",
            },
            **meta,
        }
        self.started = at
        self.add("session_meta", told)

    @property
    def stamp(self) -> str:
        return self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def add(self, kind: str, payload: object, *, wait: int = 60) -> dict[str, object]:
        line = {"timestamp": self.stamp, "type": kind, "payload": payload}
        self.lines.append(line)
        self.at += timedelta(seconds=wait)
        return line

    def item(self, role: str, *texts: str, wait: int = 60, **fields: object) -> dict[str, object]:
        kind = "output_text" if role == "assistant" else "input_text"
        content = [{"type": kind, "text": text} for text in texts]
        return self.add(
            "response_item", {"type": "message", "role": role, "content": content, **fields}, wait=wait
        )

    def event(self, kind: str, wait: int = 60, **fields: object) -> dict[str, object]:
        return self.add("event_msg", {"type": kind, **fields}, wait=wait)

    def write(self, root: Path, folder: str = "sessions/2026/03/02") -> Path:
        stamp = self.started.strftime("%Y-%m-%dT%H-%M-%S")
        return write_lines(root / folder / f"rollout-{stamp}-{self.session}.jsonl", self.lines)


def write_lines(place: Path, lines: list[dict[str, object]]) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return place


class Told:
    """What a source gave, by kind."""

    def __init__(self, items: list[Activity | Problem]) -> None:
        self.problems = [each for each in items if isinstance(each, Problem)]
        self.sessions = [each for each in items if isinstance(each, SessionItem)]
        self.messages = [each for each in items if isinstance(each, MessageItem)]

    @property
    def said(self) -> list[tuple[str, str]]:
        return [(each.role, each.content) for each in self.messages]

    def reasons(self, kind: str = "skipped") -> list[str]:
        return [each.reason for each in self.problems if each.kind == kind]


def told_by(source: Source) -> Told:
    return Told(list(source.read()))
