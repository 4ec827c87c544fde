"""When are two web addresses the same page, and which issue or commit is one?

https://www.Example.org:443/a/?utm_source=x#top   =   http://example.org/a
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

URL = re.compile(r"https?://[^\s<>\"'`\\^{}|\[\]]+", re.IGNORECASE)
LONGEST = 2_000
"""Characters; longer ones carry data."""
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|igshid|ref_src|_hs\w+|si", re.IGNORECASE)
TAIL = ".,;:!?*_~'\""
PAIRS = {")": "(", "]": "[", "}": "{"}
ISSUE_PATH = re.compile(
    r"/(?:.+/)?[^/]+/(?P<repo>[^/]+)/(?:-/)?(?:issues|pull|pulls|merge_requests)/(?P<number>\d{1,7})(?:/.*)?"
)
COMMIT_PATH = re.compile(r"/.+/(?:-/)?commits?/(?P<sha>[0-9a-f]{7,40})(?:/.*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """What an address leads to."""

    key: str
    """The same for all spellings of one page."""
    issue: str | None = None
    """`repo#12` where it is an issue or a request to merge."""
    sha: str | None = None
    """The commit that it shows."""


@lru_cache(maxsize=20_000)
def address_of(url: str) -> Address | None:
    """The page that an address names; None where it names none."""
    url = _without_tail(url)
    if len(url) > LONGEST:
        return None
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    place = f"{host}:{port}" if port not in (None, 80, 443) else host
    kept = sorted((name, value) for name, value in _query(parts.query) if not TRACKING.fullmatch(name))
    path = parts.path.rstrip("/")
    issue, commit = ISSUE_PATH.fullmatch(path), COMMIT_PATH.fullmatch(path)
    return Address(
        key=place + path + (f"?{urlencode(kept)}" if kept else ""),
        issue=f"{issue['repo']}#{int(issue['number'])}" if issue else None,
        sha=commit["sha"].lower() if commit else None,
    )


def _query(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True)
    except ValueError:
        return [(query, "")]


def _without_tail(url: str) -> str:
    """An address as a sentence ends after it: its full stop, and a bracket that it does not open."""
    while url:
        last = url[-1]
        is_unopened = last in PAIRS and url.count(last) > url.count(PAIRS[last])
        if last not in TAIL and not is_unopened:
            return url
        url = url[:-1]
    return url
