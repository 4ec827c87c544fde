"""What does a message of Slack say, once its marks are words again?"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rem_dagster.model.own_output import without_managed
from rem_dagster.sources.fields import Fields, objects_in, text_in
from rem_dagster.sources.slack_people import Workspace

MARK = re.compile(r"<([^<>\n]{1,4000})>")
"""A mention, a channel or a link; signs that somebody typed come as `&lt;` and `&gt;`."""
GONE = {"tombstone", "hidden_by_limit"}
"""Modes of a file that is not there any more."""


@dataclass(frozen=True)
class Words:
    """The text of a message and what it points to."""

    text: str
    people: tuple[str, ...] = ()
    """Names of those who are mentioned."""
    links: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def words_of(message: Fields, workspace: Workspace, *, is_bot: bool) -> Words:
    """What a message says; files are named in brackets.

    What Slack shows below a link is the page's words and left out; a bot says all in such boxes.
    """
    told = text_in(message, "text") or ""
    boxes = list(_boxes(message)) if is_bot or not told else []
    raw = "\n".join(part for part in (told, *boxes) if part)
    marks = [found.group(1) for found in MARK.finditer(raw)]
    files = tuple(_files(message))
    text = MARK.sub(lambda found: _shown(found.group(1), workspace), raw)
    named = "\n".join(f"[file: {name}]" for name in files)
    whole = "\n".join(part for part in (html.unescape(text).strip(), named) if part)
    return Words(
        text=without_managed(whole).strip(),
        people=tuple(dict.fromkeys(workspace.name_of(_id(mark)) for mark in marks if mark.startswith("@"))),
        links=tuple(dict.fromkeys(_url(mark) for mark in marks if mark.startswith(("http://", "https://")))),
        files=files,
    )


def _shown(mark: str, workspace: Workspace) -> str:
    """What stands between `<` and `>` as Slack shows it."""
    label = mark.partition("|")[2]
    if mark.startswith("@"):
        person = workspace.people.get(_id(mark))
        return f"@{person.name if person else label or _id(mark)}"
    if mark.startswith("#"):
        channel = workspace.channels.get(_id(mark))
        return f"#{channel.name if channel else label or _id(mark)}"
    if mark.startswith("!"):
        return _command(mark, label)
    return _link(mark, label)


def _command(mark: str, label: str) -> str:
    """A group that is called, such as `<!here>`, or a date with the words for it."""
    name = mark[1:].partition("|")[0]
    if name.startswith(("date^", "subteam^")):
        return label or "@group"
    return label if label and label not in (name, f"@{name}") else f"@{name}"


def _link(mark: str, label: str) -> str:
    address = mark.partition("|")[0]
    plain = address.removeprefix("mailto:").removeprefix("tel:")
    return (
        plain
        if not label or label in (plain, address) or plain.endswith(f"//{label}")
        else f"{label} ({plain})"
    )


def _id(mark: str) -> str:
    return mark[1:].partition("|")[0]


def _url(mark: str) -> str:
    return html.unescape(mark.partition("|")[0])


def _boxes(message: Fields) -> Iterator[str]:
    for box in objects_in(message, "attachments"):
        told = [text_in(box, name) for name in ("pretext", "title", "text")]
        words = [each for each in told if each] or [text_in(box, "fallback") or ""]
        for each in objects_in(box, "fields"):
            pair = (text_in(each, "title"), text_in(each, "value"))
            words.append(": ".join(part for part in pair if part))
        yield "\n".join(each for each in words if each)


def _files(message: Fields) -> Iterator[str]:
    for file in objects_in(message, "files"):
        mode = file.get("mode")
        if isinstance(mode, str) and mode in GONE:
            yield "deleted"
        else:
            yield text_in(file, "name", "title") or "without a name"
