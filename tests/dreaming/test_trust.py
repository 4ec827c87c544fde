"""Whose words are whose, from what was imported to what was dreamt; and what is nobody's but ours."""

from pathlib import Path
from typing import Any

from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.ingest.importing import OWN_OUTPUT, import_source
from rem_dagster.model.own_output import BEGIN, END
from rem_dagster.settings import Home
from rem_dagster.sources.markdown import MarkdownSource
from rem_dagster.store.database import Store
from tests.activity import rows
from tests.ingest.items import NINE, NOW, page, put, said, talk

FEELING = "I am so frustrated with the deploy of the billing service, it broke again this morning."
PLAN = "Tomorrow I will send the signed contract to the landlord before noon."


def dreamt(home: Home, store: Store) -> list[dict[str, Any]]:
    dream(home, store, choose_engine(home), DreamPlan())
    return rows(store, "moments")


def claimed(moments: list[dict[str, Any]]) -> tuple[set[str], int, set[str]]:
    """Feelings, the number of plans, and trust."""
    feelings = {tag for each in moments for tag in each["emotion_tags"]}
    plans = sum(len(each["intentions"]) for each in moments)
    return feelings, plans, {each["trust"] for each in moments}


def test_ones_own_feelings_and_plans_come_to_the_moment(home: Home, store: Store) -> None:
    put(home, store, talk(), said(1, text=FEELING), said(2, text=PLAN))
    assert claimed(dreamt(home, store)) == ({"frustrated"}, 1, {"own"})


def test_those_of_others_do_not_and_the_moment_says_whose_it_is(home: Home, store: Store) -> None:
    theirs = {"trust": "third_party", "author": "Bob"}
    put(home, store, talk(), said(1, text=FEELING, **theirs), said(2, text=PLAN, **theirs))
    assert claimed(dreamt(home, store)) == (set(), 0, {"third_party"})


def test_a_moment_is_trusted_as_the_least_of_its_sources(home: Home, store: Store) -> None:
    put(
        home,
        store,
        talk(),
        said(1, text=FEELING),
        said(
            2,
            text="The deploy of the billing service failed on a full disk.",
            author="Bob",
            trust="third_party",
        ),
    )
    feelings, _, trust = claimed(dreamt(home, store))
    assert feelings == {"frustrated"}
    assert trust == {"third_party"}


def test_what_rem_wrote_is_not_read_back(home: Home, store: Store, tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault/day.md").write_text(f"Mine.\n\n{BEGIN}\nDreamt text.\n{END}\n")
    (tmp_path / "vault/export.md").write_text("---\ngenerated_by: rem_dagster\n---\nDreamt text.\n")
    source = MarkdownSource(tmp_path / "vault", "v")
    report = import_source(home, store, source, user_id="ines", now=NOW)
    assert report.reasons[("skipped", None, OWN_OUTPUT)] == 1
    put(home, store, talk(), said(1, text=f"so {BEGIN}Dreamt text.{END}", at=NINE))
    put(home, store, page("Dreamt text.", metadata={"generated_by": "rem_dagster"}))
    texts = [row["content"] for table in ("messages", "resources") for row in rows(store, table)]
    assert len(texts) == 2
    assert not any("Dreamt" in text for text in texts)
