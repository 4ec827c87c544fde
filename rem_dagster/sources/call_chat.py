"""What was written in the chat of a recorded call, when and by whom?

00:13:10<tab>Ana Lima:<tab>see the plan                    a recording in the cloud: time since it began
00:13:24<tab>Ben:<tab>Replying to "see the p..."           an answer; its text follows after an empty line
00:13:33<tab>Cy:<tab>Reacted to "see the plan" with 👍      no message of its own
14:13:10 From Ana Lima to Everyone: see the plan           a recording on a computer: the time of day
2025-04-17 14:13:10 From Ana Lima to Everyone:             a newer one
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from rem_dagster.sources.source import Problem, shown
from rem_dagster.sources.times import SaidTime, parse_time

CLOCK = r"(?:(?P<day>\d{4}-\d\d-\d\d)[ T])?(?P<hour>\d{1,3}):(?P<minute>\d\d):(?P<second>\d\d)"
BY_TAB = re.compile(rf"{CLOCK}\t(?P<author>[^\t]*?):?\t(?P<text>.*)")
BY_FROM = re.compile(
    rf"{CLOCK}\s+From\s+(?P<author>.{{1,80}}?)\s+[Tt]o\s+(?P<to>.{{1,80}}?)\s?"
    r"(?:\((?:Direct Message|Privately)\))?\s?:(?:\s(?P<text>.*))?"
)
REPLY = re.compile(r"Replying to [\"“](?P<quote>.*?)[\"”]\s*(?:\n|$)(?P<text>.*)", re.DOTALL)
REACTION = re.compile(
    r"Reacted to (?P<quote>.*) with [\"“]?(?P<mark>[^\s\"”]+)[\"”]?|"
    r"Removed an? (?P<gone>\S+) reaction from (?P<of>.*)",
    re.DOTALL,
)
SOME_LINES = 20
EVERYONE = "everyone"
HOW_FAR_BACK = 500
"""Messages among which a quoted one is looked for."""
QUOTED = 200
"""Characters of a message that are compared with a quote."""


@dataclass
class Entry:
    """One message of a chat; `clock` in milliseconds."""

    clock: int
    author: str | None
    text: str
    day: SaidTime | None = None
    """The day that the line names."""
    to: str | None = None
    """To whom alone it was written; None is everyone."""
    reply_to: "Entry | None" = None
    quoted: str | None = None
    """What it answers to, where that was not found."""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    """Who reacted, by how."""
    flat: str = ""
    """How it begins, as quotes have it."""
    name: str = ""
    """Tells it from the other entries of its chat."""


@dataclass
class Chat:
    """A chat, in the order of its file."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    reactions: int = 0
    """Lines that are reactions, kept with what they are to."""
    people: set[str] = field(default_factory=set)
    """All who wrote or reacted."""


def is_chat(text: str) -> bool:
    """Whether a text's first lines are those of a chat."""
    lines = [line for line in text.split("\n")[:SOME_LINES] if line.strip()]
    return bool(lines) and _matched(lines[0]) is not None


def read_chat(text: str, where: str) -> Chat:
    """The messages of a chat; reactions are kept with what they are to."""
    chat = Chat()
    seen: dict[str, int] = {}
    for number, said in _entries(text, where, chat):
        if said.author:
            chat.people.add(said.author)
        reaction = REACTION.fullmatch(said.text)
        if reaction is not None:
            _react(chat, said, reaction, f"{where}:{number}")
            continue
        if reply := REPLY.fullmatch(said.text):
            said.text = reply["text"].strip() or said.text
            said.reply_to = _quoted(chat, reply["quote"])
            said.quoted = None if said.reply_to else reply["quote"]
        if not said.text.strip():
            chat.problems.append(Problem(f"{where}:{number}", None, "a message holds no text", "skipped"))
            continue
        said.flat = _flat(said.text)
        stamp = f"{said.day.at.date()} {said.clock}" if said.day else str(said.clock)
        seen[stamp] = seen.get(stamp, 0) + 1
        said.name = stamp if seen[stamp] == 1 else f"{stamp}/{seen[stamp]}"
        chat.entries.append(said)
    if chat.reactions:
        reason = "reactions are no messages: they were kept with what they are to"
        chat.problems.append(Problem(where, None, reason, "notice", f"{chat.reactions:,} reactions"))
    return chat


def _entries(text: str, where: str, chat: Chat) -> Iterator[tuple[int, Entry]]:
    held: tuple[int, Entry, list[str]] | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if found := _matched(line):
            if held:
                yield _ended(held)
            held = (number, _entry(found), [found["text"] or ""])
        elif held:
            held[2].append(line.removeprefix("\t"))
        elif line.strip():
            reason = "a line before the first message is none of a chat"
            chat.problems.append(Problem(f"{where}:{number}", None, reason, got=shown(line)))
    if held:
        yield _ended(held)


def _ended(held: tuple[int, Entry, list[str]]) -> tuple[int, Entry]:
    number, entry, lines = held
    entry.text = "\n".join(line.rstrip() for line in lines).strip()
    return number, entry


def _matched(line: str) -> re.Match[str] | None:
    return BY_TAB.fullmatch(line) or (BY_FROM.fullmatch(line) if "From" in line else None)


def _entry(found: re.Match[str]) -> Entry:
    clock = (int(found["hour"]) * 60 + int(found["minute"])) * 60 + int(found["second"])
    to = found.groupdict().get("to")
    try:
        day = parse_time(found["day"]) if found["day"] else None
    except ValueError:
        day = None
    return Entry(
        clock * 1000,
        " ".join(found["author"].split()) or None,
        "",
        day=day,
        to=None if to is None or to.strip().casefold() == EVERYONE else " ".join(to.split()),
    )


def _react(chat: Chat, said: Entry, reaction: re.Match[str], where: str) -> None:
    quote, mark = reaction["quote"] or reaction["of"], reaction["mark"] or reaction["gone"]
    target = _quoted(chat, quote.strip('"“” '))
    if target is None:
        chat.problems.append(
            Problem(where, None, "a reaction to what is no message of the chat", "skipped", shown(quote))
        )
        return
    who = said.author or "somebody"
    held = target.reactions.setdefault(mark, [])
    if reaction["gone"] is None and who not in held:
        held.append(who)
    elif reaction["gone"] is not None and who in held:
        held.remove(who)
    if not held:
        del target.reactions[mark]
    chat.reactions += 1


def _quoted(chat: Chat, quote: str) -> Entry | None:
    """The newest message that begins as a quote does, which may be cut."""
    start = _flat(quote.rstrip('"“” ').removesuffix("…").removesuffix("..."))
    if not start:
        return None
    near = islice(reversed(chat.entries), HOW_FAR_BACK)
    return next((each for each in near if each.flat.startswith(start)), None)


def _flat(text: str) -> str:
    return " ".join(text[: 2 * QUOTED].split()).strip('"“”')[:QUOTED]
