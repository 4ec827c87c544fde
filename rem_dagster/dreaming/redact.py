"""Which secrets must neither a model nor a reader of moments see?

Each rule is anchored on a form that is not prose: a provider's key prefix, a PEM block, a checksum.
A secret becomes its kind and a keyed hash, so that two mentions of one secret stay recognisable:
`[openai-key 3f9a1c]`.
"""

import hashlib
import hmac
import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from rem_dagster.model.day import Day
from rem_dagster.settings import Home


@dataclass(frozen=True)
class Rule:
    """A kind of secret: its pattern, and a check that a match really is one.

    The secret is the group named `secret`, or the whole match.
    """

    kind: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = lambda _: True


def redact_day(day: Day, key: bytes) -> Day:
    """The day with every secret in its texts and names replaced."""
    return replace(
        day,
        items=tuple(
            replace(
                item,
                text=redact(item.text, key),
                name=redact(item.name, key) if item.name else item.name,
                session_title=redact(item.session_title, key) if item.session_title else item.session_title,
            )
            for item in day.items
        ),
    )


def redact(text: str, key: bytes) -> str:
    """The text with every secret replaced by its kind and a keyed hash."""
    for rule in RULES:
        text = rule.pattern.sub(lambda match, rule=rule: _replace(match, rule, key), text)  # type: ignore[misc]  # a default argument binds the rule
    return text


def redactor(home: Home) -> Callable[[str], str]:
    """What takes secrets out of a text of this home, for code that may not know how."""
    key = bytes.fromhex(home.file.hmac_key)
    return lambda text: redact(text, key)


def _replace(match: re.Match[str], rule: Rule, key: bytes) -> str:
    whole = match.group(0)
    secret = match.groupdict().get("secret") or whole
    if not rule.holds(secret):
        return whole
    mark = hmac.new(key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:6]
    start = match.start("secret") - match.start() if "secret" in match.groupdict() else 0
    return f"{whole[:start]}[{rule.kind} {mark}]{whole[start + len(secret) :]}"


def _passes_luhn(text: str) -> bool:
    """Source: ISO/IEC 7812-1, annex B."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) < 3:
        return False
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_iban(text: str) -> bool:
    """Source: ISO 13616, remainder 1 modulo 97 after moving the first four letters to the end."""
    compact = text.replace(" ", "")
    if not 15 <= len(compact) <= 34:
        return False
    digits = "".join(str(int(letter, 36)) for letter in compact[4:] + compact[:4])
    return int(digits) % 97 == 1


def _looks_random(text: str) -> bool:
    """Letters mixed with digits, at more than 3 bits a character."""
    if not (re.search(r"\d", text) and re.search(r"[A-Za-z]", text)):
        return False
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) > 3.0


RULES = (
    Rule(
        "private-key",
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*?"
            r"(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\Z)",
            re.DOTALL,
        ),
    ),
    Rule("anthropic-key", re.compile(r"\bsk-ant-[A-Za-z0-9_-]{20,}")),
    Rule("openai-key", re.compile(r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}")),
    Rule("github-token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})")),
    Rule("gitlab-token", re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}")),
    Rule("aws-key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    Rule("google-key", re.compile(r"\bAIza[0-9A-Za-z_-]{35}")),
    Rule("slack-token", re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}")),
    Rule("stripe-key", re.compile(r"\b[srp]k_(?:live|test)_[A-Za-z0-9]{16,}")),
    Rule("huggingface-token", re.compile(r"\bhf_[A-Za-z0-9]{30,}")),
    Rule("pypi-token", re.compile(r"\bpypi-[A-Za-z0-9_-]{40,}")),
    Rule("npm-token", re.compile(r"\bnpm_[A-Za-z0-9]{36}\b")),
    Rule("jwt", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}")),
    Rule("password", re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{1,80}:(?P<secret>[^\s@/]{3,200})@")),
    Rule(
        "secret",
        re.compile(
            r"(?i)\b[\w.-]{0,40}(?:api[_-]?key|secret|token|passw(?:or)?d|access[_-]?key)[\w.-]{0,20}"
            r"[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?P<secret>[A-Za-z0-9+/_.=-]{12,200})"
        ),
        _looks_random,
    ),
    Rule("iban", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"), _is_iban),
    Rule("card", re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])"), _passes_luhn),
)
