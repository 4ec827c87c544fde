"""Small git repositories, made by git itself."""

import os
import subprocess
from pathlib import Path

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def git(
    folder: Path, *arguments: str, at: str = "2024-05-01T09:30:00+02:00", email: str = "ines@example.org"
) -> str:
    """What a git command prints; commits have this date and author."""
    environment = {
        **CLEAN,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_AUTHOR_NAME": email.split("@", maxsplit=1)[0].title(),
        "GIT_AUTHOR_EMAIL": email,
        "GIT_AUTHOR_DATE": at,
        "GIT_COMMITTER_NAME": "Committer",
        "GIT_COMMITTER_EMAIL": "committer@example.org",
        "GIT_COMMITTER_DATE": at,
    }
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def new_repository(folder: Path) -> Path:
    """An empty repository."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


def commit(
    folder: Path,
    message: str,
    *,
    file: str = "a.txt",
    text: str | None = None,
    at: str = "2024-05-01T09:30:00+02:00",
    email: str = "ines@example.org",
) -> str:
    """Commit one file, and return the sha."""
    place = folder / file
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text((place.read_text() if place.exists() else "") + (text or f"{message}\n"))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message, at=at, email=email)
    return git(folder, "rev-parse", "HEAD")
