"""Objects on S3: whatever goes wrong is said so that somebody knows what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from rem_dagster.errors import HomeError, SettingsError
from rem_dagster.s3 import S3Folder, is_s3, reason_of
from tests.s3 import Bucket, bucket, s3  # noqa: F401  # fixtures


def folder(endpoint: str, **options: str) -> S3Folder:
    held = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "aws_region": "us-east-1"}
    return S3Folder("s3://bucket/team", held | {"endpoint": endpoint, "allow_http": "true"} | options)


@contextmanager
def answering(status: int, code: str) -> Iterator[str]:
    """An S3 that answers all that it is asked so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_PUT = do_GET  # noqa: N815  # named by the standard library

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "AccessDenied", "the key was refused: see that aws_access_key_id"),
        (403, "InvalidAccessKeyId", "the key was refused"),
        (403, "SignatureDoesNotMatch", "the key was refused"),
        (404, "NoSuchBucket", "there is no such bucket: make it"),
        (301, "PermanentRedirect", "lies in another region: name it as aws_region"),
    ],
)
def test_each_refusal_says_what_to_do(status: int, code: str, said: str) -> None:
    with answering(status, code) as endpoint:
        away = folder(endpoint)
        for action in (away.objects, lambda: away.write("x", b"")):
            with pytest.raises(HomeError, match="s3://bucket/team") as raised:
                action()
            assert said in str(raised.value)


def test_a_refused_read_is_not_taken_for_nothing_there() -> None:
    with answering(403, "AccessDenied") as endpoint, pytest.raises(HomeError, match="the key was refused"):
        folder(endpoint).read("x")
    with answering(404, "NoSuchKey") as endpoint:
        assert folder(endpoint).read("x") is None


@pytest.mark.runs
def test_an_endpoint_that_is_not_there_is_said_to_be_silent() -> None:
    with pytest.raises(HomeError, match=r"it does not answer.*endpoint.*run the same command again"):
        folder("http://127.0.0.1:9").objects()


def test_an_endpoint_without_encryption_must_be_meant() -> None:
    with pytest.raises(SettingsError, match="without encryption"):
        folder("http://127.0.0.1:9", allow_http="false").objects()


def test_what_is_not_understood_is_told_as_it_is() -> None:
    with answering(400, "Riddle") as endpoint, pytest.raises(HomeError, match="Riddle"):
        folder(endpoint).write("x", b"")
    assert reason_of("a table's manifest differs") is None


@pytest.mark.parametrize("uri", [None, "", "/home/ines/tables", "gs://bucket", "tables"])
def test_only_its_own_scheme_is_s3(uri: str | None) -> None:
    assert not is_s3(uri)
    assert is_s3("s3://bucket/team")


@pytest.mark.real
def test_objects_are_listed_below_a_folder_read_replaced_and_removed(bucket: Bucket) -> None:  # noqa: F811
    held = S3Folder(f"{bucket.uri}/", bucket.storage_options)
    assert held.objects() == []
    for name in ("b/2", "b/1", "a/x/y"):
        held.write(name, name.encode())
    held.write("b/2", b"anew")
    assert [(each.name, each.size) for each in held.objects()] == [("a/x/y", 5), ("b/1", 3), ("b/2", 4)]
    assert [each.name for each in held.objects("b")] == ["b/1", "b/2"]
    assert list(held.read_each(["b/2", "none", "b/1"])) == [b"anew", None, b"b/1"]
    assert [len(each) for each in held.objects_of("abc")] == [1, 2, 0]
    held.remove("b/2")
    held.remove("b/2")
    assert [each.name for each in held.objects()] == ["a/x/y", "b/1"]


@pytest.mark.real
def test_options_are_called_as_lancedb_calls_them(bucket: Bucket) -> None:  # noqa: F811
    other = {
        "ACCESS_KEY_ID": "test",
        "secret_access_key": "test",
        "region": "us-east-1",
        "aws_endpoint": bucket.endpoint,
        "aws_allow_http": "True",
    }
    S3Folder(bucket.uri, bucket.storage_options).write("x", b"1")
    assert S3Folder(bucket.uri, other).read("x") == b"1"
