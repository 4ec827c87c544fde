"""How do the types of moments read?"""

from collections.abc import Sequence

from rem_dagster.dreaming.own_types import MomentType, Standing
from rem_dagster.interfaces.cli.words import wrap

HEADS: dict[Standing, str] = {
    "built_in": "Built in",
    "own": "Yours",
    "opted_in": "Opted in",
    "available": "There to opt in to: rem types add NAME",
}


def type_lines(types: Sequence[MomentType], width: int) -> list[str]:
    """A heading for each standing that a type has, and a line or more for each type."""
    names = max(len(each.name) for each in types) + 4
    lines: list[str] = []
    for standing, head in HEADS.items():
        group = [each for each in types if each.standing == standing]
        lines += [*([""] if lines and group else []), *([head] if group else [])]
        for each in group:
            first, *more = wrap(each.description, max(width - names, 16)) or [""]
            lines += [f"  {each.name:<{names - 2}}{first}", *(" " * names + line for line in more)]
    return lines


def types_as_json(types: Sequence[MomentType]) -> list[dict[str, str]]:
    """The same for programs."""
    return [{"name": each.name, "description": each.description, "standing": each.standing} for each in types]
