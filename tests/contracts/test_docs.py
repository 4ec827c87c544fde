"""What README and docs show really works."""

import re
import runpy
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer.main
import yaml

from rem_dagster.interfaces.cli.main import app, main
from rem_dagster.interfaces.cli.usage import commands_in
from rem_dagster.llm.endpoints import PRESETS
from rem_dagster.memory import Memory
from rem_dagster.settings import ENVIRONMENT, Settings, load_settings, open_home
from tests.activity import MONDAY, chat_day, fill, message

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
FOUND = typer.main.get_command(app).commands  # type: ignore[attr-defined]
COMMANDS = set(FOUND)
OPTIONS = {
    name: {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    | {"--help", "--debug"}
    for name, command in FOUND.items()
    if not hasattr(command, "commands")
}

SHARED = (
    "--home",
    "--user",
    "--json",
    "--timezone",
    "--start",
    "--end",
    "--case",
    "--max-cost",
)
OWN_WORDS = {("rem import", "--user")}
"""Where an option of that name means something of its own."""


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.runs
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
    (text,) = (block for block in blocks("docs/operating.md", "toml") if "sources" in block)
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    settings, _ = load_settings(tmp_path / "config.toml", {})
    assert [source.kind for source in settings.sources] == ["markdown", "git", "jsonl"]
    assert settings.threshold == Settings().threshold
    assert settings.dagster == Settings().dagster


def test_the_commands_about_types_of_moments_do_what_is_said(tmp_path: Path) -> None:
    (text,) = (block for block in blocks("docs/operating.md", "bash") if "rem types" in block)
    home = open_home(tmp_path / "home", create=True, flags={"timezone": "UTC"})
    for line in text.splitlines():
        assert main(["--home", str(home.path), *shlex.split(line, comments=True)[1:]]) == 0
    assert list(open_home(home.path).file.moment_types) == ["exercise", "prediction"]


@pytest.mark.runs
def test_the_commands_and_the_python_about_corrections_do_what_is_said(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home", create=True, flags={"timezone": "UTC"})
    memory = Memory(home, None)
    memory.store.create()
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    days = (yesterday - MONDAY.date()).days
    meant = message(901, MONDAY + timedelta(days=days - 5), content="I will book the flight to Porto.")
    fill(home, memory.store, [meant, *chat_day(days)])
    memory.dream()
    (code,) = blocks("docs/corrections.md", "python")
    exec(code.replace('"~/memory"', repr(str(home.path)) + ', user_id="ines"'), {})
    (text,) = blocks("docs/corrections.md", "bash")
    for line in text.splitlines():
        words = shlex.split(line.partition("  #")[0])[1:]
        assert main(["--home", str(home.path), *words]) == 0, line
    moments = memory.timeline(datetime.now(UTC) - timedelta(days=3), datetime.now(UTC))
    assert list(moments["name"]) == ["Stand-up with Priya", "Loader and release"]


def test_the_example_of_a_run_s_config_is_one() -> None:
    (text,) = (block for block in blocks("docs/operating.md", "yaml") if "dreams:" in block)
    from rem_dagster.defs.dreams import DreamConfig

    config = yaml.safe_load(text)["ops"]["dreams"]["config"]
    assert DreamConfig(**config).max_cost_usd == 0.5


def test_the_example_of_a_component_is_one() -> None:
    (text,) = (block for block in blocks("docs/operating.md", "yaml") if "DreamingComponent" in block)
    from rem_dagster.component import DreamingComponent

    told = yaml.safe_load(text)
    assert told["type"] == f"{DreamingComponent.__module__}.{DreamingComponent.__name__}"
    assert DreamingComponent.model_validate(told["attributes"]).key_prefix == "alice"


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


@pytest.mark.parametrize("page", PAGES)
def test_every_option_that_is_shown_exists(page: str) -> None:
    shown = [line for block in blocks(page, "bash") for line in block.splitlines() if line.startswith("rem ")]
    for line in shown:
        words = line.partition("#")[0].split()
        command = OPTIONS.get(words[1])
        if command is not None:
            assert {word for word in words if word.startswith("--")} <= command, line


def test_the_settings_and_presets_of_the_page_on_models_are_real(tmp_path: Path) -> None:
    for number, text in enumerate(blocks("docs/models.md", "toml")):
        (tmp_path / f"{number}.toml").write_text(text, encoding="utf-8")
        load_settings(tmp_path / f"{number}.toml", {})
    page = (ROOT / "docs/models.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"^\| `(\w+)` \| `(REM_\w+)` \|", page, flags=re.MULTILINE))
    assert named
    assert {name: ENVIRONMENT[name] for name in named} == named
    for preset in PRESETS.values():
        (row,) = re.findall(rf"^\| {preset.name} \|.*$", page, flags=re.MULTILINE)
        assert preset.base_url is None or f"`{preset.base_url}`" in row
        assert f"`{preset.key_variable}`" in row if preset.key_variable else "| none |" in row


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    told = runpy.run_path(str(ROOT / "docs/cli.py"))["page"]()
    assert (ROOT / "docs/cli.md").read_text(encoding="utf-8") == told, "`make docs` writes the page anew"


def test_an_option_that_commands_share_is_told_in_the_same_words() -> None:
    said: dict[str, set[tuple[str | None, str | None]]] = {}
    for name, command in commands_in(typer.main.get_command(app)):
        for each in command.params:
            if each.param_type_name == "option" and (name, each.opts[0]) not in OWN_WORDS:
                said.setdefault(each.opts[0], set()).add((each.metavar, each.help))
    assert {name: words for name, words in said.items() if name in SHARED and len(words) > 1} == {}
