"""What the repository promises to people who install it."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import rem_dagster
from rem_dagster import errors

ROOT = Path(__file__).parents[2]
PATHS = re.compile(r"https?://|/home/|/root/|/work/|\bfile:")


def test_constraints_hold_names_and_versions_only() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line[:1] != "#"]
    assert len(lines) > 50
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+", line)] == []


def test_every_direct_dependency_is_pinned() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    wanted = set(re.findall(r'^  "([A-Za-z0-9-]+)[><=]', project, flags=re.MULTILINE))
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
    }
    assert {name for name in wanted if name.lower() not in pinned} == set()


def _modules() -> list[str]:
    skipped = ("rem_dagster.defs", "rem_dagster.definitions")
    found = pkgutil.walk_packages(rem_dagster.__path__, "rem_dagster.")
    return [module.name for module in found if not module.name.startswith(skipped)]


@pytest.mark.parametrize("name", _modules())
def test_every_module_says_in_one_sentence_what_it_is_for(name: str) -> None:
    text = importlib.import_module(name).__doc__
    assert text
    assert text.strip().splitlines()[0].rstrip().endswith((".", "?", ":", ")"))


@pytest.mark.parametrize("name", _modules())
def test_all_names_exist(name: str) -> None:
    module = importlib.import_module(name)
    assert [each for each in getattr(module, "__all__", []) if not hasattr(module, each)] == []


def test_every_error_is_drawn_in_the_tree_and_descends_from_one_root() -> None:
    kinds = [each for each in vars(errors).values() if isinstance(each, type)]
    assert all(issubclass(kind, errors.RemError) for kind in kinds)
    assert [kind.__name__ for kind in kinds if kind.__name__ not in (errors.__doc__ or "")] == []


@pytest.mark.parametrize("path", ["Makefile", "constraints.txt", "dagster.yaml", "workspace.yaml"])
def test_configuration_names_no_host_and_no_path_of_a_machine(path: str) -> None:
    assert not PATHS.search((ROOT / path).read_text())


def test_the_environment_is_read_in_one_place() -> None:
    readers = [
        path.relative_to(ROOT / "rem_dagster").as_posix()
        for path in (ROOT / "rem_dagster").rglob("*.py")
        if re.search(r"os\.environ|\bos\.getenv|import getenv", path.read_text(encoding="utf-8"))
    ]
    assert readers == ["settings/environment.py"]
