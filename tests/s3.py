"""An S3 on loopback: a moto server in a process of its own, and a fresh bucket for each test.

    from tests.s3 import Bucket, bucket, s3  # noqa: F401  # fixtures

    def test_something(bucket: Bucket, tmp_path: Path) -> None:
        home = bucket.open_home(tmp_path / "home")          # in this process
        Store(bucket.uri, bucket.storage_options)
        bucket.configure(tmp_path / "home")                 # for other processes: config.toml

A test that asks for `bucket` is skipped where moto is not installed. Credentials are not checked by moto,
but a bucket that is not there is.
"""

import argparse
import importlib.util
import json
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, PIPE
from urllib.request import Request, urlopen

import pytest

from rem_dagster.settings import Home, open_home

NO_MOTO = "moto is not installed: pip install 'moto[server]' (it is in the extra `dev`)"


@dataclass(frozen=True)
class Bucket:
    """A bucket, empty at first, and a prefix in it for one home's tables and cache."""

    endpoint: str
    name: str = field(default_factory=lambda: f"bucket-{secrets.token_hex(6)}")
    prefix: str = "team/home"

    @property
    def uri(self) -> str:
        """Where a home's tables lie: the value of the setting `tables`."""
        return f"s3://{self.name}/{self.prefix}"

    @property
    def storage_options(self) -> dict[str, str]:
        """What reaches it: the setting `storage_options`."""
        return {
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
            "aws_region": "us-east-1",
            "endpoint": self.endpoint,
            "allow_http": "true",
        }

    def make(self) -> "Bucket":
        """Make it at the server."""
        urlopen(Request(f"{self.endpoint}/{self.name}", method="PUT")).close()
        return self

    def open_home(self, place: Path, **flags: object) -> Home:
        """A home at a place, made when there is none, whose tables and cache lie in the bucket."""
        held = {"timezone": "UTC", "tables": self.uri, "storage_options": self.storage_options}
        return open_home(place, create=True, flags=held | flags)

    def configure(self, place: Path, more: str = "") -> None:
        """Write the `config.toml` of a home, so that every process finds the bucket.

        Args:
            more: further lines of the file, before its tables.
        """
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        options = [f"{name} = {json.dumps(value)}" for name, value in self.storage_options.items()]
        lines = [f"tables = {json.dumps(self.uri)}", more, "[storage_options]", *options]
        (place / "config.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


@contextmanager
def running() -> Iterator[str]:
    """A server until the block ends; its address. Skips the test where moto is not installed."""
    if importlib.util.find_spec("moto") is None or importlib.util.find_spec("flask_cors") is None:
        pytest.skip(NO_MOTO)
    command = [sys.executable, "-m", "tests.s3", "--until-stdin-ends"]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, cwd=root, text=True, stdin=PIPE, stdout=PIPE, stderr=DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            assert address, "moto did not start: run `python -m tests.s3` to see why"
            yield address
        finally:
            process.stdin.close()
            process.wait(10)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a server: one for all tests of a module."""
    with running() as address:
        yield address


@pytest.fixture
def bucket(s3: str) -> Bucket:
    """A bucket of the test's own."""
    return Bucket(s3).make()


def main(arguments: list[str] | None = None) -> None:
    """Serve until the process is ended, or its stdin where that is asked for."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: object) -> None:
            """Say nothing of each request."""

    parser = argparse.ArgumentParser(prog="tests.s3", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--until-stdin-ends", action="store_true")
    given = parser.parse_args(arguments)
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", given.port, application, threaded=True, request_handler=Quiet)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201
    if given.until_stdin_ends:  # so that no server outlives the test that started it
        threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
