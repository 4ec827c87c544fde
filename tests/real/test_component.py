"""A project of somebody else's that has the component, loaded by `dg` as its owner would."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.real
PROJECT = """\
[project]
name = "household"
version = "0.1.0"

[tool.dg]
directory_type = "project"

[tool.dg.project]
root_module = "household"
"""
DEFINITIONS = """\
from pathlib import Path

from dagster import definitions, load_from_defs_folder


@definitions
def defs():
    return load_from_defs_folder(path_within_project=Path(__file__).parent)
"""
COMPONENT = """\
type: rem_dagster.component.DreamingComponent
attributes:
  key_prefix: {name}
  home: {home}
  timezone: Europe/Lisbon
  sources:
    - kind: markdown
      path: {notes}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh project with two dreaming components."""
    place = tmp_path / "household"
    package = place / "src" / "household"
    package.mkdir(parents=True)
    (place / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "definitions.py").write_text(DEFINITIONS, encoding="utf-8")
    for name in ("alice", "bob"):
        folder = package / "defs" / name
        folder.mkdir(parents=True)
        (folder / "defs.yaml").write_text(
            COMPONENT.format(name=name, home=tmp_path / name, notes=tmp_path / "notes"), encoding="utf-8"
        )
    (package / "defs" / "__init__.py").write_text("", encoding="utf-8")
    return place


def dg(project: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        "PYTHONPATH": str(project / "src"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "VIRTUAL_ENV": sys.prefix,
        "DAGSTER_DG_CLI_CONFIG": str(project / "none.toml"),
    }
    return subprocess.run(
        [Path(sys.executable).with_name("dg"), *words],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_dg_finds_nothing_wrong_and_lists_both(project: Path) -> None:
    checked = dg(project, "check", "defs")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    listed = dg(project, "list", "defs", "--json")
    assert listed.returncode == 0, listed.stderr
    found = json.loads(listed.stdout)
    keys = {each["asset_key"] for each in found["assets"]}
    assert {"alice/moments", "bob/moments", "alice/weekly_summary", "bob/links"} <= keys
    assert {"alice_nightly", "bob_nightly"} <= {each["name"] for each in found["schedules"]}
    assert {"alice_late_activity", "bob_late_activity"} <= {each["name"] for each in found["sensors"]}


def test_a_wrong_attribute_is_told_with_its_place(project: Path) -> None:
    path = project / "src" / "household" / "defs" / "alice" / "defs.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("key_prefix", "key_prefx"), encoding="utf-8")
    checked = dg(project, "check", "yaml")
    assert checked.returncode != 0
    assert "key_prefx" in checked.stdout + checked.stderr
    assert "defs.yaml" in checked.stdout + checked.stderr
