"""What README and docs show really works."""

import re
from pathlib import Path

import pytest
import typer.main

from rem_dagster.interfaces.cli.main import app
from rem_dagster.memory import Memory
from rem_dagster.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
COMMANDS = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    (code,) = blocks("README.md", "python")
    assert "~/memory" in code
    exec(code.replace("~/memory", str(tmp_path / "home")), {})
    assert Memory.open(tmp_path / "home").search("release", table="moments")


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_shown_exists(page: str) -> None:
    text = "\n".join([*blocks(page, "bash"), *re.findall(r"`([^`\n]+)`", (ROOT / page).read_text())])
    shown = set(re.findall(r"(?:^|\s)rem (?:--\w+ \S+ )*([a-z]+)", text, flags=re.MULTILINE))
    assert shown <= COMMANDS
    assert shown or page != "README.md"


def test_the_example_of_config_toml_is_valid_and_names_real_defaults(tmp_path: Path) -> None:
    (text,) = blocks("docs/operating.md", "toml")
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    settings, _ = load_settings(tmp_path / "config.toml", {})
    assert [source.kind for source in settings.sources] == ["markdown", "git", "jsonl"]
    assert settings.threshold == Settings().threshold
    assert settings.dagster == Settings().dagster


def test_the_example_of_generic_jsonl_lands_whole(tmp_path: Path) -> None:
    (text,) = blocks("docs/operating.md", "json")
    path = tmp_path / "a.jsonl"
    path.write_text(text, encoding="utf-8")
    report = Memory.open(tmp_path / "home", create=True, flags={"timezone": "UTC"}).import_path(path)
    assert (report.new, report.failed, report.notices) == (3, 0, 0)


@pytest.mark.parametrize("page", PAGES)
def test_links_to_files_of_the_project_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)|src=\"(?!https?:)([^\"]+)\"", text)
    for link in (first or second for first, second in links):
        assert ((ROOT / page).parent / link).exists(), link
