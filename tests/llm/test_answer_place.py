"""The places of answers: the same on this machine and on S3, and what two machines do at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest

from rem_dagster.errors import HomeError, StoreError
from rem_dagster.llm.answer_file import (
    CallId,
    Named,
    find_takes,
    named_by,
    read_answer_file,
    read_answer_files,
)
from rem_dagster.llm.answer_place import AnswerPlace
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.answers_on_disk import LocalPlace
from rem_dagster.llm.answers_on_s3 import S3Place
from rem_dagster.llm.audit import MonthSpend, entries, read_log, spent_in_month, was_ever_sent
from rem_dagster.llm.cache import forget_answers, hash_request
from rem_dagster.llm.charge import Charge
from rem_dagster.llm.embedding_ledger import Ledger
from rem_dagster.llm.endpoints import Endpoint
from rem_dagster.llm.interface import Purpose, Request
from rem_dagster.settings import Home, open_home
from tests.llm.requests import NOON, ask, cached, counting, request
from tests.s3 import Bucket, bucket, s3  # noqa: F401  # fixtures

ON_S3 = pytest.param("s3", marks=pytest.mark.real)
UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture(params=["disk", ON_S3])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> AnswerPlace:
    """An empty place of each kind."""
    if request.param == "disk":
        return LocalPlace(tmp_path / "cache")
    return on_s3(request.getfixturevalue("bucket"), tmp_path / "machine")


def on_s3(held: Bucket, machine: Path) -> S3Place:
    return S3Place(f"{held.uri}/cache", held.storage_options, machine=machine)


def names_in(place: AnswerPlace) -> list[str]:
    return sorted(place.all())


def test_a_request_asked_again_is_replayed_and_a_refresh_is_the_newest(place: AnswerPlace) -> None:
    script = counting()
    first, second = ask(cached(place, script)[0], request(), request())
    assert second == replace(first, calls_paid=0)
    assert ask(cached(place, script, refresh=True)[0], request())[0].content == {"said": 2}
    assert ask(cached(place, script)[0], request())[0].content == {"said": 2}
    assert [each.call.take for name in names_in(place) if (each := named_by(name))] == [0, 1]


def test_the_tenth_answer_is_newer_than_the_ninth(place: AnswerPlace) -> None:
    script = counting()
    for _ in range(11):
        ask(cached(place, script, refresh=True)[0], request())
    assert ask(cached(place)[0], request())[0].content == {"said": 11}


def test_where_nothing_was_kept_nothing_was_sent(place: AnswerPlace) -> None:
    assert list(entries(place)) == []
    assert spent_in_month(place, NOON.date(), UTC_ZONE) == 0.0
    assert not was_ever_sent(place)
    assert forget_answers(place, ["m1"]) == 0


def test_all_users_calls_and_embeddings_are_audited_and_summed(place: AnswerPlace) -> None:
    now = datetime.now(UTC)
    model, _ = cached(place, clock=lambda: now)
    answers = ask(model, request(), request(purpose=Purpose("ines", ("2025-10-06",), ("m3",))))
    ledger = Ledger(place, now=lambda: now)
    ledger.note(Endpoint("embed-1", "http://127.0.0.1/v1", None, None), None, Charge(1, 9, 0, 0.5), vectors=3)
    assert [each.user_id for each in entries(place, user_id="ines")] == ["ines"]
    assert sorted(each.calls_paid for each in entries(place, since=now)) == [1, 1, 1]
    assert spent_in_month(place, now.date(), UTC_ZONE) == pytest.approx(
        0.5 + sum(each.cost_usd or 0 for each in answers)
    )
    assert was_ever_sent(place)


def test_a_month_that_is_asked_for_again_reads_only_what_is_new(place: AnswerPlace) -> None:
    now = datetime.now(UTC)
    model, _ = cached(place, clock=lambda: now)
    ask(model, request())
    watched = Watched(place)
    month = MonthSpend(watched, now.date(), UTC_ZONE)
    assert month.usd() == pytest.approx(0.05)
    ask(model, request(attempt=1))
    assert month.usd() == pytest.approx(0.10)
    assert len(watched.names) == len(set(watched.names)) == (0 if place.is_shared else 2)


def test_calls_of_before_the_month_are_not_in_it(place: AnswerPlace) -> None:
    now = datetime.now(UTC)
    ask(cached(place, clock=lambda: now - timedelta(days=40))[0], request())
    assert spent_in_month(place, now.date(), UTC_ZONE) == 0.0
    assert len(entries(place)) == 1


def test_what_is_forgotten_is_emptied_in_its_place_and_still_paid_for(place: AnswerPlace) -> None:
    other = request("another day", purpose=Purpose("me", ("2025-10-07",), ("m3",)))
    ask(cached(place, lambda _: {"said": "dentist"})[0], request(), other)
    before, paid = names_in(place), sum(each.cost_usd or 0 for each in entries(place))
    assert forget_answers(place, ["m2"]) == 1
    assert names_in(place) == before
    assert sorted(each.outcome for each in entries(place)) == ["answered", "forgotten"]
    assert sum(each.cost_usd or 0 for each in entries(place)) == paid
    first, second = ask(cached(place)[0], request(), other)
    assert (first.calls_paid, second.calls_paid) == (1, 0)


def test_what_is_torn_is_not_trusted_counted_and_forgotten_whole(place: AnswerPlace) -> None:
    ask(cached(place)[0], request())
    [name] = names_in(place)
    place.write(name, b'{"answer": {"said": "den', at=NOON)
    place.write(f"{name[0]}{name[1]}-notes.json", b"{}", at=NOON)
    with pytest.raises(StoreError, match=r"is not trusted.*the model is asked again"):
        read_answer_file(place, name)
    assert (len(read_log(place).entries), read_log(place).unreadable) == (0, 1)
    assert ask(cached(place)[0], request())[0].calls_paid == 1
    assert forget_answers(place, ["m9"]) == 1
    assert name not in names_in(place)


def test_a_file_that_is_gone_is_told_from_an_answer(place: AnswerPlace) -> None:
    name = f"{'0' * 64}.0.0.json"
    assert place.read(name) is None
    place.remove(name)
    [(_, told)] = read_answer_files(place, [name])
    assert isinstance(told, StoreError)


def test_names_of_both_kinds_are_read_in_both_places(place: AnswerPlace) -> None:
    """Files can be copied from one place to another."""
    ask(cached(place)[0], request())
    [name] = names_in(place)
    content = place.read(name)
    assert content is not None
    place.remove(name)
    request_hash = name.split(".")[0]
    for other in (f"{request_hash}.0.0.json", f"{request_hash}.0.0.1759838400000-50000000-0123abcd.json"):
        place.write(other, content, at=NOON)
        assert spent_in_month(place, NOON.date(), UTC_ZONE) == pytest.approx(0.05)
        assert ask(cached(place)[0], request())[0].calls_paid == 0
        place.remove(other)


def test_a_place_that_does_not_answer_is_no_place_without_the_answer(tmp_path: Path) -> None:
    """Else all would be paid for again, or forgotten whole, because a network is down."""
    ask(cached(tmp_path)[0], request())
    away = Unreachable(tmp_path)
    model, inner = cached(away)
    with pytest.raises(HomeError, match="does not answer"):
        ask(model, request())
    with pytest.raises(HomeError, match="does not answer"):
        forget_answers(away, ["m9"])
    assert inner.requests == []
    assert len(entries(LocalPlace(tmp_path))) == 1


def test_a_name_tells_the_call_and_where_it_is_long_time_and_cost() -> None:
    call = CallId("ab" * 32, 3, 1)
    assert named_by(f"{'ab' * 32}.3.1.json") == Named(call, None, None)
    assert named_by(f"{'ab' * 32}.3.1.{NOON.timestamp() * 1000:.0f}-1250-0123abcd.json") == Named(
        call, NOON, 1.25e-6
    )
    assert named_by(f"{'ab' * 32}.3.1.1000-unknown-0123abcd.json") == Named(
        call, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), None
    )
    assert named_by("notes.json") is None


@pytest.mark.real
def test_two_machines_that_ask_at_once_keep_both_answers_and_replay_the_same(
    bucket: Bucket,  # noqa: F811
    tmp_path: Path,
) -> None:
    together = Barrier(2)
    machines = [Meeting(bucket, tmp_path / name, together) for name in ("a", "b")]
    models = [cached(each, said)[0] for each, said in zip(machines, (one, other), strict=True)]
    with ThreadPoolExecutor(2) as threads:
        answers = [found for [found] in threads.map(lambda model: ask(model, request()), models)]
    assert [answer.content for answer in answers] == [{"said": "one"}, {"said": "other"}]
    key = hash_request(request(), endpoint="script", model="scripted")
    takes = find_takes(machines[0], key, 0)
    assert len(takes) == 2
    assert takes == find_takes(machines[1], key, 0)
    paid = sum(answer.cost_usd or 0 for answer in answers)
    assert sum(each.cost_usd or 0 for each in entries(machines[0])) == pytest.approx(paid)
    assert spent_in_month(machines[1], NOON.date(), UTC_ZONE) == pytest.approx(paid)
    assert ask(models[0], request()) == ask(models[1], request())


def one(_: Request) -> dict[str, str]:
    return {"said": "one"}


def other(_: Request) -> dict[str, str]:
    return {"said": "other"}


def test_a_home_keeps_answers_beside_its_tables_where_these_lie_on_s3(home: Home, tmp_path: Path) -> None:
    assert isinstance(answers_of(home), LocalPlace)
    flags = {"timezone": "UTC", "tables": "s3://bucket/team/"}
    away = open_home(tmp_path / "away", create=True, flags=flags)
    assert away.cache_uri == "s3://bucket/team/cache"
    place = answers_of(away)
    assert isinstance(place, S3Place)
    assert place.where(f"{'ab' * 32}.0.0.json").startswith("s3://bucket/team/cache/a/b/abab")
    moved = open_home(
        tmp_path / "moved", create=True, flags={"timezone": "UTC", "tables": str(tmp_path / "tables")}
    )
    assert isinstance(answers_of(moved), LocalPlace)


class Watched:
    """A place that notes which files are read."""

    def __init__(self, place: AnswerPlace) -> None:
        self._place = place
        self.names: list[str] = []

    def read_each(self, names: object) -> object:
        wanted = list(names)  # type: ignore[call-overload]
        self.names += wanted
        return self._place.read_each(wanted)

    def __getattr__(self, name: str) -> object:
        return getattr(self._place, name)


class Unreachable(LocalPlace):
    """A place whose names are known and whose files cannot be read now."""

    def read(self, name: str) -> bytes | None:
        raise HomeError("it does not answer")


class Meeting(S3Place):
    """One machine's view of a place, which writes when the other machine is about to."""

    def __init__(self, held: Bucket, machine: Path, together: Barrier) -> None:
        super().__init__(f"{held.uri}/cache", held.storage_options, machine=machine)
        self._together = together

    def write(self, name: str, content: bytes, *, at: datetime) -> None:
        self._together.wait(10)
        super().write(name, content, at=at)
