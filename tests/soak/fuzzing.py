"""Samples of every kind of source with random harm done to them, read until the time is up.

    python -m tests.soak.fuzzing KIND SECONDS SEED

Ends with 1 and tells the sample's place where anything but an error of ours escapes a reader, where one takes
longer than `MOST_SECONDS`, or where the process has grown beyond `MOST_BYTES`.
"""

import io
import json
import random
import resource
import sys
import tempfile
import time
import tomllib
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from rem_dagster.errors import RemError
from rem_dagster.sources.git_log import parse_log
from rem_dagster.sources.kind import Place
from rem_dagster.sources.kinds import kind_named, make_source_of
from tests.sources.exports import zipped
from tests.sources.mutations import ODD, check_storable, paths_in
from tests.sources.papers import docx, pdf
from tests.sources.test_chatgpt import SAMPLE as CHATGPT
from tests.sources.test_claude_ai import SAMPLE as CLAUDE_AI
from tests.sources.test_ics import calendar, event
from tests.sources.test_slack import SAMPLE as SLACK
from tests.sources.test_sql import database, row
from tests.sources.test_transcript import CALL
from tests.sources.transcripts import ClaudeLog, CodexLog

MOST_SECONDS = 20.0
"""CPU seconds for one sample of some kilobytes."""
MOST_BYTES = 900_000_000
"""Of the whole process, with all that it imports."""
TOKENS = (
    *(b"\0", b"\xff\xfe", b"\n", b"\r\n", b'"', b"{", b"}", b"[", b"]", b":", b"-->", b"---\n", b"<private>"),
    *(
        b"BEGIN:VEVENT\n",
        b"END:VEVENT\n",
        b"RRULE:FREQ=SECONDLY\n",
        b"[" * 2_000,
        b"9" * 400,
        b"\xf0\x9f\x98\x80",
    ),
    *(b"9999-12-31T23:59:59Z", b"0001-01-01", b"null", b"1e999", b"\\ud800", b"[[x|y]]", b"#tag", b"<v "),
)
NOTE = """---
title: A note
tags: [a, b]
created: 2024-05-01
---
# Heading
Words with [[links|alias]] and #tags, `code` and <private>what nobody reads</private>.
key:: value
"""
LINES = [
    {"t": "session", "id": "s", "created_at": "2024-05-01T10:00:00Z", "title": "T"},
    {"t": "message", "id": "m", "session_id": "s", "role": "user", "content": "x", "created_at": 1714557600},
    {"t": "resource", "id": "r", "name": "n", "content": "c", "created_at": "2024-05-01"},
]
SRT = "1\n00:00:01,000 --> 00:00:02,000\nAna: Hello\n\n2\n00:00:03,000 --> 00:00:04,000\nBruno: Yes\n"
WHISPER = {"segments": [{"start": 0.0, "end": 1.5, "text": "Hello", "speaker": "A"}], "text": "Hello"}
HTML = "<html><head><title>T</title></head><body><article><p>Words <b>here</b></p></article></body></html>"
MAPPING = (
    'becomes = "messages"\ntable = "chat"\nid = "id"\ntime = "sent_at"\nsession = "thread"\ntext = "body"\n'
)


def samples_of(kind: str, folder: Path) -> Mapping[str, bytes]:
    """Whole files of a kind, by name."""
    match kind:
        case "jsonl":
            return {"a.jsonl": b"\n".join(json.dumps(line).encode() for line in LINES)}
        case "markdown":
            return {"a.md": NOTE.encode(), "b/2024-05-01.md": NOTE.encode()}
        case "chatgpt":
            return {"a.zip": zipped(folder / "e.zip", {"conversations.json": CHATGPT}).read_bytes()}
        case "claude-ai":
            return {"a.zip": zipped(folder / "e.zip", {"conversations.json": CLAUDE_AI}).read_bytes()}
        case "slack":
            return {"a.zip": zipped(folder / "e.zip", SLACK).read_bytes()}
        case "claude-code":
            log = ClaudeLog()
            log.user("Why does it fail?")
            log.assistant({"type": "text", "text": "It is the clock."}, id="m1")
            return {"a.jsonl": b"\n".join(json.dumps(line).encode() for line in log.lines)}
        case "codex":
            codex = CodexLog()
            codex.item("user", "Why?")
            return {"rollout-a.jsonl": b"\n".join(json.dumps(line).encode() for line in codex.lines)}
        case "ics":
            whole = calendar(event("SUMMARY:Talk"), event("RRULE:FREQ=DAILY;COUNT=5", uid="e2"))
            return {"a.ics": whole.encode()}
        case "transcript":
            return {"a.vtt": CALL.encode(), "b.srt": SRT.encode(), "c.json": json.dumps(WHISPER).encode()}
        case "documents":
            paper = docx("<w:p><w:r><w:t>Words</w:t></w:r></w:p>")
            return {"a.html": HTML.encode(), "b.docx": paper, "c.pdf": pdf([["Words", "more"]])}
        case "sql":
            return {"a.db": database(folder / "x.db", [row(1), row(2)]).read_bytes()}
        case "mapping":
            return {"a.toml": f'url = "x.db"\n[[tables]]\n{MAPPING}'.encode()}
        case "git":
            fields = ["a" * 40, "Ana", "a@x", "a@x", "2024-05-01T10:00:00+02:00", "Fix\n\nit"]
            return {"log": b"\x01rem\x01" + "\0".join(fields).encode() + b"\0\n1\t2\ta.py\0\x01rem\x01"}
    raise AssertionError(f"there are no samples of {kind!r}")


