"""How is Lance imported without pandas, which it only looks for and does not need?

pyarrow asks once whether there is pandas and imports it for that, a quarter of a second of the processor, at
the latest when Lance imports `pyarrow.dataset`. It is told no for as long as Lance is imported, and told
better once somebody does import pandas:

    import lance ── pandas? no ──┬── nobody needs it: never imported
                                 └── import pandas ── pyarrow looks again, `to_pandas` works as ever
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from threading import Lock, get_ident
from types import ModuleType

_importing = Lock()


def import_lance() -> None:
    """Make `import lance` cheap: it is imported here, without pandas unless that is there already."""
    if "lance" in sys.modules:
        return
    with _importing:
        if "lance" not in sys.modules:
            _import_without_pandas()


def _import_without_pandas() -> None:
    if "pandas" in sys.modules:
        import lance
    else:
        finder = _LatePandas()
        sys.meta_path.insert(0, finder)
        try:
            _let_pyarrow_look()
            import lance  # noqa: F401
        finally:
            finder.hidden_from = None
        if "pandas" in sys.modules:  # another thread imported it meanwhile
            _let_pyarrow_look(again=True)


class _LatePandas(MetaPathFinder):
    """Has no pandas for the thread that imports Lance, and tells pyarrow of one that is imported later."""

    def __init__(self) -> None:
        self.hidden_from: int | None = get_ident()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Nothing but for pandas: what is found everywhere else, in a loader that tells pyarrow."""
        if fullname != "pandas":
            return None
        if self.hidden_from == get_ident():
            raise ModuleNotFoundError("Lance is imported without pandas", name=fullname)
        spec = PathFinder.find_spec(fullname, path, target)
        is_hiding = self.hidden_from is not None  # pyarrow's own lock is held then
        if spec is not None and type(spec.loader) is SourceFileLoader and not is_hiding:
            spec.loader = _Telling(fullname, spec.loader.path)
        return spec


class _Telling(SourceFileLoader):
    """Loads pandas, then has pyarrow find it."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        _let_pyarrow_look(again=True)


def _let_pyarrow_look(*, again: bool = False) -> None:
    """Have pyarrow ask whether there is pandas; once it was told no, only a use that needs it asks again."""
    from pyarrow.lib import _pandas_api

    if again:
        _pandas_api.pd  # noqa: B018
    else:
        _pandas_api.have_pandas  # noqa: B018
