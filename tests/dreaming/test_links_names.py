"""Forms of names: tables of what is taken for a form, and of what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.dreaming.sameness_said import are_one_person, said_in
from rem_dagster.dreaming.spelling_forms import (
    initials,
    is_slip,
    numeronym,
    organization,
    project,
    usual_name,
    versioned,
    without_ending,
)
from rem_dagster.dreaming.spelling_names import called, parts_of, short_name, short_names
from rem_dagster.dreaming.spelling_scripts import letter_forms, sounds


@pytest.mark.parametrize(
    ("slip", "name"),
    [
        ("Kubernets", "Kubernetes"),
        ("Dagsetr", "Dagster"),
        ("Priyya Raman", "Priya Raman"),
        ("Postgrus", "Postgres"),
    ],
)
def test_one_inner_letter_is_a_slip(slip: str, name: str) -> None:
    assert is_slip(slip, name)
    assert is_slip(name, slip)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("React", "Preact"), ("HTTP", "HTTPS"), ("Kim Larsen", "Tim Larsen"), ("Maria", "Mario")),
        *(("GPT-4", "GPT-5"), ("staging-db-1", "staging-db-2"), ("cat", "cut"), ("Dagster", "Dgastre")),
        ("Dagster", "dag-ster"),
    ],
)
def test_what_is_another_name_is_no_slip(one: str, other: str) -> None:
    assert not is_slip(one, other)


def test_among_people_another_letter_is_another_name() -> None:
    assert is_slip("Marta Silva", "Maria Silva")
    assert not is_slip("Marta Silva", "Maria Silva", may_swap=False)


def test_forms_of_things() -> None:
    assert organization("Acme, Inc.") == organization("ACME GmbH") == "acme"
    assert organization("Inc.") in ("inc", "inc.")
    assert project("the Atlas project") == project("Project Atlas") == "atlas"
    assert versioned("Datasette v0.64") == versioned("datasette 0.64")
    assert versioned("v2") == versioned("graph") == ""
    assert without_ending("Vue.js") == "vue"
    assert numeronym("Kubernetes") == "k8s"
    assert numeronym("two words") == numeronym("e2e") == ""
    assert initials("Hierarchical Navigable Small World") == "hnsw"
    assert initials("vector search") == ""
    assert usual_name("Postgres") == usual_name("PostgreSQL")


def test_names_of_people() -> None:
    assert parts_of("Souza, Ana") == ("Ana", "Souza")
    assert parts_of("Robert Lee, Jr.") == ("Robert", "Lee", "Jr.")
    assert "robert lee" in called("Bob Lee") & called("Robert Lee")
    assert not called("Robert Lee Jr.")
    assert {"bob", "r. lee", "lee"} <= short_names("Robert Lee")
    assert [short_name(each) for each in ("Bob", "R. Lee", "Dr. Lee", "Robert Lee", "Lee Jr.")] == [
        *("bob", "r. lee", "lee", None, None)
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Пётр", "Pyotr"), ("Пётр", "Petr"), ("Юлия", "Yulia"), ("さくら", "Sakura"), ("ヒロシ", "Hiroshi")],
)
def test_names_in_two_scripts_sound_alike(one: str, other: str) -> None:
    assert sounds(one) & sounds(other)


def test_letters_that_english_lacks() -> None:
    assert letter_forms("Søren") & letter_forms("Soren")
    assert letter_forms("Müller") & letter_forms("Mueller")
    assert not letter_forms("Müller") & letter_forms("Miller")
    assert sounds("王伟") == frozenset()


SAID = [
    ("Falcon, aka Ledger, starts.", True),
    ("Falcon (also known as Ledger) starts.", True),
    ("Falcon is short for “Ledger”.", True),
    ("Falcon (Ledger) starts.", False),
    ("Is Falcon short for Ledger?", False),
    ("Falcon is not known as Ledger.", False),
    ("Falcon and Ledger, aka nothing.", False),
    ("Falconry, aka Ledgers.", False),
]


@pytest.mark.parametrize(("text", "is_said"), SAID)
def test_a_text_says_that_two_names_are_one_or_it_does_not(text: str, is_said: bool) -> None:
    assert bool(list(said_in(text, {"Falcon": "f", "Ledger": "l"}))) == is_said


def test_brackets_say_so_of_names_that_look_alike() -> None:
    names = {"Bob": "b", "Robert Lee": "r", "Lisbon": "en", "Lisboa": "pt", "Rust": "x"}
    for text, pair in (("Bob (Robert Lee) is in.", ("b", "r")), ("to Lisbon (Lisboa), then", ("en", "pt"))):
        assert [said[:2] for said in said_in(text, names)] == [pair]
    assert not list(said_in("Bob (Rust) is in; Lisbon (Lisboa", names))


def test_a_called_thing_must_be_of_its_kind() -> None:
    assert list(said_in("a database called Falcon", {"database": "d", "Falcon": "f"})) == [("d", "f", True)]


@pytest.mark.parametrize(
    ("address", "one", "other", "are_one"),
    [
        ("ana.souza@lab.example", "asouza", "Ana Souza", True),
        ("wang.wei@port.example", "王伟", "Wang Wei", True),
        ("blee@lab.example", "Bob Lee", "Robert Lee", True),
        ("dev@lab.example", "Ana Souza", "asouza", False),
        ("ana.souza@lab.example", "Ana Souza", "Tom Berg", False),
        ("x17@lab.example", "Ana Souza", "asouza", False),
    ],
)
def test_an_address_is_one_person_s_or_it_is_shared(
    address: str, one: str, other: str, are_one: bool
) -> None:
    assert are_one_person(address, one, other) == are_one


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_text_is_a_name(one: str, other: str) -> None:
    for name in (one, other):
        letter_forms(name), sounds(name), short_names(name), short_name(name), called(name)
        (
            organization(name),
            project(name),
            versioned(name),
            without_ending(name),
            initials(name),
            numeronym(name),
        )
    assert is_slip(one, other) == is_slip(other, one)
    list(said_in(f"{one} aka {other}", {one: "1", other: "2"} if one and other else {}))
