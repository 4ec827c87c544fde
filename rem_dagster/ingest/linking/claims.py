"""What does a text or its metadata point to?

    a note      [[Plan]]  ![[sketch]]  [read](plan.md)       names of notes of its vault
    anything    https://...  a1b2c3d  #12  GH-12  me/x#12  ABC-12
    a message   its reply_to, and names of files

A claim is what is said, whether or not there is such a thing: claims follow from one row alone, and what they
lead to from all that is stored, so that the order of imports does not matter.
"""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

from rem_dagster.ingest.linking.addresses import URL, Address, address_of
from rem_dagster.ingest.linking.common import NO_PROJECTS
from rem_dagster.sources.front_matter import CODE_SPAN, FENCED
from rem_dagster.sources.vault import SUFFIXES

By = Literal[
    "wikilink",
    "embed",
    "link",
    "property",
    "url",
    "commit",
    "issue",
    "reply",
    "native",
    "file",
    "edit",
    "part",
]
"""How a link is said; the last three follow from what is stored rather than from words alone."""
MOST_CLAIMS = 50
"""Claims of one row that are kept: a page of bookmarks would outweigh all other links."""
LOOKED_AT = 200_000
"""Characters of a text that are read for links; a log pasted whole is no letter."""
QUOTED = 60
"""Characters beside what is found that its quote shows at most."""
SEPARATOR = "\n"
"""Between the parts of a key."""
MAYBE = r"://|\[\[|\]\(|#\d|[0-9a-f]{7}|[A-Z]-\d"
"""RE2: without a match a text points to nothing but files."""

WIKILINK = re.compile(r"(!?)\[\[([^\[\]\n|#^]*)(?:[#^][^\[\]\n|]*)?(?:\|[^\[\]\n]*)?\]\]")
MARKDOWN_LINK = re.compile(r"\]\(\s*(?:<([^<>\n]+)>|([^()\s]+))(?:\s+[\"'(][^\n)]*)?\)")
SHA = re.compile(r"(?<![\w/.@-])[0-9a-f]{7,40}(?![\w@-])|(?<=[/@])[0-9a-f]{40}(?!\w)")
ISSUE = re.compile(
    r"(?<![\w&/#.-])(?:(?P<repo>[\w.-]+/[\w.-]+)?#|GH-)(?P<number>[1-9]\d{0,6})(?![\w#-]|\.\d)"
)
TICKET = re.compile(r"(?<![\w/.-])(?P<project>[A-Z][A-Z0-9]{1,9})-(?P<number>[1-9]\d{0,5})(?![\w-]|\.\d)")
LEAST_BARE = 10
"""`#3` with no repository is mostly a place in a list."""
UPWARDS = ("up", "parent", "parents")
NOTES = ("note", "document")


@dataclass(frozen=True)
class Claim:
    """One thing that one row points to."""

    by: By
    key: str
    """What is pointed to, so that equal keys lead to the same; its parts are separated."""
    quote: str
    """The words that say so, as they stand."""


def may_point(text: str, told: Mapping[str, Any]) -> bool:
    """Whether a message may point to anything; a cheap look."""
    return bool(told) or re.search(rf"{MAYBE}|\w\.[A-Za-z]", text) is not None


def metadata_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata of a stored row; empty where they are none."""
    told = row.get("metadata")
    if not told or told == "{}":
        return {}
    try:
        read = json.loads(told)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def claims_of(row: Mapping[str, Any], told: Mapping[str, Any], *, is_plain: bool = False) -> list[Claim]:
    """What a message or a resource points to, each once, in the order in which it is said.

    Args:
        told: the row's metadata.
        is_plain: whether its text is known to point to nothing.
    """
    found = dict[tuple[By, str], Claim]()
    for claim in _all(row, told, is_plain=is_plain):
        found.setdefault((claim.by, claim.key), claim)
        if len(found) >= MOST_CLAIMS:
            break
    return list(found.values())


def key_of(*parts: str) -> str:
    """The key of some parts."""
    return SEPARATOR.join(parts)


def vault_of(row: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """What holds the notes among which a note's links are looked for."""
    vault = told.get("vault")
    return vault if isinstance(vault, str) else str(row["source"])


