"""A journal that is served, and one browser, for all tests of a file; and time enough on a busy machine."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.real.journals import Lived, a_browser, make_home, served


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """The home with every state."""
    return make_home(tmp_path_factory.mktemp("journal") / "home")


@pytest.fixture(scope="module")
def base(lived: Lived) -> Iterator[str]:
    """Where it is served."""
    with served(lived.home.path) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all."""
    with a_browser() as opened:
        yield opened


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """What starts processes has a quarter of an hour, unless it says otherwise."""
    for item in items:
        if Path(__file__).parent in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(900))
