"""Which settings hold, and where did each come from?

Precedence, for each: flag > `REM_*` variable > `config.toml` of the home > default.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from rem_dagster.errors import SettingsError
from rem_dagster.settings.environment import given_in_environment
from rem_dagster.settings.values import UNSHOWN, Settings

Origin = Literal["flag", "environment", "config.toml", "home.json", "default"]
ENVIRONMENT = {
    "user": "REM_USER",
    "timezone": "REM_TIMEZONE",
    "day_starts_at": "REM_DAY_STARTS_AT",
    "week_starts_on": "REM_WEEK_STARTS_ON",
    "llm": "REM_LLM",
    "llm_base_url": "REM_LLM_BASE_URL",
    "llm_api_key_env": "REM_LLM_API_KEY_ENV",
    "llm_concurrency": "REM_LLM_CONCURRENCY",
    "llm_timeout_seconds": "REM_LLM_TIMEOUT_SECONDS",
    "llm_context_tokens": "REM_LLM_CONTEXT_TOKENS",
    "agentlet": "REM_AGENTLET",
    "llm_price_input_per_million": "REM_LLM_PRICE_INPUT_PER_MILLION",
    "llm_price_output_per_million": "REM_LLM_PRICE_OUTPUT_PER_MILLION",
    "embedding_model": "REM_EMBEDDING_MODEL",
    "embedding_base_url": "REM_EMBEDDING_BASE_URL",
    "embedding_api_key_env": "REM_EMBEDDING_API_KEY_ENV",
    "embedding_price_per_million": "REM_EMBEDDING_PRICE_PER_MILLION",
    "transcription_model": "REM_TRANSCRIPTION_MODEL",
    "transcription_base_url": "REM_TRANSCRIPTION_BASE_URL",
    "transcription_api_key_env": "REM_TRANSCRIPTION_API_KEY_ENV",
    "transcription_price_per_minute": "REM_TRANSCRIPTION_PRICE_PER_MINUTE",
    "tables": "REM_TABLES",
    "monthly_cap_usd": "REM_MONTHLY_CAP_USD",
    "sync_minutes": "REM_SYNC_MINUTES",
    "idle_minutes": "REM_IDLE_MINUTES",
}


def load_settings(config: Path, flags: Mapping[str, object]) -> tuple[Settings, dict[str, Origin]]:
    """Settings and their origins from a config file, the environment and flags."""
    from_file = read_config(config)
    values: dict[str, Any] = dict(from_file)
    origins: dict[str, Origin] = dict.fromkeys(Settings.model_fields, "default")
    origins |= dict.fromkeys(from_file, "config.toml")
    given = given_in_environment(ENVIRONMENT)
    values |= given
    origins |= dict.fromkeys(given, "environment")
    for name, value in flags.items():
        if value is not None:
            values[name] = value
            origins[name] = "flag"
    try:
        return Settings.model_validate(values), origins
    except ValidationError as error:
        raise SettingsError(explain(error, origins, config)) from error


def read_config(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"Could not read {path}: {error}. Nothing was changed.") from error


def explain(error: ValidationError, origins: Mapping[str, Origin], path: Path) -> str:
    lines = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"])
        origin = origins.get(str(problem["loc"][0]) if problem["loc"] else "", "default")
        where = path if origin in ("config.toml", "default") else origin
        got = "" if name.split(".")[0] in UNSHOWN else f", got {problem['input']!r}"
        lines.append(f"{name} ({where}): {problem['msg']}{got}")
    return "; ".join(lines) + ". Nothing was changed."
