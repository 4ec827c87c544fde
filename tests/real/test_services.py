"""The servers that real tests start: reachable, empty, restartable, and gone afterwards."""

import socket

import psycopg2
import pytest
from sqlalchemy import create_engine, text

from tests.services import postgres_server, redis_server

pytestmark = pytest.mark.real


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_postgres_gives_each_its_own_empty_database_and_ends_with_the_block() -> None:
    with postgres_server() as postgres:
        one, other = postgres.new_database(), postgres.new_database()
        with create_engine(one).begin() as connection:
            connection.execute(text("CREATE TABLE kept (value int)"))
        with create_engine(other).begin() as connection:
            assert connection.execute(text("SELECT to_regclass('kept')")).scalar() is None
    assert not listens(postgres.port)
    assert not postgres.place.exists()


def test_postgres_keeps_what_it_holds_over_a_restart_and_breaks_connections() -> None:
    with postgres_server() as postgres:
        postgres.run_sql("CREATE TABLE kept AS SELECT 7 AS value")
        held = psycopg2.connect(host="127.0.0.1", port=postgres.port, user="rem", dbname="postgres")
        postgres.run_sql("CHECKPOINT")
        postgres.restart()
        with pytest.raises(psycopg2.OperationalError):
            held.cursor().execute("SELECT 1")
        assert postgres.run_sql("SELECT value FROM kept") == [(7,)]


def test_redis_answers_and_ends_with_the_block() -> None:
    with redis_server() as redis:
        with socket.create_connection(("127.0.0.1", redis.port)) as connection:
            connection.sendall(b"PING\r\n")
            assert connection.recv(16) == b"+PONG\r\n"
        assert redis.url.endswith(f":{redis.port}/0")
    assert not listens(redis.port)
