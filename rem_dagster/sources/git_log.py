"""What does the output of `git log` say, commit by commit?"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from rem_dagster.model.ids import digest_text

MARK = b"\x01rem\x01"
FIELDS = ("%H", "%aN", "%aE", "%ae", "%aI", "%B")
DETAILS = (
    "--no-merges",
    "--reverse",
    "-z",
    "--raw",
    "--no-abbrev",
    "--numstat",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    f"--format={MARK.decode()}" + "%x00".join(FIELDS) + "%x00",
)
"""Without renames a commit's counts do not depend on git's guesses; reversed, an original comes before its
copies."""
RAW = b":"
"""What a line of `--raw` begins with; its path is the word behind it."""
KEY_LENGTH = 40


@dataclass(frozen=True)
class Commit:
    """One commit as `git log` tells it."""

    sha: str
    author: str
    email: str
    """After `.mailmap`."""
    raw_email: str
    """As it was committed."""
    author_date: str
    """ISO 8601 with the offset of the author's clock."""
    message: str
    changes: tuple[tuple[str, str, str], ...]
    """Lines added, lines removed ("-" for a binary file) and path, in the order of paths."""
    renames: tuple[tuple[str, str], ...]
    """Old and new paths of files that it moves: what goes and what comes has the same content, or the same
    name and nothing else of that name does. Git's own guess would change the counts."""
    was_broken: bool
    """Whether bytes had to be replaced to make text of it."""

    @property
    def subject(self) -> str:
        """The message's first line."""
        return self.message.split("\n", 1)[0].strip()

    @property
    def files(self) -> tuple[str, ...]:
        """The paths that it changes, sorted."""
        return tuple(path for _, _, path in self.changes)

    @property
    def insertions(self) -> int:
        """Lines added in text files."""
        return sum(int(added) for added, _, _ in self.changes if added != "-")

    @property
    def deletions(self) -> int:
        """Lines removed in text files."""
        return sum(int(removed) for _, removed, _ in self.changes if removed != "-")

    @cached_property
    def key(self) -> str:
        """What stays the same when a commit is picked or rebased: author, author date, subject and counts."""
        counts = ("\t".join(change) for change in self.changes)
        return digest_text(self.raw_email, self.author_date, self.subject, *counts)[:KEY_LENGTH]


def parse_log(blocks: Iterable[bytes]) -> Iterator[Commit]:
    """The commits in the output of `git log` with `DETAILS`."""
    words = split_words(blocks)
    word = next(words, None)
    while word is not None:
        header = [word.lstrip(b"\n").removeprefix(MARK), *(next(words, b"") for _ in FIELDS[1:])]
        changes: list[bytes] = []
        moves: list[tuple[bytes, bytes]] = []
        word = next(words, None)
        while word is not None and not word.lstrip(b"\n").startswith(MARK):
            stripped = word.lstrip(b"\n")
            if stripped.startswith(RAW):
                moves.append((stripped, next(words, b"")))
            elif stripped:
                changes.append(stripped)
            word = next(words, None)
        yield _commit(header, changes, _renames(moves))


def _renames(moves: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Old and new paths, of lines of `--raw` and their paths."""
    gone, come = list[tuple[bytes, str]](), list[tuple[bytes, str]]()
    for line, path in moves:
        told = line.split(b" ")
        if len(told) == 5 and told[4] == b"D":
            gone.append((told[2], _text(path)))
        elif len(told) == 5 and told[4] == b"A":
            come.append((told[3], _text(path)))
    found = dict[str, str]()
    for key_of in (_blob, _name):
        left = [each for each in come if each[1] not in found.values()]
        of_key = Counter(map(key_of, left))
        new = {key_of(each): each[1] for each in left if of_key[key_of(each)] == 1}
        of_old = Counter(key_of(each) for each in gone if each[1] not in found)
        for each in gone:
            key = key_of(each)
            if each[1] not in found and of_old[key] == 1 and key in new:
                found[each[1]] = new[key]
    return tuple(sorted(found.items()))


def _blob(each: tuple[bytes, str]) -> str:
    return each[0].hex()


def _name(each: tuple[bytes, str]) -> str:
    return each[1].rsplit("/", 1)[-1]


def _commit(header: list[bytes], changes: list[bytes], renames: tuple[tuple[str, str], ...]) -> Commit:
    sha, author, email, raw_email, author_date, message = (_text(each) for each in header)
    split = sorted((_text(change).split("\t", 2) for change in changes), key=lambda each: each[-1])
    return Commit(
        sha=sha,
        author=author,
        email=email,
        raw_email=raw_email,
        author_date=author_date,
        message=message.strip(),
        changes=tuple((each[0], each[1], each[2]) for each in split if _is_change(each)),
        renames=renames,
        was_broken=any("\ufffd" in each for each in (author, message)),
    )


def _is_change(parts: list[str]) -> bool:
    return len(parts) == 3 and all(each == "-" or each.isdecimal() for each in parts[:2])


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def split_words(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """What stands between NULs, however the blocks were cut."""
    rest = b""
    for block in blocks:
        first, *others = block.split(b"\0")
        rest += first
        for other in others:
            yield rest
            rest = other
    if rest.strip():
        yield rest
