"""How is a recipe remembered, so that its days can be made again when another one is chosen?"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from rem_dagster.dreaming.draft.choice import agentlet_path, is_offline
from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.draft.llm import load_agentlet
from rem_dagster.dreaming.terms import Terms, recipe_of
from rem_dagster.errors import HomeError
from rem_dagster.llm.endpoints import endpoint_of
from rem_dagster.settings import Home, write_private

FOLDER = "recipes"


class RecipeFile(BaseModel):
    """All that an engine is made of again; nothing of anybody's activity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str
    engine: str
    model: str | None = None
    endpoint: str | None = None
    """The address without credentials."""
    context_tokens: int | None = None
    agentlet: dict[str, Any] | None = None
    moment_types: dict[str, str]
    only_types: tuple[str, ...] | None = None
    min_minutes: int = 0

    @property
    def terms(self) -> Terms:
        """The terms that its days were made on."""
        return Terms(self.moment_types, self.only_types, self.min_minutes)


def note_recipe(home: Home, engine: Engine, terms: Terms) -> None:
    """Remember a recipe that days are made with now; the one used last is the youngest file.

    Raises:
        HomeError: it cannot be written; nothing was dreamt.
    """
    recipe = recipe_of(home, engine, terms)
    path = home.path / FOLDER / f"{recipe}.json"
    try:
        if path.exists():
            os.utime(path)
            return
        path.parent.mkdir(mode=0o700, exist_ok=True)
        held = RecipeFile(
            recipe=recipe,
            engine=engine.recipe.engine,
            moment_types=dict(terms.moment_types),
            only_types=terms.only_types,
            min_minutes=terms.min_minutes,
            **(_of_a_model(home) if engine.recipe.engine == "llm" and not is_offline(home) else {}),
        )
        write_private(path, held.model_dump_json(indent=1) + "\n")
    except OSError as error:
        raise HomeError(
            f"Could not write {path}: {error.strerror or error}. Nothing was dreamt. See that the home can "
            "be written."
        ) from error


def recipe_files(home: Home) -> list[RecipeFile]:
    """What is remembered, the one that was used last first; files that are none are passed over."""
    found: list[tuple[float, str, RecipeFile]] = []
    for path in (home.path / FOLDER).glob("*.json"):
        held = _read(path)
        if held is not None:
            found.append((path.stat().st_mtime, path.name, held))
    return [held for _, _, held in sorted(found, key=lambda each: each[:2], reverse=True)]


def _of_a_model(home: Home) -> Mapping[str, Any]:
    settings = home.settings
    endpoint = endpoint_of(settings.llm or "", base_url=settings.llm_base_url)
    agentlet = load_agentlet(agentlet_path(home))
    return {
        "model": endpoint.model,
        "endpoint": endpoint.address,
        "context_tokens": settings.llm_context_tokens,
        "agentlet": {
            "name": agentlet.name,
            "version": agentlet.version,
            "prompt": agentlet.prompt,
            "parameters": dict(agentlet.parameters),
            "output_schema": dict(agentlet.output_schema),
        },
    }


def _read(path: Path) -> RecipeFile | None:
    try:
        return RecipeFile.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError):
        return None
