"""What of an assistant's transcript is worth keeping, and what did the program put into it?"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import PurePosixPath

from rem_dagster.errors import InputError
from rem_dagster.model.message import ToolCall
from rem_dagster.model.own_output import without_managed
from rem_dagster.model.words import TimeConfidence
from rem_dagster.sources.times import parse_time

OUTPUT_CHARACTERS = 2_000
"""Of a tool's output that are kept: whole ones would swamp the day."""
ARGUMENT_CHARACTERS = 500
"""Of each text in a call's arguments that are kept: a written file stands there as a whole."""
ARGUMENT_DEPTH = 20
FIRST_YEAR = 2020
SHOWN_FILES = 200
CUT = "…"
INJECTED = re.compile(
    r"(?<!`)<(system-reminder|ide_opened_file|ide_selection|ide_diagnostics|user-prompt-submit-hook)>"
    r".*?(?:</\1>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
"""What programs put into a person's message or a tool's output; one that is not closed goes to the end."""
OWN_SERVERS = re.compile(r"(?:mcp__)?(?:plugin_)?rem(?:[_-]dagster)?(?:__|\.|/)", re.IGNORECASE)
"""How the tools of our own server are called."""
OWN_COMMAND = re.compile(r"(?:^|[;&|(\n]|\bbash -l?c ['\"]?)\s*(?:\S*/)?rem\s+[a-z-]")
"""A shell command that runs our own program."""
PATCHED = re.compile(r"^\*\*\* (?:Add File|Update File|Delete File|Move to): (.+?)\s*$", re.MULTILINE)
OUTPUT_WAS_CUT = f"a tool's output was cut to its first {OUTPUT_CHARACTERS:,} characters"
NO_TIME = "is missing or no time; the time of the line before was taken"


class Clock:
    """The times of a transcript's lines; one that has none takes that of its neighbour.

    Args:
        first: the first time of the file, for lines that have nothing before them.
    """

    def __init__(self, first: datetime | None) -> None:
        self.now = first

    def tell(self, said: object) -> tuple[datetime | None, TimeConfidence]:
        """When a line was written, and how sure that is; None when the whole file has no time."""
        if (at := time_of(said)) is None:
            return self.now, "guessed"
        self.now = at
        return at, "exact"


def time_of(said: object) -> datetime | None:
    """A time with a zone; None for anything else, and for one from before there were such programs."""
    try:
        at = parse_time(said).at
    except InputError:
        return None
    return at if at.tzinfo is not None and at.year >= FIRST_YEAR else None


def text_of(value: object) -> str:
    """A text as it is, and "" for one that is only space and for anything else."""
    return value if isinstance(value, str) and value.strip() else ""


def object_of(value: object) -> Mapping[str, object]:
    """A JSON object as it is, and an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def objects_of(value: object) -> list[Mapping[str, object]]:
    """The objects of a JSON array; none of anything else."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def without_injected(text: str) -> str:
    """The text without what programs put into it, and without our own blocks."""
    cut = INJECTED.sub("", text) if "<" in text else text
    return without_managed(cut)


def is_own_tool(call: ToolCall) -> bool:
    """Whether a call asked our own memory: what it answered is our own output."""
    return bool(OWN_SERVERS.match(call.name)) or bool(OWN_COMMAND.search(_command_in(call.arguments)))


def output_text(value: object) -> str:
    """A tool's output as text: blocks joined, anything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        blocks = [block if isinstance(block, dict) else {"text": block} for block in value]
        return "\n".join(text for block in blocks if (text := text_of(block.get("text"))))
    if isinstance(value, dict):
        inner = value.get("content", value.get("output"))
        return output_text(inner) if isinstance(inner, str | list) else as_json(value)
    return "" if value is None else as_json(value)


def head(text: str) -> str:
    """The start of a tool's output."""
    return text if len(text) <= OUTPUT_CHARACTERS else text[:OUTPUT_CHARACTERS].rstrip() + CUT


def tool_call(call_id: str, name: str, arguments: object) -> ToolCall:
    """A call with its arguments as JSON text in which long texts are cut."""
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError):
            arguments = {"input": arguments}
    return ToolCall(id=call_id, name=name or "unnamed", arguments=as_json(_shortened(arguments)))


def patched_files(patch: str) -> list[str]:
    """The paths that a patch in the words of `apply_patch` changes."""
    return PATCHED.findall(patch)


def seen_from(cwd: str, paths: Iterable[str]) -> list[str]:
    """Each path once, those below a folder relative to it."""
    return list(dict.fromkeys(_relative(path, cwd) for path in paths if path.strip()))[:SHOWN_FILES]


def as_json(value: object) -> str:
    """JSON with sorted keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _relative(path: str, cwd: str) -> str:
    if not cwd:
        return path
    try:
        return PurePosixPath(path).relative_to(PurePosixPath(cwd)).as_posix()
    except ValueError:
        return path


def _shortened(value: object, depth: int = 0) -> object:
    if depth > ARGUMENT_DEPTH:
        return CUT
    if isinstance(value, str):
        return value if len(value) <= ARGUMENT_CHARACTERS else value[:ARGUMENT_CHARACTERS] + CUT
    if isinstance(value, dict):
        return {name: _shortened(each, depth + 1) for name, each in value.items()}
    if isinstance(value, list):
        return [_shortened(each, depth + 1) for each in value[:SHOWN_FILES]]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _command_in(arguments: str) -> str:
    try:
        told = object_of(json.loads(arguments))
    except (ValueError, RecursionError):
        return ""
    found = told.get("command", told.get("cmd", told.get("input")))
    return " ".join(map(str, found)) if isinstance(found, list) else text_of(found)
