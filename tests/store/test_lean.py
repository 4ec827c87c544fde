"""Tests of importing Lance without pandas; each in a process of its own, which has imported nothing yet."""

import subprocess
import sys
from textwrap import dedent


def ran(script: str) -> None:
    done = subprocess.run([sys.executable, "-c", dedent(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_table_is_read_without_pandas_and_pandas_works_later(tmp_path):
    ran(f"""
        import sys
        import lance, pyarrow as pa
        lance.write_dataset(pa.table({{"id": ["a"], "x": [1]}}), {str(tmp_path / "t.lance")!r})
    """)
    ran(f"""
        import sys
        from rem_dagster.store.database import Store
        rows = Store({str(tmp_path)!r}).read("t")
        import pyarrow as pa
        assert pa.array([1, 2]).to_pylist() == [1, 2]
        assert "lance" in sys.modules and "pandas" not in sys.modules
        frame = rows.to_pandas()
        assert frame["x"].tolist() == [1] and type(frame).__module__.startswith("pandas")
    """)


def test_what_pandas_made_goes_into_arrow_though_pandas_came_last():
    ran("""
        from rem_dagster.store.lean import import_lance
        import_lance()
        import pandas as pd, pyarrow as pa
        assert pa.types.is_dictionary(pa.array(pd.Series(pd.Categorical(["a", "b", "a"]))).type)
        held = pa.Table.from_pandas(pd.DataFrame({"x": [1, None], "day": pd.to_datetime(["2025-01-02"] * 2)}))
        assert held["x"].null_count == 1 and pa.types.is_timestamp(held["day"].type)
        import importlib
        assert importlib.reload(pd) is pd
    """)


def test_pandas_that_was_there_first_stays_known():
    ran("""
        import pandas as pd
        from rem_dagster.store.lean import import_lance
        import_lance()
        import pyarrow as pa
        assert pa.types.is_dictionary(pa.array(pd.Series(pd.Categorical(["a"]))).type)
    """)


def test_another_thread_may_import_pandas_meanwhile():
    ran("""
        import threading
        from rem_dagster.store.lean import import_lance
        import pyarrow as pa
        failed = []

        def use_pandas():
            try:
                import pandas
                pandas.DataFrame({"x": [1]})
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=each) for each in (import_lance, use_pandas, import_lance)]
        for each in threads: each.start()
        for each in threads: each.join(60)
        assert not failed and not any(each.is_alive() for each in threads), failed
        import pandas as pd
        assert pa.types.is_dictionary(pa.array(pd.Series(pd.Categorical(["a"]))).type)
    """)