KINDS = (
    *("jsonl", "markdown", "chatgpt", "claude-ai", "slack", "claude-code", "codex", "ics", "transcript"),
    *("documents", "sql", "mapping", "git"),
)


def harmed(raw: bytes, chance: random.Random) -> bytes:
    """Bytes with one to eight things wrong with them; of a zip mostly those of a file in it."""
    if raw[:2] == b"PK" and chance.random() < 0.8:
        return _harmed_within(raw, chance)
    if raw[:1] in (b"{", b"[") and chance.random() < 0.5:
        raw = _harmed_json(raw, chance)
    for _ in range(chance.randint(1, 8)):
        at, to = sorted((chance.randint(0, len(raw)), chance.randint(0, len(raw))))
        to = min(to, at + 200)
        match chance.randrange(6):
            case 0:
                raw = raw[:at] + raw[to:]
            case 1:
                raw = raw[:at] + raw[at:to] * chance.choice([2, 3, 50]) + raw[to:]
            case 2:
                raw = raw[:at] + chance.choice(TOKENS) + raw[to:]
            case 3:
                raw = raw[:at] + chance.choice(TOKENS) + raw[at:]
            case 4:
                raw = raw[:at] + chance.randbytes(min(to - at, 8)) + raw[to:]
            case _:
                raw = raw[:at] if chance.random() < 0.2 else raw
    return raw


def _harmed_within(raw: bytes, chance: random.Random) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as whole, zipfile.ZipFile(made, "w") as other:
        names = whole.namelist()
        which = chance.choice(names)
        for name in names:
            content = whole.read(name)
            other.writestr(name, harmed(content, chance) if name == which else content)
    return made.getvalue()


def _harmed_json(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    at = chance.randrange(len(lines))
    try:
        value = json.loads(lines[at])
    except (ValueError, RecursionError):
        return raw
    path = chance.choice(list(paths_in(value)))
    odd = chance.choice(ODD)
    if path:
        inner = value
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = odd
    else:
        value = odd
    lines[at] = json.dumps(value).encode()
    return b"\n".join(lines)


def read(kind: str, name: str, place: Path) -> None:
    """Read a file as an import would."""
    if kind == "git":
        check_storable([])
        list(parse_log([place.read_bytes()]))
        return
    options = {"tables": [_table()]} if kind == "sql" else {}
    found = kind_named("sql" if kind == "mapping" else kind)
    found.recognise(place)
    with suppress(RemError):
        check_storable(make_source_of(found, Place(str(place)), options).read())


def _table() -> dict[str, object]:
    return tomllib.loads(MAPPING)


def main(kind: str, seconds: float, seed: int) -> int:
    """Read harmed samples until the time is up; what to end with."""
    chance, deadline, count = random.Random(seed), time.monotonic() + seconds, 0
    with tempfile.TemporaryDirectory(prefix="rem-fuzz-") as name:
        folder = Path(name)
        whole = samples_of(kind, folder)
        while time.monotonic() < deadline:
            count += 1
            sample = chance.choice(sorted(whole))
            place = folder / "in" / sample
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(harmed(whole[sample], chance))
            began = time.process_time()
            try:
                read(kind, sample, place)
            except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
                return _told(kind, place, f"{type(error).__name__}: {error}", count)
            if (took := time.process_time() - began) > MOST_SECONDS:
                return _told(kind, place, f"took {took:.0f} CPU seconds", count)
            place.unlink()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if peak > MOST_BYTES:
            _say(f"{kind}: {peak / 1e6:.0f} MB after {count} samples of seed {seed}")
            return 1
    _say(f"{kind}: {count} samples, at most {peak / 1e6:.0f} MB")
    return 0


def _told(kind: str, place: Path, what: str, count: int) -> int:
    kept = Path(tempfile.mkdtemp(prefix=f"rem-fuzz-{kind}-")) / place.name
    kept.write_bytes(place.read_bytes())
    _say(f"{kind}: sample {count}, kept as {kept}: {what}")
    return 1


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
