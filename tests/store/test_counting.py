"""Statements of ours over stored rows, side by side in one process."""

import pyarrow as pa

from rem_dagster.store.counting import counting


def test_what_one_registers_no_other_sees_and_nothing_of_it_stays() -> None:
    with counting() as one, counting() as other:
        one.register("source", pa.table({"n": [1, 2]}))
        other.register("source", pa.table({"n": [3]}))
        assert one.sql("SELECT sum(n) FROM source").fetchall() == [(3,)]
        assert other.sql("SELECT sum(n) FROM source").fetchall() == [(3,)]
        assert other.sql("SELECT count(*) FROM source").fetchall() == [(1,)]
    with counting() as later:
        assert later.sql("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchall() == [(0,)]


def test_threads_count_at_the_same_time() -> None:
    from concurrent.futures import ThreadPoolExecutor

    def total(upto: int) -> int:
        with counting() as connection:
            connection.register("source", pa.table({"n": list(range(upto))}))
            ((found,),) = connection.sql("SELECT sum(n) FROM source").fetchall()
            return int(found)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(total, range(1, 40))) == [sum(range(upto)) for upto in range(1, 40)]
