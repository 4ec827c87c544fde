"""How long does an export of ChatGPT take to come in, and how much memory?

    python benchmarks/import_chatgpt.py --messages 100000 -n 3   # into a new home, then once more
    python benchmarks/import_chatgpt.py --gigabytes 2            # one zip whose JSON has so many

The export is made up: conversations of 2 to 60 messages over three years, with branches, hidden messages and
thinking beside them as real ones have. Each import is a process of its own; its seconds, CPU seconds and peak
memory are those that the system counted for it.
"""

import argparse
import itertools
import json
import os
import random
import shutil
import sys
import tempfile
import time
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

BEGUN = 1_640_995_200.0
YEARS = 3 * 365 * 86_400
LENGTHS = {"user": (60, 220), "assistant": (500, 1_400)}
"""Median characters of a message, and how far long ones go beyond."""
VOCABULARY = 20_000
"""Words, of which the n-th is 1/n as common as the first."""
SYLLABLES = "ba de fi go lu ma ne pi ro su ta ve wo za ki lo mu na re si".split()  # noqa: SIM905 - easier to read
WORDS = ["".join(letters) for letters in itertools.islice(itertools.product(SYLLABLES, repeat=4), VOCABULARY)]
WEIGHTS = list(itertools.accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
LONGER = 25
"""Times that texts are longer in an export of gigabytes, which pages and files make so large."""


def conversations(chance: random.Random, *, messages: int | None, size: int | None) -> Iterator[str]:
    """Conversations as JSON until there are so many messages, or characters."""
    made = written = 0
    while (messages is None or made < messages) and (size is None or written < size):
        turns = min(2 * chance.randint(1, 30), (messages - made) if messages else 60)
        made += turns
        text = json.dumps(_conversation(chance, turns, LONGER if size else 1))
        written += len(text)
        yield text


def write_export(path: Path, *, messages: int | None = None, size: int | None = None) -> None:
    """A zip with one conversations.json, written as a stream."""
    chance = random.Random(6)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("conversations.json", "w", force_zip64=True) as file,
    ):
        file.write(b"[")
        for number, text in enumerate(conversations(chance, messages=messages, size=size)):
            file.write((", " if number else "").encode() + text.encode())
        file.write(b"]")


def _conversation(chance: random.Random, turns: int, longer: int) -> dict[str, object]:
    begun = at = BEGUN + chance.random() * YEARS
    nodes: dict[str, dict[str, object]] = {}
    root = parent = _key(chance)
    nodes[root] = {"id": root, "message": None, "parent": None, "children": []}
    parent = _add(chance, nodes, parent, role="system", at=None, longer=longer)
    for turn in range(turns):
        at += chance.expovariate(1 / 90)
        role = "assistant" if turn % 2 else "user"
        if role == "assistant" and chance.random() < 0.3:
            parent = _add(
                chance, nodes, parent, role="assistant", at=at, content_type="thoughts", longer=longer
            )
        if chance.random() < 0.03:
            _add(chance, nodes, parent, role=role, at=at, longer=longer)
        parent = _add(chance, nodes, parent, role=role, at=at, longer=longer)
    return {
        "title": " ".join(chance.choices(WORDS, cum_weights=WEIGHTS, k=4)),
        "create_time": begun,
        "update_time": at,
        "mapping": nodes,
        "current_node": parent,
        "conversation_id": _key(chance),
        "default_model_slug": "gpt-5",
        "is_do_not_remember": False,
    }


def _add(
    chance: random.Random,
    nodes: dict[str, dict[str, object]],
    parent: str,
    *,
    role: str,
    at: float | None,
    longer: int,
    content_type: str = "text",
) -> str:
    key = _key(chance)
    nodes[key] = {
        "id": key,
        "message": {
            "id": key,
            "author": {"role": role, "name": None, "metadata": {}},
            "create_time": at,
            "update_time": None,
            "content": {"content_type": content_type, "parts": [_text(chance, role, longer)]},
            "status": "finished_successfully",
            "end_turn": True,
            "weight": 1.0,
            "metadata": {"model_slug": "gpt-5", "request_id": _key(chance), "message_type": "next"},
            "recipient": "all",
            "channel": None,
        },
        "parent": parent,
        "children": [],
    }
    nodes[parent]["children"] = [*nodes[parent]["children"], key]  # type: ignore[misc]  # it is a list
    return key


def _text(chance: random.Random, role: str, longer: int) -> str:
    if role == "system":
        return ""
    middle, more = LENGTHS[role]
    length = int(middle / 2 + chance.expovariate(1 / (middle / 2 + more / 4)))
    words = " ".join(chance.choices(WORDS, cum_weights=WEIGHTS, k=max(1, length // 9)))
    return "\n".join([words] * longer)


def _key(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def run(home: Path, export: Path) -> tuple[float, float, float, dict[str, object]]:
    """Seconds, CPU seconds and peak MB of one import as a process, and its report."""
    out = home.parent / "report.json"
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        with out.open("wb") as file:
            os.dup2(file.fileno(), 1)
        command = [sys.executable, "-m", "rem_dagster.interfaces.cli.main"]
        told = ["import", "chatgpt", str(export), "--home", str(home), "--timezone", "UTC", "--json"]
        os.execv(sys.executable, [*command, *told])
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"the import ended with {status}")
    seconds = time.perf_counter() - began
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1_024 / 1e6, json.loads(out.read_text())


def main() -> None:
    """Make the export, and print what each import took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--gigabytes", type=float, help="of JSON; instead of so many messages")
    parser.add_argument("-n", type=int, default=3, help="how often")
    parser.add_argument("--folder", type=Path, help="where the export and the homes are made")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=asked.folder))
    try:
        export = folder / "export.zip"
        size = int(asked.gigabytes * 1e9) if asked.gigabytes else None
        write_export(export, messages=None if size else asked.messages, size=size)
        with zipfile.ZipFile(export) as archive:
            held = sum(each.file_size for each in archive.infolist())
        print(f"{held / 1e6:,.0f} MB of JSON in a zip of {export.stat().st_size / 1e6:,.0f} MB")
        _measure(folder, export, asked.n)
    finally:
        shutil.rmtree(folder)


def _measure(folder: Path, export: Path, times: int) -> None:
    taken: dict[str, list[tuple[float, float, float]]] = {"first": [], "again": []}
    for number in range(times):
        for which, figures_of in taken.items():
            *figures, report = run(folder / f"home{number}", export)
            figures_of.append((figures[0], figures[1], figures[2]))
            counts = {name: report.get(name) for name in ("new", "updated", "unchanged", "skipped", "failed")}
            print(which, [round(each, 1) for each in figures], counts, flush=True)
        shutil.rmtree(folder / f"home{number}")
    for which, each in taken.items():
        wall, cpu, peak = (median(column) for column in zip(*each, strict=True))
        print(
            f"{which}: {wall:.1f} s, {cpu:.1f} CPU s, {peak:.0f} MB (n={len(each)}, {os.cpu_count()} cores)"
        )


if __name__ == "__main__":
    main()
