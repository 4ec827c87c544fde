"""Places come into config.toml, and what was there stays."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import SettingsError
from rem_dagster.ingest.kept import KeptPlace, _with_entries, _with_me, is_kept, keep
from rem_dagster.settings import Home, open_home

WRITTEN = """\
# mine, do not touch
user = "ines"   # whose

[[sources]]     # the first
kind = "markdown"
path = "~/notes"

[threshold]
messages = 9
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def config_of(home: Home) -> Path:
    return home.path / "config.toml"


def test_a_place_is_added_and_every_line_that_was_there_stays(home: Home, own: Path) -> None:
    config_of(home).write_text(WRITTEN)
    place = KeptPlace("git", str(own / "code"), options={"emails": ["ana@example.org"]})
    kept = keep(open_home(home.path), [place], me=["Ana"])
    lines = [line for line in config_of(home).read_text().splitlines() if line.strip()]
    theirs = [line for line in WRITTEN.splitlines() if line.strip()]
    added = ['me = ["Ana"]', "[[sources]]", 'kind = "git"', 'path = "~/code"', 'emails = ["ana@example.org"]']
    assert lines == [theirs[0], added[0], *theirs[1:], *added[1:]]
    assert [(each.kind, each.path) for each in kept.settings.sources] == [
        ("markdown", "~/notes"),
        ("git", "~/code"),
    ]
    assert open_home(home.path).settings == kept.settings
    assert kept.settings.me == ("Ana",)
    assert kept.settings.sources[1].options == {"emails": ["ana@example.org"]}
    assert kept.settings.threshold.messages == 9


def test_the_same_place_again_changes_nothing(home: Home, own: Path) -> None:
    (own / "notes").mkdir()
    (own / "link").symlink_to(own / "notes")
    kept = keep(home, [KeptPlace("markdown", str(own / "notes"))], me=["Ana"])
    before = config_of(home).read_text()
    assert is_kept(kept, "markdown", str(own / "link"))
    keep(kept, [KeptPlace("markdown", str(own / "link"))], me=["Bea"])
    assert config_of(home).read_text() == before


def test_another_kind_at_the_same_place_is_another_source(home: Home, own: Path) -> None:
    kept = keep(home, [KeptPlace("markdown", str(own))])
    assert len(keep(kept, [KeptPlace("git", str(own))]).settings.sources) == 2


def test_a_file_that_would_not_be_valid_is_left_as_it_is(home: Home, own: Path) -> None:
    config_of(home).write_text("sources = []\n")
    with pytest.raises(SettingsError, match=r"Nothing was changed\. Add it by hand"):
        keep(open_home(home.path), [KeptPlace("git", "/code")])
    assert config_of(home).read_text() == "sources = []\n"


def test_a_config_that_is_a_link_stays_one(home: Home, own: Path) -> None:
    (own / "dotfiles.toml").write_text(WRITTEN)
    config_of(home).symlink_to(own / "dotfiles.toml")
    keep(open_home(home.path), [KeptPlace("git", "/code")])
    assert config_of(home).is_symlink()
    assert "/code" in (own / "dotfiles.toml").read_text()


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.one_of(TEXTS, st.integers(-(2**40), 2**40), st.booleans(), st.lists(TEXTS, max_size=3))


@given(
    before=st.sampled_from(["", "# only this", WRITTEN, "[threshold]\nmessages = 1", "\n\n[dagster]\n"]),
    where=TEXTS.filter(bool),
    options=st.dictionaries(st.sampled_from(["emails", "past_days", "anchor"]), VALUES),
    me=st.lists(TEXTS, max_size=2),
)
def test_whatever_is_added_is_read_back_as_it_was_meant(
    before: str, where: str, options: dict[str, object], me: list[str]
) -> None:
    after = _with_entries(_with_me(before, me), [KeptPlace("git", f"/{where}", options=options)])
    read = tomllib.loads(after)
    assert read["sources"][-1] == {"kind": "git", "path": f"/{where}", **options}
    assert read.get("me", []) == me
    assert {name: value for name, value in read.items() if name not in ("me", "sources")} == {
        name: value for name, value in tomllib.loads(before).items() if name != "sources"
    }
    assert [line for line in before.splitlines() if line and line not in after.splitlines()] == []
