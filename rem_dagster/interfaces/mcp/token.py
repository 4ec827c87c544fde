"""Which token does a client of the HTTP server show?

It is made once, kept in the home where its owner alone can read it, and never printed but when asked for.
"""

import secrets

from rem_dagster.errors import HomeError
from rem_dagster.settings import Home, write_private

FILE = "mcp-token"
BYTES = 32


def token_of(home: Home) -> str:
    """The home's token, made where there is none.

    Raises:
        HomeError: the file cannot be read or written, or holds none.
    """
    path = home.path / FILE
    try:
        if not path.exists():
            write_private(path, secrets.token_urlsafe(BYTES) + "\n", replace=False)
        token = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise HomeError(f"Could not read the token in {path}: {error}. Nothing was served.") from error
    if len(token) < BYTES:
        raise HomeError(
            f"{path} holds no token. Nothing was served. `rem mcp token --new` makes another one."
        )
    return token


def renew_token(home: Home) -> str:
    """Another token; clients that show the one before are refused from the server's next start on."""
    write_private(home.path / FILE, secrets.token_urlsafe(BYTES) + "\n")
    return token_of(home)