def path_of(row: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """Where a note lies in its vault."""
    path = told.get("path")
    return path if isinstance(path, str) else str(row["native_id"])


def note_key(name: str) -> str:
    """A name or path of a note as links are compared: without its ending, in one case."""
    name = posixpath.normpath(name.strip().replace("\\", "/")).lstrip("/").casefold()
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return "" if name == "." else name


def _all(row: Mapping[str, Any], told: Mapping[str, Any], *, is_plain: bool) -> Iterator[Claim]:
    is_note = row.get("category") in NOTES
    yield from _of_metadata(row, told)
    if is_note:
        yield from _of_properties(row, told)
    text = str(row["content"])[:LOOKED_AT]
    if is_plain or not text:
        return
    prose = _prose(text)
    if is_note:
        yield from _links(text, prose, row, told)
    yield from _addresses(text)
    if row.get("category") != "commit" or told.get("sha"):
        yield from _commits(text, told)
    yield from _issues(text, prose, told)


def _prose(text: str) -> str:
    """The text with blanks for code, so that places in it stay."""
    if "`" not in text and "~~~" not in text:
        return text
    return CODE_SPAN.sub(_blank, FENCED.sub(_blank, text))


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _of_metadata(row: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Claim]:
    reply = told.get("reply_to")
    if isinstance(reply, str) and reply and "session_id" in row and reply != row["native_id"]:
        yield Claim("reply", key_of(str(row["source"]), str(row["session_id"]), reply), "")
    links = told.get("links")
    for link in links if isinstance(links, list) else ():
        if not isinstance(link, str) or not link.strip():
            continue
        if "://" in link:
            yield from _of_address(address_of(link), "")
        elif row.get("category") in NOTES:
            yield Claim("link", key_of(vault_of(row, told), "path", note_key(link)), "")
        else:
            yield Claim("native", key_of(str(row["source"]), link), "")


def _of_properties(row: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Claim]:
    properties = told.get("properties")
    for name, value in properties.items() if isinstance(properties, dict) else ():
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, str):
                continue
            named = [found[2] for found in WIKILINK.finditer(each)]
            if not named and str(name).lower() in UPWARDS:
                named = [each]
            for target in named:
                if key := note_key(target):
                    yield Claim("property", key_of(vault_of(row, told), "name", key, target.strip()), "")


def _links(text: str, prose: str, row: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Claim]:
    vault = vault_of(row, told)
    if "[[" in prose:
        for found in WIKILINK.finditer(prose):
            named = found[2].strip()
            if not (key := note_key(named)) or _is_attachment(named):
                continue
            yield Claim(
                "embed" if found[1] else "wikilink", key_of(vault, "name", key, named), _quote(text, found)
            )
    if "](" in prose:
        folder = posixpath.dirname(path_of(row, told))
        for found in MARKDOWN_LINK.finditer(prose):
            target = unquote(found[1] or found[2]).split("#", 1)[0]
            if not target or ":" in target.split("/", 1)[0] or _is_attachment(target):
                continue
            path = target if target.startswith("/") else posixpath.join(folder, target)
            yield Claim("link", key_of(vault, "path", note_key(path)), _quote(text, found))


def _is_attachment(name: str) -> bool:
    """Whether a name has the ending of a file that is no note: three or four letters after its only dot."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or f".{ending.lower()}" in SUFFIXES:
        return False
    return 2 <= len(ending) <= 5 and ending.isalnum() and not ending.isdigit() and " " not in ending


def _addresses(text: str) -> Iterator[Claim]:
    if "://" in text:
        for found in URL.finditer(text):
            yield from _of_address(address_of(found[0]), _quote(text, found))


def _of_address(address: Address | None, quote: str) -> Iterator[Claim]:
    if address is None:
        return
    yield Claim("url", address.key, quote)
    if address.issue:
        yield Claim("issue", address.issue, quote)
    if address.sha:
        yield Claim("commit", address.sha, quote)


def _commits(text: str, told: Mapping[str, Any]) -> Iterator[Claim]:
    own = str(told.get("sha") or "")
    for found in SHA.finditer(text):
        sha = found[0]
        is_word_or_number = sha.isdigit() or (sha.isalpha() and len(sha) < 40)
        if not is_word_or_number and not (own and own.startswith(sha)):
            yield Claim("commit", sha, _quote(text, found))


def _issues(text: str, prose: str, told: Mapping[str, Any]) -> Iterator[Claim]:
    """Issues by their number; the repository is that of the row, if it has one."""
    repo, cwd = told.get("repo"), told.get("cwd")
    for found in ISSUE.finditer(prose):
        number = found["number"]
        named = (found["repo"] or "").rsplit("/", 1)[-1]
        if not named and isinstance(repo, str) and repo:
            named = repo.rsplit("/", 1)[-1]
        if named:
            yield Claim("issue", f"{named}#{number}", _quote(text, found))
        elif isinstance(cwd, str) and cwd:
            yield Claim("issue", key_of("cwd", cwd, number), _quote(text, found))
        elif int(number) >= LEAST_BARE:
            yield Claim("issue", key_of("any", number), _quote(text, found))
    for found in TICKET.finditer(prose):
        if found["project"] not in NO_PROJECTS:
            yield Claim("issue", f"{found['project']}-{found['number']}", _quote(text, found))


def _quote(text: str, found: re.Match[str]) -> str:
    """The line of what is found, or what is near it."""
    start = max(text.rfind("\n", 0, found.start()) + 1, found.start() - QUOTED)
    end = text.find("\n", found.end())
    return text[start : min(len(text) if end < 0 else end, found.end() + QUOTED)].strip()
