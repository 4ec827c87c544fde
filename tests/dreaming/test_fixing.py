"""A person corrects a day: it is shown at once, it outlives dreams, and it can be undone."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.applying import bring as bringing
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.dreaming.originals import original_of
from rem_dagster.dreaming.resolve import cited_sources
from rem_dagster.dreaming.stale import find_days
from rem_dagster.errors import InputError, UnknownMomentError
from rem_dagster.memory import Memory
from rem_dagster.model.day import Segment
from rem_dagster.model.draft import Draft, DraftEntity, DraftMoment, DraftQuote
from rem_dagster.model.moment import Moment
from rem_dagster.settings import open_home
from tests.activity import MONDAY, chat_day, contents, fill, message
from tests.dreaming.engines import ScriptedEngine
from tests.lives import LIVES

DAY = MONDAY.date()
NEXT = DAY + timedelta(days=1)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, new_home: Path) -> Path:
    """A home of two dreamt days; to be copied."""
    place = tmp_path_factory.mktemp("fixing") / "home"
    shutil.copytree(new_home, place)
    home = open_home(place)
    store = LIVES.begin(home)
    fill(home, store, [*chat_day(0), *chat_day(1)])
    dream(home, store, OfflineEngine(), DreamPlan())
    refresh_across(home, store)
    return place


@pytest.fixture
def memory(lived: Path, tmp_path: Path) -> Memory:
    """The memory of Inês, with a morning's talk, two commits and an evening's note on each of two days."""
    shutil.copytree(lived, tmp_path / "lived")
    return Memory.open(tmp_path / "lived", user_id="ines")


def moments(memory: Memory, day: date = DAY) -> list[Moment]:
    return bringing.moments_of_day(memory.store, user_id="ines", day=day)


def names(memory: Memory, day: date = DAY) -> list[str]:
    return [each.name for each in moments(memory, day)]


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def summary(memory: Memory) -> str:
    found = memory.recap("day", DAY)
    return found.content if found else ""


def dream_anew(memory: Memory) -> None:
    """What every day is when it is dreamt from nothing."""
    memory.dream(redo="all", accept_losses=True)


def test_a_renamed_moment_is_shown_found_and_told_by_its_new_words(memory: Memory) -> None:
    first = moments(memory)[0]
    value = {"name": "Quokka  planning\n", "summary": "We planned the quokka."}
    done = memory.fix("rename", moment_ids=[first.id], value=value)
    assert (done.is_shown, done.detached) == (True, ())
    assert [each.name for each in done.before] == [first.name]
    assert [each.name for each in done.after] == ["Quokka planning"] == [names(memory)[0]]
    assert [each.id for each in done.moments] == [each.id for each in moments(memory)]
    assert memory.search("quokka")[0].id == first.id
    assert "We planned the quokka." in summary(memory)
    assert memory.recap("week", DAY) is not None


def test_a_hidden_moment_is_found_nowhere(memory: Memory) -> None:
    note = moments(memory)[-1]
    assert memory.search("Vamana")[0].id == note.id
    held = {row["name"].lower() for row in contents(memory.store)["mentions"] if note.id in row["moment_ids"]}
    assert held
    memory.fix("hide", moment_ids=[note.id])
    assert note.id not in {hit.id for hit in memory.search("Vamana")}
    told = contents(memory.store)
    assert note.id not in {each for row in told["mentions"] for each in row["moment_ids"]}
    assert all(row["moment_ids"] for row in told["mentions"] if row["partition_key"] == str(DAY))
    assert note.id not in {row[end] for row in told["edges"] for end in ("source_id", "target_id")}
    assert "Vamana" not in summary(memory)
    assert note.id not in {each for row in told["summaries"] for each in row["moment_ids"]}


def test_a_retyped_moment_leaves_the_day_s_summary_as_it_was(memory: Memory) -> None:
    before = summary(memory)
    memory.fix("retype", moment_ids=[moments(memory)[0].id], value={"moment_type": "planning"})
    assert moments(memory)[0].moment_type == "planning"
    assert summary(memory) == before


def test_local_times_are_those_of_the_home(memory: Memory) -> None:
    value = {"start_time": "2025-10-06T07:00", "end_time": at(8)}
    memory.fix("set_times", moment_ids=[moments(memory)[1].id], value=value)
    moved = moments(memory)[0]
    assert (moved.start_time, moved.end_time, moved.created_at) == (at(7), at(8), at(8))


def test_a_split_parts_sources_words_and_facts(memory: Memory) -> None:
    work = moments(memory)[1]
    done = memory.fix("split", moment_ids=[work.id], value={"at": at(11, 30)})
    early, late = done.after
    assert early.id == work.id != late.id
    assert (early.name, late.name) == ("Fixed the loader on empty files", "Released graphd 0.0.1")
    assert [*cited_sources(early), *cited_sources(late)] == cited_sources(work)
    assert (early.start_time, late.end_time) == (work.start_time, work.end_time)
    for part in (early, late):
        own = set(cited_sources(part))
        assert own.issuperset(part.resource_ids)
        assert all(own.issuperset(fact.source_ids) for fact in part.facts)
        assert all(quote.source_id in own for quote in part.evidence)


def test_merged_moments_become_the_first_of_them(memory: Memory) -> None:
    first, second, third = moments(memory)
    memory.fix("merge", moment_ids=[third.id, first.id], value={"name": "Talk and note"})
    whole, rest = moments(memory)
    assert (whole.id, whole.name, rest.id) == (first.id, "Talk and note", second.id)
    assert set(cited_sources(whole)) == {*cited_sources(first), *cited_sources(third)}
    assert whole.end_time == third.end_time


@pytest.mark.runs
def test_an_added_moment_can_be_changed_merged_and_hidden_like_any_other(memory: Memory) -> None:
    value = {"name": "Dentist", "start_time": at(15), "end_time": at(16)}
    [added] = memory.fix("add", day=DAY, value=value).after
    assert (added.moment_type, added.summary) == ("other", "Dentist")
    memory.fix("rename", moment_ids=[added.id], value={"name": "Dr. Sousa"})
    memory.fix("set_times", moment_ids=[added.id], value={"start_time": at(14), "end_time": at(15)})
    assert [(each.name, each.start_time) for each in moments(memory) if each.id == added.id] == [
        ("Dr. Sousa", at(14))
    ]
    memory.fix("hide", moment_ids=[added.id])
    assert len(names(memory)) == 3
    memory.undo()
    memory.fix("merge", moment_ids=[added.id, moments(memory)[0].id])
    assert len(names(memory)) == 3


@pytest.mark.runs
def test_later_corrections_stand_on_earlier_ones(memory: Memory) -> None:
    work = moments(memory)[1]
    memory.fix("set_times", moment_ids=[work.id], value={"start_time": at(10), "end_time": at(14)})
    memory.fix("split", moment_ids=[work.id], value={"at": at(11, 30)})
    early, late = [each for each in moments(memory) if each.start_time >= at(10)][:2]
    assert [(each.start_time, each.end_time) for each in (early, late)] == [
        (at(10), at(11, 30)),
        (at(11, 30), at(14)),
    ]
    memory.fix("rename", moment_ids=[late.id], value={"name": "Afterwards"})
    memory.fix("rename", moment_ids=[late.id], value={"name": "After that"})
    assert "After that" in names(memory)
    assert "Afterwards" not in names(memory)
    dream_anew(memory)
    assert "After that" in names(memory)


@pytest.mark.runs
def test_the_same_correction_twice_is_one_and_made_again_it_is_the_last(memory: Memory) -> None:
    first = moments(memory)[0]
    one = memory.fix("rename", moment_ids=[first.id], value={"name": "One"})
    before = contents(memory.store)
    assert memory.fix("rename", moment_ids=[first.id], value={"name": "One"}).after == ()
    assert contents(memory.store) == before
    memory.fix("rename", moment_ids=[first.id], value={"name": "Two"})
    again = memory.fix("rename", moment_ids=[first.id], value={"name": "One"})
    assert again.correction.id == one.correction.id
    assert names(memory)[0] == "One"
    assert [each.correction.value["name"] for each in memory.corrections()] == ["Two", "One"]


ORDER = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), min_size=1, max_size=3)


def some_fix(memory: Memory, kind: int, choice: int) -> bool:
    """One of many corrections; whether it was possible."""
    held = moments(memory)
    if not held:
        return False
    one, other = held[choice % len(held)], held[(choice + 1) % len(held)]
    middle = one.start_time + (one.end_time - one.start_time) / 2
    asked: dict[str, tuple[list[str], dict[str, object]]] = {
        "rename": ([one.id], {"name": f"Name {choice}"}),
        "retype": ([one.id], {"moment_type": "planning"}),
        "set_times": ([one.id], {"start_time": at(choice), "end_time": at(choice + 1)}),
        "split": ([one.id], {"at": middle}),
        "merge": ([one.id, other.id], {}),
        "hide": ([one.id], {}),
        "add": ([], {"name": f"Added {choice}", "start_time": at(choice), "end_time": at(choice, 30)}),
    }
    verb = list(asked)[kind]
    ids, value = asked[verb]
    try:
        memory.fix(verb, moment_ids=ids, value=value, day=DAY)  # type: ignore[arg-type]  # one of the verbs
    except InputError:
        return False
    return True


@pytest.mark.runs
@settings(max_examples=3)
@given(order=ORDER, undoing=st.randoms(use_true_random=False))
def test_fixing_a_day_is_dreaming_it_with_its_corrections_and_undone_it_was_never_fixed(
    lived: Path, tmp_path_factory: pytest.TempPathFactory, order: list[tuple[int, int]], undoing: object
) -> None:
    place = tmp_path_factory.mktemp("any") / "home"
    shutil.copytree(lived, place)
    memory = Memory.open(place, user_id="ines")
    before = contents(memory.store)
    made = sum([some_fix(memory, kind, choice) for kind, choice in order])
    fixed = contents(memory.store)
    dream_anew(memory)
    assert contents(memory.store) == fixed
    ids = [each.correction.id for each in memory.corrections()]
    assert len(ids) <= made
    undoing.shuffle(ids)  # type: ignore[attr-defined]  # hypothesis names no type
    for each in ids:
        memory.undo(each)
    assert contents(memory.store) == before


@pytest.mark.runs
def test_an_empty_day_holds_what_is_added_and_nothing_once_it_is_undone(memory: Memory) -> None:
    before = contents(memory.store)
    empty = DAY - timedelta(days=20)
    value = {"name": "Dentist", "start_time": at(15, day=empty), "end_time": at(16, day=empty)}
    assert memory.fix("add", day=empty, value=value).is_shown
    assert names(memory, empty) == ["Dentist"]
    assert memory.search("dentist")
    memory.fix("hide", moment_ids=[moments(memory, empty)[0].id])
    assert names(memory, empty) == []
    memory.undo()
    memory.undo()
    assert contents(memory.store) == before


def test_an_undreamt_day_is_dreamt_for_it_where_no_model_is_asked(memory: Memory) -> None:
    fill(memory.home, memory.store, chat_day(5))
    day = DAY + timedelta(days=5)
    value = {"name": "Dentist", "start_time": at(8, day=day), "end_time": at(9, day=day)}
    assert memory.fix("add", day=day, value=value).is_shown
    assert "Dentist" in names(memory, day)
    assert len(names(memory, day)) > 1


@pytest.mark.runs
def test_corrections_outlive_another_engine_and_late_messages(memory: Memory) -> None:
    first, _, note = moments(memory)
    memory.fix("rename", moment_ids=[first.id], value={"name": "Kept"})
    memory.fix("hide", moment_ids=[note.id])
    fill(memory.home, memory.store, [message(77, at(9, 30), content="One more thing on the release.")])
    memory.dream()
    assert "Kept" in names(memory)
    assert note.id not in {each.id for each in moments(memory)}
    assert all(each.is_attached for each in memory.corrections())


def by_item(part: Segment, *rest: object) -> Draft:
    """Each item a moment of its own."""
    return Draft(
        moments=tuple(
            DraftMoment(
                name=f"Item {item.text[:30]}",
                summary=f"It said: {item.text[:60]}",
                moment_type="other",
                handles=(item.handle,),
                evidence=(DraftQuote(handle=item.handle, quote=item.text),),
            )
            for item in part.items
        ),
        entities=(DraftEntity(name="Everything", kind="thing", handles=tuple(i.handle for i in part.items)),),
        day_summary="A day of items.",
    )


@pytest.mark.runs
def test_what_no_longer_attaches_is_listed_and_attaches_again(memory: Memory) -> None:
    talk = moments(memory)[0]
    memory.fix("rename", moment_ids=[talk.id], value={"name": "The whole talk"})
    dream(memory.home, memory.store, ScriptedEngine(by_item, can_mend=False), DreamPlan(redo="all"))
    assert "The whole talk" not in names(memory)
    [kept] = memory.corrections()
    assert (kept.standing, kept.is_attached, kept.moment_id, kept.name) == (
        "detached",
        False,
        None,
        talk.name,
    )
    done = memory.fix("hide", moment_ids=[moments(memory)[0].id])
    assert [each.id for each in done.detached] == [kept.correction.id]
    memory.undo()
    dream_anew(memory)
    [kept] = memory.corrections()
    assert (kept.standing, kept.moment_id, kept.name) == ("shown", talk.id, "The whole talk")


@pytest.mark.runs
def test_no_engine_is_needed_where_another_one_made_the_day(memory: Memory) -> None:
    engine = ScriptedEngine(by_item, can_mend=False)
    dream(memory.home, memory.store, engine, DreamPlan(redo="all"))
    refresh_across(memory.home, memory.store)
    before, calls = contents(memory.store), len(engine.asked)
    held = moments(memory)
    memory.fix("rename", moment_ids=[held[0].id], value={"name": "Mine"})
    memory.fix("hide", moment_ids=[held[-1].id])
    memory.fix("merge", moment_ids=[held[1].id, held[2].id])
    row = next(each for each in read_ledger(memory.store) if each.partition_key == str(DAY))
    assert (row.engine, row.status) == ("scripted", "complete")
    fixed = contents(memory.store)
    dream(memory.home, memory.store, engine, DreamPlan(redo="all", accept_losses=True))
    refresh_across(memory.home, memory.store)
    assert len(engine.asked) > calls
    assert without_cost(contents(memory.store)) == without_cost(fixed)
    for _ in range(3):
        memory.undo()
    assert without_cost(contents(memory.store)) == without_cost(before)


def without_cost(tables: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    """All but what answers cost: of a recap that nobody asks for after a correction nothing is known."""
    cost = {"calls", "prompt_tokens", "completion_tokens", "cost_usd"}
    dreams = [{name: row[name] for name in row.keys() - cost} for row in tables["dreams"]]
    return {**tables, "dreams": dreams}


@pytest.mark.runs
def test_a_day_out_of_date_shows_the_correction_and_stays_out_of_date(memory: Memory) -> None:
    fill(memory.home, memory.store, [message(78, at(9, 40), content="And the loader is Tomás's.")])
    memory.fix("rename", moment_ids=[moments(memory)[0].id], value={"name": "Mine"})
    assert names(memory)[0] == "Mine"
    stale = [state.partition_key for state in find_days(memory.store) if state.freshness == "stale"]
    assert stale == [str(DAY)]
    memory.undo()
    assert names(memory)[0] != "Mine"
    assert [state.freshness for state in find_days(memory.store)] == ["stale", "current"]


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.runs
@pytest.mark.parametrize("killed_in", ["persist", "keep_originals"])
def test_killed_once_it_is_written_the_next_dream_applies_it(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, killed_in: str
) -> None:
    note = moments(memory)[-1]
    with monkeypatch.context() as patch:
        patch.setattr(bringing, killed_in, killed)
        with pytest.raises(KeyboardInterrupt):
            memory.fix("hide", moment_ids=[note.id])
    assert note.id in {each.id for each in moments(memory)}
    assert [state.freshness for state in find_days(memory.store)] == ["stale", "current"]
    report = memory.dream()
    assert {each.status for each in report.days} == {"unchanged"}
    assert note.id not in {each.id for each in moments(memory)}
    memory.undo()
    assert note.id in {each.id for each in moments(memory)}


@pytest.mark.runs
def test_a_killed_fix_reaches_a_day_whose_engine_is_not_chosen_now(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    dream(memory.home, memory.store, ScriptedEngine(by_item, can_mend=False), DreamPlan(redo="all"))
    first = moments(memory)[0]
    with monkeypatch.context() as patch:
        patch.setattr(bringing, "persist", killed)
        with pytest.raises(KeyboardInterrupt):
            memory.fix("rename", moment_ids=[first.id], value={"name": "Mine"})
    memory.dream()
    assert {row.engine for row in read_ledger(memory.store)} == {"scripted"}
    assert names(memory)[0] == "Mine"


def test_another_user_s_moment_is_unknown(memory: Memory) -> None:
    first = moments(memory)[0]
    fill(memory.home, memory.store, chat_day(0, user="bob"), user="bob")
    bob = Memory.open(memory.home.path, user_id="bob")
    bob.dream()
    for ids in ([first.id], ["no such id"]):
        with pytest.raises(UnknownMomentError, match="Nothing was changed"):
            bob.fix("hide", moment_ids=ids)
    memory.fix("hide", moment_ids=[first.id])
    assert bob.corrections() == []
    with pytest.raises(InputError, match="no correction"):
        bob.undo()


def test_nothing_is_changed_by_a_rehearsal(memory: Memory) -> None:
    before = contents(memory.store)
    first = moments(memory)[0]
    done = memory.fix("rename", moment_ids=[first.id], value={"name": "Mine"}, dry_run=True)
    assert [each.name for each in done.after] == ["Mine"]
    assert contents(memory.store) == before
    memory.fix("hide", moment_ids=[first.id])
    fixed = contents(memory.store)
    assert [each.id for each in memory.undo(dry_run=True).after] == [first.id]
    assert contents(memory.store) == fixed


WRONG: list[tuple[str, list[int], dict[str, object], str]] = [
    ("rename", [], {"name": "x"}, "no moment was named"),
    ("rename", [0, 1], {"name": "x"}, "it changes one moment"),
    ("rename", [0], {}, "no words"),
    ("rename", [0], {"name": " \u202e\n"}, "is empty"),
    ("rename", [0], {"name": "x" * 71}, "70 are the most"),
    ("rename", [0], {"name": "x", "summary": "y" * 401}, "400 are the most"),
    ("rename", [0], {"title": "x"}, "it takes name, summary"),
    ("retype", [0], {"moment_type": "gardening"}, "rem types add"),
    ("retype", [0], {"moment_type": "prediction"}, "is no type"),
    ("set_times", [0], {"start_time": at(9)}, "o end_time was given"),
    ("set_times", [0], {"start_time": at(9), "end_time": at(8)}, "before it starts: .* into the next day"),
    ("set_times", [0], {"start_time": at(9), "end_time": at(1, day=NEXT)}, "stays on its day"),
    ("set_times", [0], {"start_time": "soon", "end_time": at(8)}, "is no time"),
    ("split", [0], {}, "no time"),
    ("split", [0], {"at": at(8)}, "one part would be empty"),
    ("split", [0], {"at": at(23)}, "one part would be empty"),
    ("split", [2], {"at": at(18)}, "all that it cites is of one time"),
    ("merge", [0], {}, "two moments"),
    ("merge", [0, 0], {}, "two moments"),
    ("hide", [0], {"name": "x"}, "no values"),
    ("add", [0], {"name": "x", "start_time": at(9), "end_time": at(10)}, "takes none"),
    ("add", [], {"start_time": at(9), "end_time": at(10)}, "without a title"),
    ("add", [], {"name": "x", "end_time": at(10)}, "o start_time was given"),
]


@pytest.mark.parametrize(("verb", "places", "value", "said"), WRONG)
def test_what_cannot_be_is_said_with_what_to_do(
    read_only: Memory, verb: str, places: list[int], value: dict[str, object], said: str
) -> None:
    held = moments(read_only)
    day = DAY if verb == "add" else None
    with pytest.raises(InputError, match=said) as error:
        read_only.fix(verb, moment_ids=[held[each].id for each in places], value=value, day=day)  # type: ignore[arg-type]  # one of the verbs
    assert "Nothing was changed." in str(error.value)
    assert read_only.store.count("corrections") == 0


@pytest.fixture(scope="module")
def read_only(lived: Path) -> Memory:
    """A memory that no test changes."""
    return Memory.open(lived, user_id="ines")


def test_moments_of_two_days_and_days_to_come_are_refused(read_only: Memory) -> None:
    ids = [moments(read_only)[0].id, moments(read_only, NEXT)[0].id]
    with pytest.raises(InputError, match="one day"):
        read_only.fix("merge", moment_ids=ids)
    day = datetime.now(UTC).date() + timedelta(days=3)
    value = {"name": "x", "start_time": at(9, day=day), "end_time": at(10, day=day)}
    with pytest.raises(InputError, match="still to come"):
        read_only.fix("add", day=day, value=value)


@pytest.mark.runs
def test_undo_names_what_it_wants(memory: Memory) -> None:
    first, second, _ = moments(memory)
    one = memory.fix("rename", moment_ids=[first.id], value={"name": "One"}).correction
    memory.fix("rename", moment_ids=[second.id], value={"name": "Two"})
    with pytest.raises(InputError, match="is no correction"):
        memory.undo("zzz")
    assert memory.undo(one.id[:8]).correction.id == one.id
    assert names(memory)[:2] == [first.name, "Two"]


def test_what_a_day_was_before_its_last_dream_is_not_what_it_was_before_a_fix(memory: Memory) -> None:
    memory.fix("rename", moment_ids=[moments(memory)[0].id], value={"name": "One"})
    assert "replaced" not in memory.store.names()


def test_what_was_drafted_is_kept_for_the_moments_that_are_shown_alone(memory: Memory) -> None:
    memory.fix("hide", moment_ids=[moments(memory)[0].id])
    row = next(each for each in read_ledger(memory.store) if each.partition_key == str(DAY))
    kept = original_of(memory.store, user_id="ines", day=str(DAY), dream_id=row.dream_id)
    assert kept is not None
    assert len(kept.drafts[0].moments) + sum(len(each.moments) for each in kept.drafts[1:]) == 3
    assert original_of(memory.store, user_id="ines", day=str(DAY), dream_id="another") is None


@pytest.mark.runs
def test_forgetting_takes_corrections_and_what_was_drafted_with_it(memory: Memory) -> None:
    note = moments(memory)[-1]
    memory.fix("rename", moment_ids=[note.id], value={"name": "Vamana, alpha and long edges"})
    memory.fix("hide", moment_ids=[note.id])
    memory.fix("rename", moment_ids=[moments(memory)[0].id], value={"name": "Stays"})
    done = memory.forget(*cited_sources(note), yes=True)
    assert done.proof is not None
    assert done.proof.is_clean, done.proof.left
    assert [each.correction.value["name"] for each in memory.corrections()] == ["Stays"]
    assert memory.store.count("originals") == 0
    memory.dream()
    assert "Stays" in names(memory)


@pytest.mark.runs
@pytest.mark.parametrize("named", [{"everything": True}, {"start": DAY - timedelta(days=20), "end": DAY}])
def test_forgetting_a_time_or_everything_takes_added_moments_with_it(
    memory: Memory, named: dict[str, object]
) -> None:
    empty = DAY - timedelta(days=20)
    value = {"name": "Dr. Quokka", "start_time": at(15, day=empty), "end_time": at(16, day=empty)}
    [added] = memory.fix("add", day=empty, value=value).after
    memory.fix("rename", moment_ids=[added.id], value={"name": "Dr. Wombat"})
    done = memory.forget(yes=True, **named)  # type: ignore[arg-type]  # two ways to name a time
    assert done.proof is not None
    assert done.proof.is_clean, done.proof.left
    assert memory.corrections() == []
    memory.dream()
    assert names(memory, empty) == []
