"""How are single objects below an `s3://` address listed, read, written and removed?"""

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rem_dagster.errors import HomeError, SettingsError

if TYPE_CHECKING:
    from pyarrow.fs import S3FileSystem

SCHEME = "s3://"
AT_ONCE = 16
"""Objects that are read together: an answer takes some tens of milliseconds, whatever its size."""
PART = 256
"""Objects that are held in memory before somebody takes them."""
CONNECT_SECONDS, ANSWER_SECONDS = 5, 30
TRUE = ("1", "true", "yes", "on")
NAMES = {
    "access_key": ("aws_access_key_id", "access_key_id"),
    "secret_key": ("aws_secret_access_key", "secret_access_key"),
    "session_token": ("aws_session_token", "aws_token", "session_token", "token"),
    "region": ("aws_region", "region", "aws_default_region", "default_region"),
    "endpoint": ("aws_endpoint", "endpoint", "aws_endpoint_url", "endpoint_url"),
    "allow_http": ("aws_allow_http", "allow_http"),
    "virtual_hosted": ("aws_virtual_hosted_style_request", "virtual_hosted_style_request"),
}
"""What LanceDB's options are called. Source: the object_store crate's AmazonS3ConfigKey."""
REFUSED = (
    *("access_denied", "accessdenied", "status 403", "403 forbidden", "expiredtoken", "expired_token"),
    *("invalid_access_key", "invalidaccesskey", "invalid_client_token", "unrecognized_client"),
    *("signaturedoesnotmatch", "signature_does_not_match"),
)
ELSEWHERE = ("permanentredirect", "permanent_redirect", "status 301", "authorizationheadermalformed")
SILENT = (
    *("network_connection", "curlcode", "request_timeout", "operation timed out", "error sending request"),
    *("connection refused", "dns error", "slow_down", "service_unavailable", "503 service unavailable"),
)
REASONS = (
    (("no_such_bucket", "nosuchbucket"), "there is no such bucket: make it, or name another in `tables`"),
    (
        REFUSED,
        "the key was refused: see that aws_access_key_id and aws_secret_access_key in [storage_options] may "
        "list, read, write and delete there",
    ),
    (ELSEWHERE, "the bucket lies in another region: name it as aws_region in [storage_options]"),
    (
        SILENT,
        "it does not answer: see that the network is there and that endpoint in [storage_options] is right",
    ),
)
"""Words of the libraries, in lower case, and what they mean."""


def is_s3(uri: str | None) -> bool:
    """Whether an address is one of S3."""
    return bool(uri) and str(uri).startswith(SCHEME)


def reason_of(text: str) -> str | None:
    """What an error of S3 means for the one who set it up; None where the text tells nothing known."""
    said = text.lower()
    return next((reason for signs, reason in REASONS if any(sign in said for sign in signs)), None)


@dataclass(frozen=True)
class S3Object:
    """One object below a folder."""

    name: str
    """As a path relative to the folder."""
    size: int
    """Bytes."""
    changed_at: float
    """Seconds since 1970, by the clock of S3, which tells whole seconds."""


