"""Which longer or shorter forms do names of things have?

Acme Inc. = Acme     Atlas project = Atlas     Datasette v0.64 = Datasette 0.64     Vue.js = Vue
k8s = Kubernetes     JS = JavaScript           HNSW : Hierarchical Navigable Small World
Kubernets ~ Kubernetes                         a slip: one letter, neither first nor last
"""

import re
from functools import lru_cache

from rem_dagster.dreaming.spelling import fold

LEAST_NAME = 2
LEAST_SLIP = 6
"""Letters of the shortest name in which a slip is seen: in short ones a letter makes another word."""
LEAST_INITIALS = 3
_LEGAL = re.compile(
    r"[\s,]+(?:inc|gmbh|ltd|limited|llc|llp|ag|corp|corporation|s\.?a|b\.?v|n\.?v|lda|oy|ab|aps|as|plc|kg|ug"
    r"|s\.?r\.?l|s\.?l|pty|co|e\.?v|gbr|se)\.?$",
    re.I,
)
_KIND_WORDS = re.compile(r"^(?:the\s+)?(?:project\s+)?(.+?)(?:[\s-]+(?:project|repo|repository))?$", re.I)
_VERSION = re.compile(r"(?<![^\W_])v(?=\d)", re.I)
_ENDING = re.compile(r"(?<=\w)\.(?:js|py|io|rs|net|dev|ai)$", re.I)
_NUMERONYM = re.compile(r"[a-z]\d{1,2}[a-z]")
_SMALL_WORDS = frozenset("a an and for in of on the to".split())  # noqa: SIM905
_USUAL = {
    short: long
    for long, shorts in (
        ("postgresql", "postgres pg"),
        ("javascript", "js ecmascript"),
        ("typescript", "ts"),
        ("python", "py"),
        ("golang", "go"),
        ("visualstudiocode", "vscode"),
        ("mongodb", "mongo"),
        ("elasticsearch", "elastic"),
        ("scikitlearn", "sklearn"),
        ("tensorflow", "tf"),
        ("pytorch", "torch"),
        ("github", "gh"),
        ("amazonwebservices", "aws"),
        ("googlecloudplatform", "gcp googlecloud"),
        ("microsoft", "msft"),
        ("intellijidea", "intellij"),
        ("rubyonrails", "rails"),
        ("rabbitmq", "rabbit"),
        ("apachekafka", "kafka"),
        ("apachespark", "spark"),
        ("apacheairflow", "airflow"),
        ("jupyternotebook", "jupyter"),
        ("macos", "osx"),
        ("reactjs", "react"),
        ("mssqlserver", "mssql sqlserver"),
        ("protocolbuffers", "protobuf"),
    )
    for short in shorts.split()
}
"""Folded short name -> the name that it usually stands for."""


def usual_name(name: str) -> str:
    """The folded name that a short name usually stands for, or the folded name itself."""
    folded = fold(name)
    return _USUAL.get(folded, folded)


def organization(name: str) -> str:
    """The folded name of an organization without its legal form; empty where nothing would be left."""
    bare = fold(_LEGAL.sub("", name.strip()))
    return bare if len(bare) > LEAST_NAME else ""


def project(name: str) -> str:
    """The folded name of a project without the word for what it is."""
    found = _KIND_WORDS.match(name.strip())
    bare = fold(found[1]) if found else ""
    return bare if len(bare) > LEAST_NAME else ""


def versioned(name: str) -> str:
    """The folded name without the `v` in front of a number; empty where it is but a number, or has none."""
    bare = fold(_VERSION.sub("", name))
    has_name = sum(each.isalpha() for each in bare) >= LEAST_NAME
    return bare if has_name and any(each.isdigit() for each in bare) else ""


def without_ending(name: str) -> str:
    """The folded name of a tool without `.js` and the like."""
    bare = fold(_ENDING.sub("", name.strip()))
    return bare if len(bare) > LEAST_NAME else ""


def is_numeronym(name: str) -> bool:
    """Whether letters are counted in it: `k8s`."""
    return bool(_NUMERONYM.fullmatch(fold(name)))


def numeronym(name: str) -> str:
    """A single word with its inner letters counted; empty for anything else."""
    folded = fold(name)
    is_word = folded.isascii() and folded.isalpha() and len(name.split()) == 1 and len(folded) > 4
    return f"{folded[0]}{len(folded) - 2}{folded[-1]}" if is_word else ""


@lru_cache(maxsize=100_000)
def initials(name: str) -> str:
    """The folded initials of three or more words; empty for fewer."""
    words = [word for word in re.split(r"[\s_-]+", name.strip()) if word]
    heavy = [word for word in words if word.lower() not in _SMALL_WORDS]
    return fold("".join(word[0] for word in heavy)) if len(heavy) >= LEAST_INITIALS else ""


def is_initialism(name: str) -> bool:
    """Whether a name is written as initials are: `HNSW`, `L.S.P.`."""
    letters = name.strip().replace(".", "")
    return len(letters) >= LEAST_INITIALS and letters.isalpha() and letters.isupper() and letters.isascii()


@lru_cache(maxsize=100_000)
def shorn(name: str) -> frozenset[str]:
    """The folded name, and what it is when any inner letter is left out; nothing where it is short."""
    folded = fold(name)
    if len(folded) < LEAST_SLIP or not re.fullmatch(r"[^\W\d_]+", folded):
        return frozenset()
    return frozenset({folded, *(folded[:at] + folded[at + 1 :] for at in range(1, len(folded) - 1))})


@lru_cache(maxsize=100_000)
def is_slip(slip: str, name: str, *, may_swap: bool = True) -> bool:
    """Whether one name is another with an inner letter left out, added, changed or swapped with the next.

    Args:
        may_swap: whether a letter may stand for another one; in names of people that makes another name.
    """
    one, other = fold(slip), fold(name)
    if one == other or shorn(slip).isdisjoint(shorn(name)) or one[0] != other[0] or one[-1] != other[-1]:
        return False
    if len(one) != len(other):
        return True
    differing = [at for at, (first, second) in enumerate(zip(one, other, strict=True)) if first != second]
    is_turned = len(differing) == 2 and one[differing[0]] == other[differing[1]]
    is_next = is_turned and differing[1] == differing[0] + 1 and one[differing[1]] == other[differing[0]]
    return is_next or (may_swap and len(differing) == 1)
