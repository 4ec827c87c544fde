"""How is a table shown as if it held one user's rows alone?"""

from collections.abc import Mapping
from typing import Any

import lance
import pyarrow.compute as pc


class UserDataset(lance.LanceDataset):  # type: ignore[misc]  # lance ships no types
    """A table whose every scan is cut to one user.

    DuckDB asks a registered dataset for scanners; the cut is made there, so that no SQL can reach
    around a view to the rows of others.
    """

    def __init__(self, uri: str, storage_options: Mapping[str, str], *, user_id: str) -> None:
        super().__init__(uri, storage_options=dict(storage_options) or None)
        self._user_id = user_id

    def scanner(self, *args: Any, **options: Any) -> Any:
        """A scanner of this user's rows that also pass `filter`, an Arrow expression."""
        own = pc.field("user_id") == pc.scalar(self._user_id)
        asked = options.pop("filter", None)
        return super().scanner(*args, filter=own if asked is None else own & asked, **options)
