"""Which versions does somebody mean as well who asks for one: those that mend it?

release 2.7      2.7, and at less weight 2.7.1 and 2.7.2; not 2.70 or 2.8
"""

import re
from collections.abc import Mapping

from rem_dagster.recall.asked_words import Asked
from rem_dagster.recall.typo import Texts, with_terms
from rem_dagster.store.database import Store
from rem_dagster.store.text.vocabulary import terms_beginning

WEIGHT = 0.5
"""Of a version that was not asked for as it stands."""
MOST = 8
"""Of one version, the first ones."""
_VERSION = re.compile(r"\d+(\.\d+)+")


def with_point_releases(
    store: Store, texts: Mapping[str, Texts], asked: Asked
) -> tuple[Mapping[str, str], dict[str, Texts]]:
    """By version that mends one of a question, the asked one; and the texts with its postings.

    Nothing where no version is asked for, or where several users are searched: each has other versions.
    """
    users = {docs.user_id for held in texts.values() for docs, _ in held}
    versions = [term for term in asked.terms if _VERSION.fullmatch(term)]
    if not versions or len(users) != 1:
        return {}, dict(texts)
    (user,) = users
    mending: dict[str, str] = {}
    for version in versions:
        held = {
            term
            for table, rows in texts.items()
            if rows
            for term in terms_beginning(store, table, version[0], user_id=user)
            if term.startswith(version + ".") and _VERSION.fullmatch(term)
        }
        mending |= dict.fromkeys(sorted(held - set(asked.terms), key=_in_order)[:MOST], version)
    if not mending:
        return {}, dict(texts)
    wider = {table: with_terms(store, table, rows, mending, user) for table, rows in texts.items()}
    return mending, wider


def _in_order(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
