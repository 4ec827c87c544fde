"""What does `rem fix` do with its words?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rem_dagster.dreaming.fixing.fix import Asked, Fixed, fix, undo
from rem_dagster.dreaming.fixing.kept import kept_corrections
from rem_dagster.errors import InputError
from rem_dagster.interfaces.cli.failure import DONE, FAILED
from rem_dagster.interfaces.cli.fixed import (
    fixed_as_json,
    fixed_lines,
    kept_as_json,
    kept_lines,
)
from rem_dagster.interfaces.cli.named_moment import YESTERDAY, DayClock, named_day, named_moment
from rem_dagster.interfaces.cli.named_thread import named_thread
from rem_dagster.interfaces.cli.opening import Opened, empty_home, open_existing, reader_of
from rem_dagster.interfaces.cli.output import note, page_width, show, show_json
from rem_dagster.model.words import CorrectionVerb
from rem_dagster.store.filters import equals

if TYPE_CHECKING:
    from rem_dagster.interfaces.cli.options import Given as Before

VERBS: Mapping[str, CorrectionVerb] = {
    **dict.fromkeys(("rename", "title"), "rename"),
    **dict.fromkeys(("retype", "type"), "retype"),
    **dict.fromkeys(("times", "time", "set_times"), "set_times"),
    "split": "split",
    "merge": "merge",
    **dict.fromkeys(("hide", "remove"), "hide"),
    **dict.fromkeys(("close", "done"), "close"),
}
TAKES: Mapping[CorrectionVerb, str] = {
    "rename": 'rename "NEW TITLE"',
    "retype": "retype TYPE",
    "set_times": "times 14:00 15:30",
    "split": "split 14:30",
    "merge": "merge OTHER...",
    "hide": "hide",
    "close": 'close "WORDS OF WHAT IT MEANS TO DO"',
}


@dataclass(frozen=True)
class Given:
    """The options that say what is changed."""

    title: str | None = None
    summary: str | None = None
    day: str | None = None
    start: str | None = None
    end: str | None = None
    kind: str | None = None

    def require_none(self, names: str, what: str) -> None:
        """Raise InputError where an option was given that does not belong there."""
        flags = {"start": "--from", "end": "--to", "kind": "--type"}
        for name in names.split():
            if getattr(self, name) is not None:
                raise InputError(
                    f"{flags.get(name, '--' + name)} was given, which {what} does not take. Nothing was "
                    "changed."
                )


def fix_asked(before: "Before", words: Sequence[str], told: Given, *, dry_run: bool, as_json: bool) -> int:
    """Make one correction.

    Raises:
        InputError: the words name no change, no moment, or one that is not possible.
    """
    if not words:
        raise InputError(
            "Nothing to change was named. Nothing was changed. For example: "
            'rem fix yesterday#1 rename "A better title". `rem show yesterday --ids` shows its moments.'
        )
    opened = open_existing(before)
    if not opened.has_tables:
        note(empty_home(opened.home))
        return FAILED
    user_id = reader_of(opened)
    clocks: list[DayClock] = []
    asked = _add(words, told, opened, clocks) if words[0] == "add" else None
    if asked is None and VERBS.get(words[0].lower()) == "close":
        told.require_none("title summary day start end kind", words[0])
        asked = named_thread(" ".join(words[1:]), opened, user_id=user_id)
    asked = asked or _change(words, told, opened, user_id, clocks)
    done = fix(opened.home, opened.store, asked, user_id=user_id, now=opened.now, dry_run=dry_run)
    return _say(opened, done, [line for each in clocks for line in each.remarks], dry_run, as_json)


def undo_asked(before: "Before", words: Sequence[str], told: Given, *, dry_run: bool, as_json: bool) -> int:
    """Take one correction back.

    Raises:
        InputError: there is no such correction.
    """
    told.require_none("title summary day start end kind", "--undo")
    if len(words) > 1:
        raise InputError(f"--undo takes one id, got {' '.join(words)!r}. Nothing was changed.")
    opened = open_existing(before)
    if not opened.has_tables:
        note(empty_home(opened.home))
        return FAILED
    wanted = words[0].lower() if words else None
    done = undo(opened.home, opened.store, user_id=reader_of(opened), correction_id=wanted, dry_run=dry_run)
    return _say(opened, done, [], dry_run, as_json, undone=True)


def list_corrections(
    before: "Before", words: Sequence[str], told: Given, *, undo: bool, as_json: bool
) -> int:
    """Show a user's corrections: all, or those of a day.

    Raises:
        InputError: the words name no day.
    """
    told.require_none("title summary start end kind", "--list")
    if undo:
        raise InputError("--list and --undo were both given. Nothing was changed. Give one of them.")
    opened = open_existing(before)
    text = " ".join(words) or told.day
    day = named_day(text, opened).isoformat() if text else None
    is_empty = not opened.has_tables
    found = [] if is_empty else kept_corrections(opened.store, user_id=reader_of(opened), day=day)
    if as_json:
        show_json({"corrections": [kept_as_json(each) for each in found]})
        return DONE
    for line in kept_lines(found, opened, page_width()):
        show(line)
    if not found:
        note(f"You corrected nothing {'on ' + day if day else 'so far'}.")
    more = (
        [opened.command("fix", "--undo", found[-1].correction.id[:8])]
        if found
        else [opened.command("show", day or YESTERDAY, "--ids")]
    )
    note(f"Next: {'   '.join(more)}")
    return DONE


def _add(words: Sequence[str], told: Given, opened: Opened, clocks: list[DayClock]) -> Asked:
    """A moment that is missing."""
    title = " ".join(words[1:]) or told.title
    day = named_day(told.day, opened) if told.day else opened.today
    if not title or not told.start or not told.end:
        raise InputError(
            "A moment that is added needs a title, --from and --to. Nothing was changed. For example: "
            "rem fix add Dentist --day yesterday --from 15:00 --to 16:00"
        )
    clock = DayClock(opened, day)
    clocks.append(clock)
    value = {
        "name": title,
        "summary": told.summary,
        "start_time": clock.at(told.start),
        "end_time": clock.at(told.end, is_end=True),
        "moment_type": told.kind,
    }
    return Asked("add", value={name: each for name, each in value.items() if each}, day=day)


def _change(words: Sequence[str], told: Given, opened: Opened, user_id: str, clocks: list[DayClock]) -> Asked:
    """A change of a moment that is there."""
    if len(words) < 2 or words[1].lower() not in VERBS:
        said = f"{words[1]!r} is none" if len(words) > 1 else f"none was named for {words[0]!r}"
        raise InputError(
            f"A change is rename, retype, times, split, merge, hide or close; {said}. Nothing was changed. "
            f'For example: rem fix {words[0]} rename "A better title"'
        )
    verb, rest = VERBS[words[1].lower()], list(words[2:])
    told.require_none("day start end kind", words[1])
    if verb not in ("rename", "merge"):
        told.require_none("title summary", words[1])
    target = named_moment(words[0], opened, user_id=user_id)
    if verb == "merge":
        others = [named_moment(each, opened, user_id=user_id) for each in rest]
        return Asked(verb, [target, *others], _words(told.title, told.summary))
    value: dict[str, object] = {}
    if verb == "rename":
        value = _words(" ".join(rest) or told.title, told.summary)
    elif verb == "retype":
        value = {"moment_type": "_".join(rest)} if rest else _missing(verb)
    elif rest and verb in ("set_times", "split"):
        day = opened.store.read("moments", ["partition_key"], equals("id", target))["partition_key"][0]
        clock = DayClock(opened, date.fromisoformat(day.as_py()))
        clocks.append(clock)
        value = _times(verb, rest, clock.at)
    elif verb == "close":
        value = {"text": " ".join(rest)} if rest else {}
    elif rest or verb != "hide":
        value = _missing(verb)
    return Asked(verb, [target], value)


def _times(verb: CorrectionVerb, rest: Sequence[str], at: Callable[..., object]) -> dict[str, object]:
    said = [each for each in rest if each not in ("to", "until", "-", "–", "at")]
    if verb == "split" and len(said) == 1:
        return {"at": at(said[0])}
    if verb == "set_times" and len(said) == 2:
        return {"start_time": at(said[0]), "end_time": at(said[1], is_end=True)}
    return _missing(verb)


def _words(title: str | None, summary: str | None) -> dict[str, object]:
    return {name: text for name, text in (("name", title), ("summary", summary)) if text is not None}


def _missing(verb: CorrectionVerb) -> dict[str, object]:
    raise InputError(f"That is not how it is said. Nothing was changed. Write: rem fix MOMENT {TAKES[verb]}")


def _say(
    opened: Opened,
    done: Fixed,
    remarks: Sequence[str],
    dry_run: bool,
    as_json: bool,
    *,
    undone: bool = False,
) -> int:
    if as_json:
        show_json(fixed_as_json(done, dry_run=dry_run, undone=undone))
        return DONE
    for line in fixed_lines(done, opened, page_width(), dry_run=dry_run, undone=undone):
        show(line)
    for each in remarks:
        note(each)
    day = done.correction.partition_key
    back = [] if dry_run or undone else [opened.command("fix", "--undo")]
    first = opened.command("show", day) if done.is_shown else opened.command("dream", day)
    note(f"Next: {'   '.join([first, *back])}")
    return DONE
