"""How does `rem export markdown` write notes, and what does it say of them?"""

from pathlib import Path

from rem_dagster.dreaming.terms import moment_types_of
from rem_dagster.interfaces.cli.export_work import Exporting
from rem_dagster.interfaces.cli.failure import DONE, PARTLY_DONE, keeping
from rem_dagster.interfaces.cli.output import note, progress, show, show_json
from rem_dagster.interfaces.cli.words import clean, counted
from rem_dagster.memory import Memory
from rem_dagster.recall.export.edits import Edit
from rem_dagster.recall.export.notes import Brought, Notes, bring_notes, days_of
from rem_dagster.recall.export.vault import vault_at

SAID = {
    "rename": "renamed or reworded",
    "retype": "given another type",
    "set_times": "moved to other times",
    "hide": "hidden",
}


def export_notes(work: Exporting, folder: Path, *, may_pull: bool, writes: bool) -> int:
    """Take edits over, write the notes, and say what became of them."""
    opened = work.opened
    memory = Memory(opened.home, work.user_id)

    def fix(edit: Edit) -> None:
        memory.fix(edit.verb, moment_ids=[edit.moment_id], value=edit.value)

    notes = Notes(
        store=opened.store,
        vault=vault_at(folder.expanduser()),
        user_id=work.user_id,
        calendar=opened.calendar,
        moment_types=list(moment_types_of(opened.home)),
        fix=fix if may_pull else None,
        writes=writes,
    )
    days = days_of(notes, first=work.first, last=work.last)
    kept = "What was written stays; the same command goes on." if writes else "No note was changed."
    with keeping(kept), progress("Writing", len(days)) as bar:
        brought = bring_notes(notes, days, on_day=lambda: bar.advance(bar.task_ids[0]))
    if work.as_json:
        show_json(_as_json(brought))
    else:
        _say(brought, work, folder, writes=writes)
    return PARTLY_DONE if brought.left else DONE


def _say(brought: Brought, work: Exporting, folder: Path, *, writes: bool) -> None:
    for path, edit in brought.corrected:
        show(f"{path.name}:{edit.line}: “{clean(edit.said)}” is {SAID[edit.verb]}")
    for each in brought.left:
        note(f"Left alone: {each}")
    done = [
        counted(len(brought.corrected), "correction") if brought.corrected else "",
        f"{counted(len(brought.created), 'note')} new" if brought.created else "",
        f"{len(brought.updated):,} updated" if brought.updated else "",
        f"{brought.unchanged:,} unchanged" if brought.unchanged else "",
        f"{brought.left_notes:,} left alone" if brought.left else "",
    ]
    show(" · ".join(filter(None, done)) or ("There is nothing to write." if writes else "No edits."))
    following = [work.opened.command("fix", "--list")] if brought.corrected else []
    if writes and (brought.created or brought.updated):
        following.append(work.opened.command("export", "markdown", str(folder)) + "   takes your edits over")
    if following:
        note(f"Next: {following[0]}")


def _as_json(brought: Brought) -> dict[str, object]:
    return {
        "created": [str(path) for path in brought.created],
        "updated": [str(path) for path in brought.updated],
        "unchanged": brought.unchanged,
        "corrections": [
            {
                "path": str(path),
                "line": edit.line,
                "verb": edit.verb,
                "moment_id": edit.moment_id,
                "value": dict(edit.value),
            }
            for path, edit in brought.corrected
        ],
        "left": [{"path": str(each.path), "line": each.line, "reason": each.reason} for each in brought.left],
    }
