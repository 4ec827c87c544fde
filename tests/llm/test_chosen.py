"""From settings to a model: chosen on purpose, with its key read by the name of its variable."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from rem_dagster.errors import SettingsError
from rem_dagster.llm.client import open_chat_model
from rem_dagster.llm.interface import Request, Turn
from rem_dagster.llm.prices import Price
from rem_dagster.settings import Settings, load_settings, secret
from tests.llm.server import Endpoint, serve

KEY = "sk-proj-Abc123"
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
}


def test_a_key_in_the_environment_chooses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(SettingsError, match="No model is chosen"):
        open_chat_model(Settings())


def test_a_missing_key_is_named_by_its_variable() -> None:
    with pytest.raises(
        SettingsError, match=r"wants a key in OPENAI_API_KEY, which is not set\. Nothing was sent"
    ):
        open_chat_model(Settings(llm="gpt-5-mini"))


def test_the_named_variable_s_key_is_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GATEWAY_KEY", f" {KEY}\n")
    monkeypatch.setenv("OPENAI_API_KEY", "another")
    with serve(Endpoint(lambda _: {"a": "b"}, key=KEY)) as served:
        settings = Settings(
            llm="fake-1",
            llm_base_url=served.url,
            llm_api_key_env="GATEWAY_KEY",
            llm_price_input_per_million=1,
            llm_price_output_per_million=2,
        )
        model = open_chat_model(settings, rungs_path=tmp_path / "rungs.json")
        answer = asyncio.run(model.answer(Request([Turn("user", "?")], "d", SCHEMA)))
    assert answer.content == {"a": "b"}
    assert model.price == Price(1, 2)
    assert (tmp_path / "rungs.json").exists()


def test_model_settings_come_from_the_environment_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "REM_LLM_API_KEY_ENV": "GATEWAY_KEY",
        "REM_LLM_CONCURRENCY": "3",
        "REM_LLM_TIMEOUT_SECONDS": "7.5",
        "REM_LLM_CONTEXT_TOKENS": "8192",
        "REM_LLM_PRICE_INPUT_PER_MILLION": "0.1",
        "REM_LLM_PRICE_OUTPUT_PER_MILLION": "0.4",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    found, origins = load_settings(tmp_path / "config.toml", {})
    assert (found.llm_api_key_env, found.llm_concurrency, found.llm_timeout_seconds) == (
        "GATEWAY_KEY",
        3,
        7.5,
    )
    assert (found.llm_context_tokens, found.llm_price_input_per_million) == (8192, 0.1)
    assert origins["llm_concurrency"] == "environment"


def test_a_key_in_place_of_its_variable_s_name_is_refused_and_not_repeated(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'llm_api_key_env = "{KEY}"\n')
    with pytest.raises(SettingsError, match=r"llm_api_key_env .*names a variable") as caught:
        load_settings(config, {})
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(("value", "held"), [(None, None), ("", None), ("  ", None), (" k\n", "k")])
def test_a_secret_is_what_its_variable_holds(
    monkeypatch: pytest.MonkeyPatch, value: str | None, held: str | None
) -> None:
    if value is not None:
        monkeypatch.setenv("SOME_KEY", value)
    assert secret("SOME_KEY") == held


@pytest.mark.parametrize("module", ["interface", "scripted", "tokens", "endpoints", "prices", "client"])
def test_importing_loads_neither_the_sdk_nor_the_list_of_prices(module: str) -> None:
    heavy = "{'openai', 'httpx2', 'genai_prices', 'dagster', 'lancedb'}"
    script = f"import sys, rem_dagster.llm.{module}; sys.exit(str({heavy} & sys.modules.keys() or ''))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr.strip() in ("", "set()"), done.stderr
