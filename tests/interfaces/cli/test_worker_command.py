"""What `rem worker` and `rem up` need before runs go to workers."""

from pathlib import Path

import pytest
import yaml

from rem_dagster.errors import HomeError, SettingsError
from rem_dagster.interfaces.cli.instance import EARLIER_CONFIGS, prepare_instance, require_workers
from rem_dagster.interfaces.cli.main import main
from rem_dagster.settings import Home

REDIS, POSTGRES = "redis://127.0.0.1:1/0", "postgresql+psycopg2://rem@127.0.0.1:1/rem"


def test_a_worker_without_a_redis_says_what_to_set(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["worker", "--home", str(home.path)]) == 2
    assert "REM_REDIS_URL names none. Nothing was started." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"REM_REDIS_URL": REDIS}, "REM_POSTGRES_URL must name a Postgres"),
        ({"REM_REDIS_URL": "127.0.0.1:6379", "REM_POSTGRES_URL": POSTGRES}, r"REM_REDIS_URL begins with"),
        ({"REM_REDIS_URL": REDIS, "REM_POSTGRES_URL": "postgresql://x"}, r"REM_POSTGRES_URL begins with"),
    ],
)
def test_what_workers_lack_is_named(
    home: Home, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said):
        require_workers()
    with pytest.raises(SettingsError, match=said):
        prepare_instance(home)
    assert not (home.dagster_path / "dagster.yaml").exists()


def test_the_instance_follows_the_environment_until_somebody_edits_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def config() -> dict[str, object]:
        return dict(yaml.safe_load((prepare_instance(home) / "dagster.yaml").read_text()))

    assert not {"storage", "run_launcher"} & config().keys()
    monkeypatch.setenv("REM_POSTGRES_URL", POSTGRES)
    assert config()["storage"]["custom"]["config"] == {"postgres_url": {"env": "REM_POSTGRES_URL"}}
    monkeypatch.setenv("REM_REDIS_URL", REDIS)
    assert config()["run_launcher"]["module"] == "rem_dagster.worker"  # type: ignore[index]  # it is a mapping
    monkeypatch.delenv("REM_REDIS_URL")
    assert "run_launcher" not in config()
    file = Path(home.dagster_path / "dagster.yaml")
    file.write_text(EARLIER_CONFIGS[0])
    assert "custom" in config()["storage"]  # type: ignore[operator]  # it is a mapping
    file.write_text("telemetry: {enabled: false}\n")
    assert list(config()) == ["telemetry"]


def test_a_run_does_not_fill_the_terminal_with_its_steps(home: Home) -> None:
    """Without a level Dagster writes a line for each event of each run there, some hundred a night."""
    file = prepare_instance(home) / "dagster.yaml"
    assert yaml.safe_load(file.read_text())["python_logs"] == {"python_log_level": "INFO"}
    for earlier in EARLIER_CONFIGS:
        file.write_text(earlier)
        assert "python_logs" in yaml.safe_load((prepare_instance(home) / "dagster.yaml").read_text())


def test_an_instance_that_cannot_be_written_is_an_error_that_says_so(home: Home) -> None:
    home.dagster_path.write_text("a file where the directory should be")
    with pytest.raises(HomeError, match=r"dagster\.yaml cannot be read or written: .* home can be written"):
        prepare_instance(home)