class S3Folder:
    """All objects whose keys begin with an address. Safe over threads; nothing is sent before it is used.

    An object is there whole or not at all. Nothing keeps two writers from the same name: the later wins.
    """

    def __init__(self, uri: str, storage_options: Mapping[str, str]) -> None:
        """See `uri`.

        Args:
            storage_options: as LanceDB takes them; what is not in it is looked for where AWS's tools do.
        """
        self.uri = uri.rstrip("/")
        self._options = {name.lower(): value for name, value in storage_options.items()}
        self._root = self.uri.removeprefix(SCHEME)
        self._is_known_to_be = False

    def objects(self, within: str = "") -> list[S3Object]:
        """What lies below a folder within, at any depth, in the order of names; empty when nothing does.

        Raises:
            HomeError: S3 cannot be reached or refuses.
        """
        from pyarrow.fs import FileSelector, FileType

        place = f"{self._root}/{within}".rstrip("/")
        with self._translated("list"):
            selector = FileSelector(place, recursive=True, allow_not_found=True)
            found = self._files.get_file_info(selector)
            if not found:
                self._require_bucket()
        held = [
            S3Object(each.path.removeprefix(f"{self._root}/"), each.size, each.mtime_ns / 1e9)
            for each in found
            if each.type is FileType.File
        ]
        return sorted(held, key=lambda each: each.name)

    def read(self, name: str) -> bytes | None:
        """What an object holds; None when it is not there.

        Raises:
            HomeError: S3 cannot be reached or refuses.
        """
        with self._translated("read"):
            try:
                with self._files.open_input_stream(f"{self._root}/{name}") as stream:
                    return bytes(stream.read())
            except FileNotFoundError:
                return None

    def objects_of(self, folders: Iterable[str]) -> Iterator[list[S3Object]]:
        """As `objects` for each of some folders, in their order, listed together."""
        with ThreadPoolExecutor(AT_ONCE) as listers:
            yield from listers.map(self.objects, folders)

    def read_each(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """As `read` for each of many objects, in their order, some read at a time."""
        wanted = list(names)
        with ThreadPoolExecutor(AT_ONCE) as readers:
            for at in range(0, len(wanted), PART):
                yield from readers.map(self.read, wanted[at : at + PART])

    def write(self, name: str, content: bytes) -> None:
        """Put an object there in one request; one of the same name is replaced.

        Raises:
            HomeError: S3 cannot be reached or refuses; nothing was written.
        """
        with self._translated("write"), self._files.open_output_stream(f"{self._root}/{name}") as stream:
            stream.write(content)

    def remove(self, name: str) -> None:
        """Remove an object; nothing happens when it is not there.

        Raises:
            HomeError: S3 cannot be reached or refuses.
        """
        with self._translated("remove"):
            try:
                self._files.delete_file(f"{self._root}/{name}")
            except FileNotFoundError:
                pass

    def copy(self, name: str, target: str) -> bool:
        """Copy an object to another address without fetching it; whether it was there.

        Args:
            target: `s3://...`, reached by the same options.

        Raises:
            HomeError: S3 cannot be reached or refuses.
        """
        with self._translated("copy"):
            try:
                self._files.copy_file(f"{self._root}/{name}", target.removeprefix(SCHEME))
            except FileNotFoundError:
                return False
        return True

    @cached_property
    def _files(self) -> "S3FileSystem":
        from pyarrow.fs import AwsStandardS3RetryStrategy, S3FileSystem

        scheme, endpoint = self._endpoint()
        return S3FileSystem(
            access_key=self._option("access_key"),
            secret_key=self._option("secret_key"),
            session_token=self._option("session_token"),
            region=self._option("region"),
            scheme=scheme,
            endpoint_override=endpoint,
            force_virtual_addressing=(self._option("virtual_hosted") or "").lower() in TRUE,
            connect_timeout=CONNECT_SECONDS,
            request_timeout=ANSWER_SECONDS,
            retry_strategy=AwsStandardS3RetryStrategy(max_attempts=3),
            allow_delayed_open=True,  # one PUT for what is small, instead of three requests
            background_writes=False,
        )

    def _endpoint(self) -> tuple[str, str | None]:
        endpoint = self._option("endpoint")
        if endpoint is None:
            return "https", None
        scheme, _, host = endpoint.rpartition("://")
        if scheme == "http" and (self._option("allow_http") or "").lower() not in TRUE:
            raise SettingsError(
                f"The endpoint {endpoint!r} of {self.uri} is reached without encryption. Nothing was sent. "
                'If that is meant, put allow_http = "true" into [storage_options] of config.toml.'
            )
        return scheme or "https", host.rstrip("/")

    def _option(self, name: str) -> str | None:
        return next((self._options[each] for each in NAMES[name] if each in self._options), None)

    def _require_bucket(self) -> None:
        """Tell an empty folder from a bucket that is not there, which looks the same in a list."""
        from pyarrow.fs import FileType

        if not self._is_known_to_be:
            bucket = self._root.split("/")[0]
            if self._files.get_file_info(bucket).type is FileType.NotFound:
                raise OSError(f"NO_SUCH_BUCKET {bucket}")
            self._is_known_to_be = True

    @contextmanager
    def _translated(self, action: str) -> Iterator[None]:
        try:
            yield
        except (HomeError, SettingsError):
            raise
        except (OSError, ValueError) as error:
            reason = reason_of(str(error)) or re.sub(r"\s+", " ", str(error))
            raise HomeError(
                f"Could not {action} in {self.uri}: {reason}. Then run the same command again; what was "
                "stored before is intact."
            ) from error
