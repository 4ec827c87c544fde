"""What does a small BERT make of a text, in numpy?

Six layers are little enough to be written out; the result is that of torch to the last digits.
Source: Devlin et al. 2018, BERT.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Vectors: TypeAlias = npt.NDArray[np.float32]
"""float32[n, dimension]."""
DIMENSION, HEADS, LAYERS = 384, 12, 6
CACHED_NUMBERS = 65_536
"""What fits into a core's cache: longer arrays are worked through in parts."""


@dataclass(frozen=True)
class Dense:
    """A linear step: `x @ weight + bias`."""

    weight: Vectors
    bias: Vectors

    def __call__(self, x: Vectors) -> Vectors:
        y: Vectors = x @ self.weight
        y += self.bias
        return y


@dataclass(frozen=True)
class Norm:
    """A layer normalisation, in place."""

    weight: Vectors
    bias: Vectors

    def __call__(self, x: Vectors) -> Vectors:
        x -= x.mean(-1, keepdims=True)
        x /= np.sqrt(np.einsum("ij,ij->i", x, x)[:, None] / np.float32(x.shape[1]) + np.float32(1e-12))
        x *= self.weight
        x += self.bias
        return x


@dataclass(frozen=True)
class Layer:
    """One block of the transformer; `attend` makes queries, keys and values at once."""

    attend: Dense
    attended: Dense
    attended_norm: Norm
    widen: Dense
    narrow: Dense
    narrow_norm: Norm


class Network:
    """The weights, laid out for multiplying."""

    def __init__(self, weights: Mapping[str, Vectors]) -> None:
        self._words = weights["embeddings.word_embeddings.weight"]
        kinds = weights["embeddings.token_type_embeddings.weight"]
        self._positions = weights["embeddings.position_embeddings.weight"] + kinds[0]
        self._norm = _norm(weights, "embeddings.LayerNorm")
        self._layers = [_layer(weights, f"encoder.layer.{number}.") for number in range(LAYERS)]

    def vectors(self, texts: Sequence[Sequence[int]]) -> Vectors:
        """The unit vectors of some texts, given as token ids: the mean over their tokens."""
        longest = max(map(len, texts))
        ids = np.zeros((len(texts), longest), np.intp)
        mask = np.zeros((len(texts), longest), np.float32)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1
        x = self._words[ids] + self._positions[:longest]
        x = self._norm(x.reshape(-1, DIMENSION))
        hidden = np.where(mask, np.float32(0), np.float32(-1e9))[:, None, None, :]
        for layer in self._layers:
            x = layer.attended_norm(layer.attended(_attention(layer.attend(x), hidden)) + x)
            x = layer.narrow_norm(layer.narrow(gelu(layer.widen(x))) + x)
        summed = np.einsum("nld,nl->nd", x.reshape(len(texts), longest, DIMENSION), mask)
        result: Vectors = summed / np.linalg.norm(summed, axis=1, keepdims=True)
        return result


def _attention(mixed: Vectors, hidden: Vectors) -> Vectors:
    """What each token takes from the others of its text; `hidden` is added where there is none."""
    texts, longest = hidden.shape[0], hidden.shape[-1]
    width = DIMENSION // HEADS
    query, key, value = mixed.reshape(texts, longest, 3, HEADS, width).transpose(2, 0, 3, 1, 4)
    weights: Vectors = (query * np.float32(width**-0.5)) @ key.swapaxes(2, 3)
    weights += hidden
    weights -= weights.max(-1, keepdims=True)
    np.exp(weights, out=weights)
    weights /= weights.sum(-1, keepdims=True)
    taken: Vectors = (weights @ value).transpose(0, 2, 1, 3).reshape(-1, DIMENSION)
    return taken


def gelu(x: Vectors) -> Vectors:
    """x times the normal distribution's share below x, to the precision of float32.

    Source: Abramowitz and Stegun 7.1.26 for erf, whose error is at most 1.5e-7.
    """
    result = np.empty_like(x)
    rows = max(1, CACHED_NUMBERS // x.shape[1])
    for start, end in pairwise([*range(0, len(x), rows), len(x)]):
        result[start:end] = _gelu(x[start:end])
    return result


def _gelu(x: Vectors) -> Vectors:
    scaled = np.abs(x)
    scaled *= np.float32(0.5**0.5)
    near = 1 / (np.float32(0.3275911) * scaled + 1)
    tail = near * np.float32(1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail += np.float32(factor)
        tail *= near
    np.multiply(scaled, -scaled, out=scaled)
    np.exp(scaled, out=scaled)
    tail *= scaled  # 1 - erf(|x| / sqrt 2)
    tail *= np.abs(x)
    result: Vectors = np.maximum(x, 0)
    result -= np.float32(0.5) * tail
    return result


def _layer(weights: Mapping[str, Vectors], prefix: str) -> Layer:
    parts = [_dense(weights, f"{prefix}attention.self.{part}") for part in ("query", "key", "value")]
    mixed = Dense(
        np.ascontiguousarray(np.concatenate([part.weight for part in parts], 1)),
        np.concatenate([part.bias for part in parts]),
    )
    return Layer(
        attend=mixed,
        attended=_dense(weights, prefix + "attention.output.dense"),
        attended_norm=_norm(weights, prefix + "attention.output.LayerNorm"),
        widen=_dense(weights, prefix + "intermediate.dense"),
        narrow=_dense(weights, prefix + "output.dense"),
        narrow_norm=_norm(weights, prefix + "output.LayerNorm"),
    )


def _dense(weights: Mapping[str, Vectors], name: str) -> Dense:
    return Dense(weights[f"{name}.weight"].T, weights[f"{name}.bias"])


def _norm(weights: Mapping[str, Vectors], name: str) -> Norm:
    return Norm(weights[f"{name}.weight"], weights[f"{name}.bias"])
