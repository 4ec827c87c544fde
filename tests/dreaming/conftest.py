"""A model on loopback that answers well, and homes that chose it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.dream import DreamPlan, DreamReport, dream
from rem_dagster.llm.opening import Asking
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.llm.server import Endpoint, serve
from tests.model_answers import answer_to


@dataclass(frozen=True)
class ModelHome:
    """A home whose settings choose a model that answers on loopback."""

    home: Home
    store: Store
    endpoint: Endpoint

    @property
    def calls(self) -> int:
        """How often the model was asked."""
        return len(self.endpoint.bodies)

    def choosing(self, **settings: Any) -> "ModelHome":
        """The same home under other settings."""
        changed = self.home.settings.model_copy(update=settings)
        return replace(self, home=replace(self.home, settings=changed))

    def named_offline(self) -> Home:
        """The home as a command sees it that was told `--llm offline`."""
        origins = {**self.home.origins, "llm": "flag"}
        settings = self.home.settings.model_copy(update={"llm": "offline"})
        return replace(self.home, settings=settings, origins=origins)  # type: ignore[arg-type]  # a plain dict

    def dream(self, asking: Asking | None = None, **plan: Any) -> DreamReport:
        """Dream by the engine that the settings choose."""
        engine = choose_engine(self.home, asking)
        return dream(self.home, self.store, engine, DreamPlan(**plan))


@pytest.fixture
def model_home(home: Home, store: Store) -> Iterator[ModelHome]:
    """A home that dreams with a model; answers cost 1 USD for a million tokens in, 10 for those out."""
    with serve(Endpoint(answer_to)) as endpoint:
        prices = {"llm_price_input_per_million": 1.0, "llm_price_output_per_million": 10.0}
        yield ModelHome(home, store, endpoint).choosing(llm="fake-1", llm_base_url=endpoint.url, **prices)
