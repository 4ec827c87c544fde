"""How is git run so that neither its settings nor its failures surprise us?"""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rem_dagster.errors import SourceError
from rem_dagster.settings import environment_without

# safe.directory: a repository on a mounted disk or of another user is only read, never run from
SETTINGS = (
    "safe.directory=*",
    "core.quotePath=false",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "i18n.logOutputEncoding=UTF-8",
    "log.showSignature=false",
    "log.showRoot=true",
    "diff.algorithm=myers",
    "diff.orderFile=/dev/null",
    "maintenance.auto=false",
)
BLOCK = 1 << 20


def run_git(path: Path, *arguments: str, check: bool = True) -> bytes:
    """What a git command prints; nothing when it fails and `check` is false.

    Raises:
        SourceError: git is missing, the folder cannot be read, or the command failed.
    """
    with stream_git(path, *arguments, check=check) as blocks:
        return b"".join(blocks)


@contextmanager
def stream_git(path: Path, *arguments: str, check: bool = True) -> Iterator[Iterator[bytes]]:
    """The blocks that a git command prints, while it runs; left early, the command is ended.

    Raises:
        SourceError: as `run_git`; a failure shows when the last block was read.
    """
    if not path.is_dir():
        reason = "it is not a folder" if path.exists() else "there is no such folder"
        raise SourceError(f"Could not read the repository {str(path)!r}: {reason}. Nothing was changed.")
    settings = [word for setting in SETTINGS for word in ("-c", setting)]
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                ["git", *settings, "-C", str(path), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                # in a hook GIT_DIR names the hook's repository, whatever -C says
                env=environment_without("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"),
            )
        except OSError as error:
            raise SourceError(
                f"Could not run git to read {str(path)!r}: {error.strerror or error}. Nothing was changed. "
                "Install git, and see that `git --version` works."
            ) from error
        assert process.stdout is not None  # as asked for above
        with process.stdout as output:
            try:
                yield iter(lambda: output.read(BLOCK), b"")
            except BaseException:
                process.kill()
                process.wait()
                raise
            finished = output.read(1) == b""
        if not finished:
            process.kill()
        failed = process.wait() != 0
        if failed and finished and check:
            errors.seek(0)
            raise SourceError(_explained(path, errors.read().decode("utf-8", "replace")))


def _explained(path: Path, told: str) -> str:
    if "not a git repository" in told:
        return (
            f"{str(path)!r} is not a git repository. Nothing was changed. "
            "Name the folder that holds `.git`, or a bare repository."
        )
    return f"git could not read {str(path)!r}: {told.strip() or 'it gave no reason'}. Nothing was changed."
