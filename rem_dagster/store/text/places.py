"""Where does a term stand?"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Places:
    """Where a term stands: `docs` ascending, `tfs` how often there; both of one length."""

    docs: Ints
    tfs: npt.NDArray[np.float32]
