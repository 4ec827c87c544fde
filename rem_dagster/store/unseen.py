"""Which commits did a write of ours not see, as their versions were cleaned up at that moment, and what then?

    we        open 7 ─────────────────── commit 10: what came after 7? 9. It does not touch our rows
    others        ⋮ 8 moves our rows ── 9 ── drop 8

Lance lists the versions after the one that a write began from, and writes anew where one of them touched the
same rows. A version that is gone from that list is passed over in silence: rows that it moved are then there
twice, or stay though they were deleted. It takes a compaction, another commit and a clean-up within the
milliseconds of one commit, and a clean-up that keeps nothing: forgetting does that.
"""

import os
from collections.abc import Mapping

from rem_dagster.s3 import S3Folder, is_s3

_V2 = 2**64 - 1
"""Lance names the manifest of a version by what is left to this, or by the version itself, by its age."""


def may_have_missed(place: str, storage_options: Mapping[str, str], *, since: int, newest: int) -> bool:
    """Whether a version of the table at a place is gone that came between two others.

    Args:
        since: from which a write began.
        newest: which it made.
    """
    between = range(since + 1, newest)
    return bool(between) and not set(between) <= _versions(f"{place}/_versions", storage_options, newest)


def _versions(place: str, storage_options: Mapping[str, str], newest: int) -> set[int]:
    if is_s3(place):
        names = [each.name for each in S3Folder(place, storage_options).objects()]
    else:
        names = os.listdir(place)
    numbers = {int(stem) for name in names if (stem := name.removesuffix(".manifest")).isdecimal()}
    return {number if number <= newest else _V2 - number for number in numbers}
