"""When two names are one: a table of cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.dreaming.spelling import first_name, fold, is_common, singulars

ALIKE = [
    ("DiskANN", "disk-ann"),
    ("DiskANN", "disk ann"),
    ("disk_ann", "Disk.ANN"),
    ("Tomás", "Tomas"),
    ("Müller", "MULLER"),
    ("Пётр", "Петр"),
    ("node.js", "NodeJS"),
    ("importlib.metadata", "importlib_metadata"),
    ("U.S.A.", "usa"),
    ("ＧＰＵ", "gpu"),
    ("GPT-4", "gpt 4"),
    ("Straße", "STRASSE"),
    ("ガラス", "ｶﾞﾗｽ"),
]
DIFFERENT = [
    ("C", "C++"),
    ("C#", "C"),
    (".NET", "net"),
    ("0.64", "06.4"),
    ("1.12", "11.2"),
    ("3.11", "311"),
    ("мой", "мои"),
    ("か", "が"),
    ("don't", "dont"),
    ("AC/DC", "ACDC"),
]
PLURALS = [
    ("unit tests", "unit-test"),
    ("queries", "query"),
    ("index pages", "indexPage"),
    ("boxes", "box"),
    ("branches", "branch"),
    ("classes", "class"),
    ("databases", "database"),
    ("URLs", "URL"),
    ("APIs", "api"),
    ("menus", "menu"),
]
NO_PLURALS = [
    ("news", "new"),
    ("Windows", "window"),
    ("glass", "glas"),
    ("goods", "good"),
    ("as", "a"),
    ("C++s", "c++"),
    ("tests unit", "test unit"),
    ("детис", "дети"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_spellings_of_one_name_are_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_tells_names_apart_is_kept(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(("plural", "singular"), PLURALS)
def test_a_plural_has_its_singular(plural: str, singular: str) -> None:
    assert fold(singular) in singulars(plural)


@pytest.mark.parametrize(("name", "other"), NO_PLURALS)
def test_what_only_looks_like_a_plural_has_none(name: str, other: str) -> None:
    assert fold(other) not in singulars(name)


@pytest.mark.parametrize(
    ("forms", "common"),
    [
        (["notes"], True),
        (["Notes", "notes"], True),
        (["Notes"], False),
        (["URLs"], True),
        (["unit Tests"], False),
        ([" "], False),
    ],
)
def test_a_name_of_its_own_is_no_common_word(forms: list[str], common: bool) -> None:
    assert is_common(forms) == common


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Ana Souza", "ana"),
        ("Ana Maria de Souza", "ana"),
        ("Jean-Luc Picard", "jeanluc"),
        ("Tomás Lima", "tomas"),
        ("Ana", None),
        ("Dr. Souza", None),
        ("Aunt Mary", None),
        ("J Doe", None),
        ("Ana 2", None),
        ("the whole team of the loader", None),
    ],
)
def test_a_first_name_is_the_first_word_of_a_full_name(name: str, first: str | None) -> None:
    assert first_name(name) == first


@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text(alphabet="ab1 .-_é", max_size=12))
def test_case_changes_nothing(name: str) -> None:
    assert fold(name.upper()) == fold(name)
