"""Where a model answers, and whose key goes there."""

import pytest

from rem_dagster.errors import SettingsError
from rem_dagster.llm.endpoints import PRESETS, endpoint_of, is_local

AZURE = "https://mine.openai.azure.com/openai/v1/"


@pytest.mark.parametrize(
    ("model", "base_url", "expected"),
    [
        ("gpt-5-mini", None, ("gpt-5-mini", "https://api.openai.com/v1", "OPENAI_API_KEY")),
        ("openai:gpt-5-mini", None, ("gpt-5-mini", "https://api.openai.com/v1", "OPENAI_API_KEY")),
        ("ollama:llama3.2:3b", None, ("llama3.2:3b", "http://localhost:11434/v1", None)),
        ("llama3.2:3b", "http://10.0.0.5:11434/v1", ("llama3.2:3b", "http://10.0.0.5:11434/v1", None)),
        ("openrouter:a/b:free", None, ("a/b:free", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY")),
        ("azure:my-mini", AZURE, ("my-mini", AZURE.rstrip("/"), "AZURE_OPENAI_API_KEY")),
    ],
)
def test_a_model_is_found_by_preset_and_address(
    model: str, base_url: str | None, expected: tuple[str, str, str | None]
) -> None:
    found = endpoint_of(model, base_url=base_url)
    assert (found.model, found.address, found.key_variable) == expected


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://api.openai.com.example.com/v1",
        "http://api.openai.com/v1",  # not encrypted
        "https://api.openai.com:8443/v1",
        "https://api.openai.com@example.com/v1",
        "https://openai.azure.com.example.com/v1",
    ],
)
def test_a_preset_s_key_goes_to_its_own_host_alone(elsewhere: str) -> None:
    for model in ("gpt-5-mini", "openai:gpt-5-mini", "azure:mini"):
        assert endpoint_of(model, base_url=elsewhere).key_variable is None
    named = endpoint_of("gpt-5-mini", base_url=elsewhere, key_variable="GATEWAY_KEY")
    assert named.key_variable == "GATEWAY_KEY"


def test_credentials_and_queries_are_not_shown() -> None:
    found = endpoint_of("m", base_url="https://ines:pw@example.com:8443/v1/?token=t#f")
    assert found.address == "https://example.com:8443/v1"


@pytest.mark.parametrize(
    "wrong", ["localhost:11434", "ftp://example.com", "http://", "http://[", "http://a:b/v1"]
)
def test_what_is_no_address_is_said(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"llm_base_url is no http or https address.*Nothing was sent"):
        endpoint_of("m", base_url=wrong)


def test_azure_wants_an_address() -> None:
    with pytest.raises(SettingsError, match=r"azure has no address of its own.*RESOURCE\.openai\.azure\.com"):
        endpoint_of("azure:my-mini")


@pytest.mark.parametrize(
    ("base_url", "local"),
    [
        ("http://localhost:1/v1", True),
        ("http://api.localhost/v1", True),
        ("http://127.9.9.9/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://192.168.1.20/v1", True),
        ("http://172.16.0.1/v1", True),
        ("http://[fd00::1]/v1", True),
        ("http://169.254.0.9/v1", True),
        ("http://8.8.8.8/v1", False),
        ("http://172.32.0.1/v1", False),
        ("https://api.openai.com/v1", False),
        ("http://localhost.example.com/v1", False),
        ("http://localhost@example.com/v1", False),
        ("http://127.0.0.1.example.com/v1", False),
        ("http://ollama:11434/v1", False),  # a name may lead anywhere
        ("nonsense", False),
    ],
)
def test_local_is_what_needs_no_looking_up(base_url: str, local: bool) -> None:
    assert is_local(base_url) is local


def test_local_presets_want_no_key_and_others_do() -> None:
    assert set(PRESETS) == {"openai", "azure", "openrouter", "ollama", "lmstudio", "vllm", "llamacpp"}
    for preset in PRESETS.values():
        assert (preset.key_variable is None) == (preset.base_url is not None and is_local(preset.base_url))
