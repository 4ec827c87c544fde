"""Which edges do the claims of some days make?"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rem_dagster.ingest.linking.claims import SEPARATOR, Claim
from rem_dagster.ingest.linking.targets import EDGE_TYPES, Target, Targets
from rem_dagster.model.ids import derive_id
from rem_dagster.model.words import EdgeType

MOST_EVIDENCE = 3
"""Quotes of one edge."""
WHY = {
    "wikilink": "links to it",
    "link": "links to it",
    "embed": "shows it",
    "native": "links to it",
    "property": "names it above its text",
    "url": "links to its address",
    "commit": "names commit {}",
    "file": "names {}, which it changes",
}
"""What the graph says of a link, beside its type."""


@dataclass(frozen=True)
class Said:
    """A claim, by whom it is made."""

    node: str
    """What is linked: a session, a message, or the first row of a document's day."""
    row_id: str
    day: str
    at: Any
    claim: Claim
    target: Target | None = None
    """Where it is known already."""


def edges_of(user_id: str, said: Sequence[Said], targets: Targets) -> dict[str, list[dict[str, Any]]]:
    """Day -> the rows of the edges that claims make: one for all claims that lead the same way."""
    grouped: defaultdict[tuple[str, str, str, EdgeType], list[tuple[Said, Target]]] = defaultdict(list)
    for each in said:
        target = each.target or targets.find(each.claim.by, each.claim.key, each.day)
        if target is not None and target.id == each.node:  # until another one has that name, too
            target = targets.awaited(each.claim.by, each.claim.key)
        if target is not None:
            kind = _type_of(each.claim.by)
            grouped[each.day, each.node, target.id, kind].append((each, target))
    made: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for (day, source, target_id, kind), held in sorted(grouped.items()):
        made[day].append(_row(user_id, day, (source, target_id, kind), held))
    return made


def _type_of(by: str) -> EdgeType:
    return "contains" if by == "part" else EDGE_TYPES.get(by, "related_to")


def _row(
    user_id: str, day: str, ends: tuple[str, str, EdgeType], held: Sequence[tuple[Said, Target]]
) -> dict[str, Any]:
    held = sorted(held, key=lambda pair: (pair[0].at, pair[0].row_id, pair[0].claim.by, pair[0].claim.key))
    quotes = dict.fromkeys((said.row_id, said.claim.quote) for said, _ in held)
    names = sorted({(said.claim.by, said.claim.key) for said, _ in held})
    target = held[0][1]
    metadata: dict[str, Any] = {"by": names[0][0], "names": [list(name) for name in names]}
    if names[0][0] in WHY and not target.is_awaited:
        metadata["why"] = WHY[names[0][0]].format(names[0][1].rsplit(SEPARATOR, 1)[-1])
    if target.name is not None:
        metadata["name"] = min(each.name for _, each in held if each.name is not None)
    is_quoted = [pair for pair in quotes if pair[1]]
    return {
        "id": derive_id(user_id, day, "import", *ends),
        "user_id": user_id,
        "partition_key": day,
        "slice_key": f"{user_id}/{day}/import",
        "source_id": ends[0],
        "target_id": ends[1],
        "edge_type": ends[2],
        "weight": 0.0 if target.is_awaited else float(len({said.row_id for said, _ in held})),
        "evidence": [{"source_id": row, "quote": quote} for row, quote in (is_quoted or [*quotes])][
            :MOST_EVIDENCE
        ],
        "generated_by": "import",
        "metadata": json.dumps(metadata, ensure_ascii=False, sort_keys=True),
    }
