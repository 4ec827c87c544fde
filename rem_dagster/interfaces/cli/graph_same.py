"""What does `rem graph same` do, and what does it say?"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rem_dagster.interfaces.cli.options import Given

if TYPE_CHECKING:
    from rem_dagster.dreaming.links_user import Verdict
    from rem_dagster.interfaces.cli.opening import Opened
    from rem_dagster.recall.graph.names import Names

REASONS = {
    "spelling": "the same letters",
    "stated": "a text says so",
    "address": "one e-mail address",
    "letters": "the same in other letters",
    "form": "a form of the name",
    "plural": "plural",
    "usual": "a usual short name",
    "alias": "another name of it",
    "first_name": "a first name that nobody else has",
    "nickname": "a nickname, about the same things",
    "initials": "initials, about the same things",
    "surname": "a surname, about the same things",
    "slip": "a slip, about the same things",
}
MOST_OTHERS = 200


def decide(given: Given, names: Sequence[str], verdict: "Verdict", *, undo: bool, as_json: bool) -> int:
    """Say that two names are one or two, or take it back.

    Raises:
        InputError: not exactly two names are given, or they are one spelling.
        UnknownNameError: nothing is called so, or several are.
    """
    from rem_dagster.dreaming.links_user import say, unsay
    from rem_dagster.errors import InputError
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import open_existing, reader_of
    from rem_dagster.interfaces.cli.output import note, show, show_json, show_next

    command = "same" if verdict == "same_as" else "not-same"
    if len(names) != 2:
        raise InputError(
            f'Two names are needed, got {len(names)}. For example: rem graph {command} Bob "Robert Lee".'
        )
    opened = open_existing(given)
    user_id = reader_of(opened)
    known = _names(opened, user_id)
    one, other = (known.find_member(name) for name in names)
    if one == other:
        raise InputError(
            f"{names[0]!r} and {names[1]!r} are one spelling: {known.name_of(one)!r}. Such names cannot be "
            "told apart, nor joined."
        )
    if undo:
        changed = unsay(opened.store, user_id, (one, other), verdict)
    else:
        changed = say(opened.store, user_id, (one, other), verdict, today=opened.today)
    groups = _names(opened, user_id).groups
    are_one = groups.get(one, one) == groups.get(other, other)
    if as_json:
        show_json(
            {"names": [known.name_of(one), known.name_of(other)], "changed": changed, "are_one": are_one}
        )
        return DONE
    both = f"{known.name_of(one)!r} and {known.name_of(other)!r}"
    show(f"{both} are {'one' if are_one else 'two'}{'' if changed else ', as before; nothing was changed'}.")
    if are_one != (verdict == "same_as") and not undo:
        note("Something else that you said keeps them apart: `rem graph same --list` shows it.")
    back = ["--undo"] if changed and not undo else []
    quoted = ["graph", command, *names, *back] if back else ["graph", "same", "--list"]
    show_next(opened.command(*quoted), aside=True)
    return DONE


def show_sameness(given: Given, names: Sequence[str], *, as_json: bool) -> int:
    """List what is one: what the user said, then what links found, by reason.

    Raises:
        InputError: names are given, too.
    """
    from rem_dagster.errors import InputError
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, reader_of
    from rem_dagster.interfaces.cli.output import note, page_width, show, show_json, show_next
    from rem_dagster.interfaces.cli.words import wrap

    if names:
        raise InputError("--list shows all that is one: leave the names out.")
    opened = open_existing(given)
    if opened.is_empty:
        note(empty_home(opened.home))
        if as_json:
            show_json({"said": [], "found": []})
        return DONE
    user_id = reader_of(opened)
    told = _told(opened, user_id)
    if as_json:
        show_json(told)
        return DONE
    for each in told["said"]:
        sign = "=" if each["verdict"] == "same_as" else "≠"
        show(f"{each['names'][0]} {sign} {each['names'][1]}   you said so on {each['day']}")
    for each in told["found"][:MOST_OTHERS]:
        line = f"{each['names'][0]} = {each['names'][1]}   {each['reason']}"
        for part in wrap(line, page_width()):
            show(part)
    if (left := len(told["found"]) - MOST_OTHERS) > 0:
        note(f"{left} more were found to be one: --json has them all.")
    if not told["said"] and not told["found"]:
        note("No two names are one here.")
    show_next(opened.command("graph", "not-same", "A", "B"), aside=True)
    return DONE


def _names(opened: "Opened", user_id: str) -> "Names":
    from rem_dagster.recall.graph.names import read_names
    from rem_dagster.recall.graph.scope import Scope, read_adjacency

    adjacency = read_adjacency(opened.store, Scope(user_id))
    return read_names(opened.store, user_id, adjacency.groups, adjacency.version)


def _told(opened: "Opened", user_id: str) -> dict[str, list[dict[str, Any]]]:
    from rem_dagster.dreaming.links_user import all_said
    from rem_dagster.store.filters import all_of, equals

    known = _names(opened, user_id)
    said: list[dict[str, Any]] = [
        {
            "names": [known.name_of(each.one_id), known.name_of(each.other_id)],
            "verdict": each.verdict,
            "day": each.day,
        }
        for each in all_said(opened.store, user_id)
    ]
    where = all_of(equals("user_id", user_id), equals("edge_type", "same_as"), equals("generated_by", "link"))
    rows = opened.store.read("edges", ["source_id", "target_id", "metadata", "weight"], where).to_pylist()
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: -row["weight"]):
        why = json.loads(row["metadata"])
        one, other = (known.groups.get(row[end], row[end]) for end in ("source_id", "target_id"))
        key = tuple(sorted((row["source_id"], row["target_id"])))
        reason = REASONS.get(why["rule"], why["rule"])
        found.setdefault(
            key, {"names": why["names"], "rule": why["rule"], "reason": reason, "holds": one == other}
        )
    held = [each for each in found.values() if each["holds"]]
    return {"said": said, "found": sorted(held, key=lambda each: (str(each["rule"]), str(each["names"])))}
