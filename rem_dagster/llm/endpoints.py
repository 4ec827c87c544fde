"""Where does a model answer, whose key is sent there, and is that place this machine's own?"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from rem_dagster.errors import SettingsError

Use = Literal["llm", "embedding", "transcription"]
MODEL_SETTINGS: Mapping[Use, str] = MappingProxyType(
    {"llm": "llm", "embedding": "embedding_model", "transcription": "transcription_model"}
)
"""The setting that names the model."""


@dataclass(frozen=True)
class Preset:
    """What is known of a provider or a server program."""

    name: str
    base_url: str | None
    """None when everybody has their own."""
    key_variable: str | None
    """The environment variable that holds the key; None when none is wanted."""
    note: str
    """What a person should know, as in docs/models.md."""
    price_provider: str | None = None
    """Its name in genai-prices."""


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset("openai", "https://api.openai.com/v1", "OPENAI_API_KEY", "Enforces schemas.", "openai"),
            Preset(
                "azure",
                None,
                "AZURE_OPENAI_API_KEY",
                "Give https://RESOURCE.openai.azure.com/openai/v1 as llm_base_url; the model is the "
                "deployment's name.",
                "azure",
            ),
            Preset(
                "openrouter",
                "https://openrouter.ai/api/v1",
                "OPENROUTER_API_KEY",
                "Whether a schema is enforced depends on the provider that serves the model.",
                "openrouter",
            ),
            Preset(
                "ollama",
                "http://localhost:11434/v1",
                None,
                "Cuts long prompts silently: start it with OLLAMA_CONTEXT_LENGTH and set llm_context_tokens "
                "to the same. MLX builds and the cloud take a schema and do not enforce it.",
            ),
            Preset(
                "lmstudio", "http://localhost:1234/v1", None, "Load the model with a context of 8192 or more."
            ),
            Preset(
                "vllm", "http://localhost:8000/v1", None, "Enforces schemas. --max-model-len is its context."
            ),
            Preset(
                "llamacpp", "http://localhost:8080/v1", None, "Start llama-server with --jinja and -c 8192."
            ),
        )
    }
)


@dataclass(frozen=True)
class Endpoint:
    """A model at an address."""

    model: str
    base_url: str
    key_variable: str | None
    preset: Preset | None
    """Whose address it is; None for an address that is nobody's known one, whatever the model is called."""
    use: Use = "llm"
    """What it is for: the settings that choose it begin with that."""

    @property
    def address(self) -> str:
        """The URL without credentials, query and trailing slash: fit to be shown and kept."""
        parts = urlsplit(self.base_url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))

    @property
    def is_local(self) -> bool:
        """Whether it is this machine or its private network."""
        return is_local(self.base_url)


def name_of(model: str) -> str:
    """The name of a model written as `MODEL` or `PRESET:MODEL`."""
    head, _, rest = model.partition(":")
    return rest if rest and head in PRESETS else model


def endpoint_of(
    model: str, *, base_url: str | None = None, key_variable: str | None = None, use: Use = "llm"
) -> Endpoint:
    """The endpoint of a model written as `MODEL` or `PRESET:MODEL`.

    A plain model without an address is OpenAI's. A preset's key is sent to the preset's own host and nowhere
    else: another address gets the key only of a variable that is named for it.

    Raises:
        SettingsError: the address is none, or the preset has none of its own.
    """
    head, colon, rest = model.partition(":")
    chosen = PRESETS.get(head) if colon and rest else None
    name = name_of(model)
    if not base_url:
        preset = chosen or PRESETS["openai"]
        if preset.base_url is None:
            raise SettingsError(
                f"{MODEL_SETTINGS[use]} is {model!r}, and {preset.name} has no address of its own. "
                f"{preset.note.replace('llm_', f'{use}_')}"
            )
        return Endpoint(name, preset.base_url, key_variable or preset.key_variable, preset, use)
    if not _is_address(base_url):
        raise SettingsError(
            f"{use}_base_url is no http or https address such as 'http://localhost:11434/v1'. "
            "Nothing was sent."
        )
    preset_of_host = next((one for one in PRESETS.values() if _is_at(one, base_url)), None)
    variable = key_variable or (preset_of_host.key_variable if preset_of_host else None)
    return Endpoint(name, base_url, variable, preset_of_host, use)


def is_local(base_url: str) -> bool:
    """Whether an address is loopback, private or link-local.

    Names other than `localhost` are not looked up: where they lead may change from one call to the next.
    """
    try:
        host = (urlsplit(base_url).hostname or "").rstrip(".")
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private or address.is_link_local


def _is_address(base_url: str) -> bool:
    try:
        parts = urlsplit(base_url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _is_at(preset: Preset, base_url: str) -> bool:
    parts = urlsplit(base_url)
    if preset.name == "azure":
        return parts.scheme == "https" and (parts.hostname or "").endswith(".openai.azure.com")
    if preset.base_url is None:
        return False
    own = urlsplit(preset.base_url)
    return (parts.scheme, parts.hostname, parts.port) == (own.scheme, own.hostname, own.port)
